import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { openRecording } from './index.ts';
import type { Recording } from './recording.ts';

const recordings = fileURLToPath(new URL('../../test/recordings/', import.meta.url));
const v6 = join(recordings, 'openbci-text/v6.txt.gz');
const y2016 = join(recordings, 'openbci-text/2016.txt.gz');
const e4 = join(recordings, 'empatica-e4/S02');

const folder = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const readAll = async (recording: Recording) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  for await (const block of recording.blocks((report) => reports.push(report))) blocks.push(block);
  const of = (id: string) => blocks.filter(({ signal }) => signal.id === id);
  return { blocks, reports, of };
};
const count = (blocks: readonly SampleBlock[]) => blocks.reduce((sum, block) => sum + nTimesOf(block), 0);
const linesOf = (path: string) => gunzipSync(readFileSync(path)).toString().split('\n');

describe('OpenBCI text, v6', () => {
  it('is read to the last digit, in blocks of a second at exact times', async () => {
    const recording = await openRecording(v6);
    expect(recording).toMatchObject({ name: 'v6.txt.gz', format: 'openbci-text', startedAt: 1557936053.329 });
    expect(recording.signals.map(({ id, sfreq }) => [id, sfreq])).toEqual([
      ['eeg', 250],
      ['acceleration', 250],
    ]);
    const { of, reports } = await readAll(recording);
    expect(reports).toEqual([]);
    expect(of('eeg').map(nTimesOf)).toEqual(new Array(20).fill(250));
    const rows = linesOf(v6).slice(5);
    of('eeg').forEach((block, k) => {
      expect(block.firstSample).toBe(250 * k);
      expect(block.tmin).toBe(k);
      expect([...block.data].map((_, i) => block.data[(i % 8) * 250 + Math.floor(i / 8)])).toEqual(
        rows.slice(250 * k, 250 * (k + 1)).flatMap((row) => row.split(',').slice(1, 9).map(Number)),
      );
    });
    expect(of('acceleration')[0]!.data[0]).toBe(0.04);
  });

  it('takes electrode names, and refuses a wrong number of them', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect((await openRecording(v6, { channels: names })).signals[0]!.montage.channels).toEqual(names);
    await expect(openRecording(v6, { channels: ['a'] })).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('a gap longer than the counter is counted by the unix times', async () => {
    const lines = linesOf(v6);
    lines.splice(5 + 1000, 300);
    const { reports, of } = await readAll(await openRecording(write('long-gap.txt', lines.join('\n'))));
    expect(reports).toEqual([{ kind: 'gap', signal: 'eeg', lost: 300, exact: false, beforeSample: 1300, atSec: 5.2 }]);
    expect(count(of('eeg'))).toBe(4700);
    expect(of('eeg').at(-1)!.firstSample).toBe(4750);
  });
});

describe('OpenBCI text, 2016', () => {
  it('has gaps where the counter jumps, and keeps railed values', async () => {
    const { reports, of } = await readAll(await openRecording(y2016));
    expect(reports.flatMap((report) => (report.kind === 'gap' ? [report.lost] : []))).toEqual([1, 16, 82, 51, 106, 109]);
    expect(of('eeg')[0]!.data[2 * 250]).toBe(-187500.02);
    expect(reports.filter(({ kind }) => kind === 'saturation').length).toBeGreaterThan(3);
    expect(count(of('eeg'))).toBe(5000);
    expect(of('eeg').at(-1)!.firstSample + nTimesOf(of('eeg').at(-1)!)).toBe(5000 + 365);
  });

  it('holds acceleration over the zeros between measurements', async () => {
    const { of } = await readAll(await openRecording(y2016));
    for (const { data } of of('acceleration')) expect(data.every((value) => value !== 0)).toBe(true);
  });

  it('a number that is none, however it is written, is damage', async () => {
    const lines = linesOf(y2016);
    lines[200] = lines[200]!.replace(/,[^,]*,/, ',9e999,');
    lines[201] = lines[201]!.replace(/,[^,]*,/, ',Infinity,');
    const { reports } = await readAll(await openRecording(write('endless.txt', lines.join('\n'))));
    expect(reports.flatMap((report) => (report.kind === 'damage' ? [report.where] : [])).slice(0, 2)).toEqual(['line 201', 'line 202']);
  });

  it('damaged lines are reported by number, what follows is read, and the loss is counted', async () => {
    const lines = linesOf(y2016);
    lines[105] = lines[105]!.slice(0, 20);
    lines[106] = '\u0000\u0001garbage';
    lines[300] = lines[300]!.replace(/,.*?,/, ', not a number,');
    lines[400] = '';
    const { reports, of } = await readAll(await openRecording(write('damaged.txt', lines.join('\r\n'))));
    const damage = reports.flatMap((report) => (report.kind === 'damage' ? [[report.where, report.lost]] : []));
    expect(damage.slice(0, 4)).toEqual([
      ['line 106', 1],
      ['line 107', 1],
      ['line 301', 1],
      ['line 401', 1],
    ]);
    expect(reports.flatMap((report) => (report.kind === 'gap' ? [[report.beforeSample, report.lost]] : [])).slice(0, 3)).toEqual([
      [102, 2],
      [296, 1],
      [396, 1],
    ]);
    expect(count(of('eeg'))).toBe(4996);
  });
});

describe('OpenBCI text, v5', () => {
  const header = '%OpenBCI Raw EEG Data\n%Number of channels = 4\n%Sample Rate = 200.0 Hz\n%Board = OpenBCI_GUI$BoardCyton\n';
  const row = (i: number) => `${i % 256}, ${i}.5, -2, 3, 4, 0.1, 0.2, 0.9, 18:47:38.413, ${1544125658413 + 5 * i}`;

  it('passes over the row of zeros and finds the unix time behind the clock', async () => {
    const zeros = '0, 0, 0, 0, 0, 0, 0, 0, 18:47:38.400, 1544125658400';
    const recording = await openRecording(
      write('v5.txt', `${header}${zeros}\n${Array.from({ length: 500 }, (_, i) => row(i)).join('\n')}\n`),
    );
    expect(recording.startedAt).toBe(1544125658.413);
    const { of, reports } = await readAll(recording);
    expect(of('eeg').map(nTimesOf)).toEqual([200, 200, 100]);
    expect([...of('eeg')[2]!.data.subarray(0, 2)]).toEqual([400.5, 401.5]);
    expect(reports).toEqual([]);
  });
});

describe('Empatica E4', () => {
  it('gives every signal at its own rate, in order of time', async () => {
    const recording = await openRecording(`${e4}/`);
    expect(recording).toMatchObject({ name: 'S02', subject: 'S02', format: 'empatica-e4', startedAt: 1644228174 });
    const { blocks, of, reports } = await readAll(recording);
    expect(reports).toEqual([]);
    expect(recording.signals.map(({ id, sfreq }) => [id, sfreq, count(of(id))])).toEqual([
      ['eda', 4, 1200],
      ['temperature', 4, 1200],
      ['heart-rate', 1, 300],
      ['pulse', 64, 19200],
      ['wrist-acceleration', 32, 9600],
      ['inter-beat', 0, 81],
    ]);
    for (let i = 1; i < blocks.length; i++) expect(blocks[i]!.arrivedAt).toBeGreaterThanOrEqual(blocks[i - 1]!.arrivedAt);
    expect(of('eda')[0]!.data[0]).toBe(0.307805);
    expect(of('temperature')[0]!.data[0]).toBe(35.91);
    expect(of('eda')[7]).toMatchObject({ firstSample: 28, tmin: 7, arrivedAt: 8 });
  });

  it('knows when the wearer pressed the button', async () => {
    expect((await openRecording(e4)).marks).toEqual([{ atSec: 22, text: 'button' }]);
  });

  it('a press at a time that cannot be is none', async () => {
    mkdirSync(join(folder, 'endless'));
    write('endless/EDA.csv', '1600000000\n4\n1\n2\n');
    write('endless/tags.csv', '1e400\n1600000001\nInfinity\n');
    expect((await openRecording(join(folder, 'endless'))).marks).toEqual([{ atSec: 1, text: 'button' }]);
  });

  it('a beat is a block of its own, at the later beat', async () => {
    const { of } = await readAll(await openRecording(e4));
    expect(of('inter-beat')[1]).toMatchObject({ firstSample: 1, tmin: 4.9375, data: Float64Array.of(0.9375) });
  });

  it('acceleration is in g', async () => {
    const { of } = await readAll(await openRecording(e4));
    const { data } = of('wrist-acceleration')[0]!;
    expect(Math.hypot(data[0]!, data[32]!, data[64]!)).toBeGreaterThan(0.8);
    expect(Math.hypot(data[0]!, data[32]!, data[64]!)).toBeLessThan(1.2);
  });

  it('a late start lies late, damage is a hole, an empty file is no signal', async () => {
    const session = join(folder, 'S99');
    mkdirSync(session, { recursive: true });
    writeFileSync(join(session, 'EDA.csv'), '1000000000.00\r\n4.000000\r\n1\r\n2\r\nx\r\n4\r\n5\r\n');
    writeFileSync(join(session, 'HR.csv.gz'), gzipSync('1000000010.00\n1.000000\n60\n61\n'));
    writeFileSync(join(session, 'TEMP.csv'), '');
    const recording = await openRecording(session);
    const { of, reports } = await readAll(recording);
    expect(recording.signals.map(({ id }) => id)).toEqual(['eda', 'heart-rate']);
    expect(of('heart-rate')[0]!.tmin).toBe(10);
    expect(of('eda').map(({ firstSample, data }) => [firstSample, ...data])).toEqual([
      [0, 1, 2],
      [3, 4],
      [4, 5],
    ]);
    expect(reports).toMatchObject([
      { kind: 'damage', where: 'line 5', lost: 1 },
      { kind: 'gap', signal: 'eda', lost: 1, exact: true, beforeSample: 3 },
    ]);
  });
});

describe('openRecording', () => {
  it.each([
    ['nothing.txt', undefined, 'not-found'],
    ['empty.txt', '', 'unknown-format'],
    ['other.csv', 'a,b\n1,2\n', 'bad-option'],
    ['no-rate.txt', '%OpenBCI Raw EEG Data\n0,1,2,3,4,5,6,7,8\n', 'bad-file'],
    ['no-rows.txt', '%OpenBCI Raw EEG Data\n%Sample Rate = 250 Hz\n', 'bad-file'],
    ['channels.txt', '%OpenBCI Raw EEG Data\n%Number of channels = 899999999\n%Sample Rate = 250 Hz\n0,1,2,3,4,5,6,7,8\n', 'bad-file'],
    ['cut.txt.gz', gzipSync('%OpenBCI Raw EEG Data\n').subarray(0, 12), 'bad-file'],
  ])('%s: %j is refused with a code', async (name, content, code) => {
    const path = content === undefined ? join(folder, name) : write(name, content);
    await expect(openRecording(path)).rejects.toMatchObject({ name: 'AcquireError', code });
  });

  it('a gzip of XDF, which can only be read unpacked, says so', async () => {
    const xdf = readFileSync(join(recordings, 'xdf/minimal.xdf'));
    await expect(openRecording(write('packed.xdf.gz', gzipSync(xdf)))).rejects.toThrow(/gzip of XDF.*gunzip/);
  });

  it('an empty folder and a folder of something else are no recordings', async () => {
    const session = join(folder, 'nothing');
    mkdirSync(session, { recursive: true });
    await expect(openRecording(session)).rejects.toMatchObject({ code: 'unknown-format' });
    writeFileSync(join(session, 'EDA.csv'), 'hello\nworld\n');
    await expect(openRecording(session)).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('a part of an E4 session, a BIDS folder and a table without names are told what is meant instead', async () => {
    const session = join(folder, 'part');
    mkdirSync(session, { recursive: true });
    writeFileSync(join(session, 'EDA.csv'), '1644228174.00\n4.000000\n0.3\n');
    await expect(openRecording(join(session, 'EDA.csv'))).rejects.toThrow(/part of an Empatica E4 session: name the folder/);
    const bids = join(folder, 'bids');
    mkdirSync(bids, { recursive: true });
    writeFileSync(join(bids, 'dataset_description.json'), '{}');
    await expect(openRecording(bids)).rejects.toThrow(/BIDS folder: name a recording in it/);
    await expect(openRecording(write('headless.csv', '0.00,2.1\n0.25,2.2\n'))).rejects.toThrow(/needs a first line with the names/);
  });

  it('a gzip that ends early gives what is there, then a typed error', async () => {
    const whole = readFileSync(v6);
    const recording = await openRecording(write('early.txt.gz', whole.subarray(0, whole.length / 2)));
    const blocks: SampleBlock[] = [];
    const reading = async () => {
      for await (const block of recording.blocks(() => {})) blocks.push(block);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'bad-file' });
    expect(count(blocks)).toBeGreaterThan(2000);
  });

  it('no truncation or bit flip of a log throws anything but a typed error', async () => {
    const text = Buffer.from(linesOf(y2016).slice(0, 60).join('\n'));
    for (let i = 0; i < 150; i++) {
      const bytes = Buffer.from(i % 2 === 0 ? text.subarray(0, Math.floor((text.length * i) / 150)) : text);
      if (i % 2 === 1) bytes[Math.floor((text.length * i) / 150)]! ^= 1 << (i % 8);
      const path = write('mutated.txt', bytes);
      const outcome = await openRecording(path)
        .then(readAll)
        .catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome.name).toBe('AcquireError');
    }
  });
});
