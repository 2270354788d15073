import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRecording } from '@affect-edge/acquire';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { barText } from '../convert/progress-bar.ts';
import { runCommand } from '../main.ts';

const recordings = fileURLToPath(new URL('../../../acquire/test/recordings', import.meta.url));
const recorded = join(recordings, 'xdf/recorded.xdf');
const e4 = join(recordings, 'empatica-e4/S02');
const folder = mkdtempSync(join(tmpdir(), 'convert-'));
afterAll(() => rmSync(folder, { recursive: true }));
let nOutputs = 0;
const fresh = (extension: string) => join(folder, `${++nOutputs}${extension}`);

const affect = async (argv: readonly string[], stop = new AbortController().signal, isTTY = false) => {
  const [out, err] = [paper(), paper()];
  err.isTTY = isTTY;
  const code = await runCommand(argv, { out, err, stop });
  return { code, out: out.text, err: err.text };
};

describe('affect convert', () => {
  test.each(['.bdf', '.xdf', '.parquet'])(
    '%s: the ending says what to make, the summary is one line of JSON, and nothing is left beside it',
    async (ending) => {
      const out = fresh(ending);
      const { code, out: said, err } = await affect(['convert', recorded, '-o', out, '--json']);
      expect(err).toBe('');
      expect(code).toBe(0);
      expect(JSON.parse(said)).toMatchObject({ from: recorded, to: out, format: ending.slice(1), signals: [{}, {}, {}] });
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
      if (ending !== '.parquet')
        expect((await openRecording(out)).signals.map(({ id }) => id).sort()).toEqual(['acceleration', 'eda', 'eeg']);
    },
  );

  test('the name of a folder is refused where one file is made, and a hop that goes into no window before anything is made', async () => {
    const out = join(folder, 'slash/');
    expect((await affect(['convert', e4, '--to', 'edf', '-o', out])).err).toContain('edf is one file: name the file');
    const table = join(folder, 'five.parquet');
    expect(await affect(['convert', e4, '-o', table, '--hop', '7s'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('A hop of 7 s cannot be used here.'),
    });
    expect(existsSync(table)).toBe(false);
  });

  test('CSV and BIDS are folders', async () => {
    const [csv, bids] = [fresh(''), fresh('')];
    expect((await affect(['convert', e4, '-o', csv, '--to', 'csv'])).code).toBe(0);
    expect(readdirSync(csv)).toContain('eda.csv');
    const { err } = await affect(['convert', recorded, '-o', bids, '--to', 'bids', '--subject', 'P 3', '--task', 'film']);
    expect(err).toMatch(/bids, \d/);
    expect(readdirSync(join(bids, 'sub-P3', 'eeg'))).toContain('sub-P3_task-film_channels.tsv');
  });

  test('only the signals that are asked for', async () => {
    const out = fresh('.edf');
    expect((await affect(['convert', e4, '-o', out, '--signal', 'eda', '--signal', 'temperature'])).code).toBe(0);
    expect((await openRecording(out)).signals.map(({ id }) => id).sort()).toEqual(['eda', 'temperature']);
  });

  test.each([
    [['convert', recorded, '-o', 'out.wav'], "What is 'out.wav' to be?"],
    [['convert', recorded, '-o', 'out.edf', '--to', 'bdf'], "does not go with 'out.edf'"],
    [['convert', recorded, '-o', 'out.xdf', '--signal', 'egg'], "Did you mean 'eeg'?"],
    [['convert', recorded, '-o', 'out.xdf', '--to', 'xfd'], 'one of edf, bdf'],
    [['convert', recorded, '-o', '/nowhere/out.xdf'], 'there is no such folder'],
    [['convert', join(folder, 'no.xdf'), '-o', 'out.xdf'], 'There is no file'],
    [['convert', recorded, '-o', 'x.parquet', '--feature', 'band-ed'], "Did you mean 'band-de'?"],
    [['convert', recorded], '--out <path>'],
    [['convert', recorded, e4, '-o', 'out.xdf'], 'Expected one recording'],
    [['convert', recorded, '-o', 'out.xdf', '--column', 'eda'], "such as 'GSR=eda µS'"],
    [['head', recorded, '--rate', 'fast'], 'samples a second'],
    [['anonymize', recorded, '-o', 'out.xdf', '--days-back', 'x'], 'whole number above 0'],
    [['head', recorded, '-n', '0'], 'whole number above 0'],
    [['repair', e4, '-o', join(folder, 'mended')], 'Cannot read'],
  ])('%j is refused: %s', async (argv, expected) => {
    const { code, err } = await affect(argv);
    expect(err).toContain(expected);
    expect(code).toBe(2);
  });

  test('a column that says nothing of itself is declared', async () => {
    const [table, out] = [fresh('.csv'), fresh('.bdf')];
    writeFileSync(table, `time (s),A,B\n${Array.from({ length: 200 }, (_, t) => `${t / 10},${t % 7},${t}`).join('\n')}\n`);
    const argv = ['convert', table, '-o', out, '--column', 'A=eda µS', '--column', 'B=ignore'];
    expect(await affect(argv)).toMatchObject({ code: 0 });
    expect((await openRecording(out)).signals).toMatchObject([{ kind: 'eda', unit: 'µS', sfreq: 10 }]);
  });

  test.each(['.edf', '.parquet', '.xdf'])('%s in a folder that is not there is told in one line', async (ending) => {
    const out = join(fresh(''), `x${ending}`);
    const { code, err } = await affect(['convert', recorded, '-o', out]);
    expect([code, err]).toEqual([2, `affect: Cannot make '${out}': there is no such folder.\n`]);
  });

  test('what exists is never overwritten', async () => {
    const out = fresh('.xdf');
    writeFileSync(out, 'mine');
    for (const verb of ['convert', 'anonymize', 'repair']) {
      const { code, err } = await affect([verb, recorded, '-o', out]);
      expect([code, err]).toEqual([2, expect.stringContaining('exists already')]);
    }
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  test('Ctrl-C leaves nothing', async () => {
    const out = fresh('.bdf');
    const { code, err } = await affect(['convert', recorded, '-o', out], AbortSignal.abort());
    expect([code, err]).toEqual([1, `Stopped: there is no '${out}'.\n`]);
    expect(readdirSync(folder).filter((name) => name.includes('part-') || join(folder, name) === out)).toEqual([]);
  });

  test('a bar on a terminal, and no escape codes anywhere else', async () => {
    const shown = await affect(['convert', e4, '-o', fresh('.bdf')], undefined, true);
    expect(shown.err).toContain('\r\x1b[Kreading');
    expect(shown.err.split('\r\x1b[K').at(-1)).toContain('bdf, ');
    expect((await affect(['convert', e4, '-o', fresh('.bdf')])).err).not.toContain('\x1b');
    expect(barText({ phase: 'writing', sec: 30, ofSec: 60 })).toBe(`writing  [${'#'.repeat(15)}${'-'.repeat(15)}] 50 %`);
    expect(barText({ phase: 'reading', sec: 30 })).toBe('reading  30 s of the recording');
  });

  test('Parquet: a row a time on the grid, the specs in the metadata', async () => {
    const out = fresh('.parquet');
    await affect(['convert', e4, '-o', out, '--feature', 'eda-course', '--feature', 'skin-temperature', '--hop', '1s']);
    const bytes = readFileSync(out);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const about = parquetMetadata(file).key_value_metadata!.find(({ key }) => key === 'affect')!;
    expect(JSON.parse(about.value!)).toMatchObject({
      schema: 'affect.features/1',
      hop_sec: 1,
      features: [{ signal: 'eda' }, { signal: 'temperature' }],
    });
    const rows = await parquetReadObjects({ file });
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.every((row, r) => r === 0 || Number(row.t_sec) > Number(rows[r - 1]!.t_sec))).toBe(true);
    expect(rows.every((row) => Object.values(row).some((value) => value !== null))).toBe(true);
  });
});

describe('affect anonymize', () => {
  test('lists every text before it writes, draws the days and tells them, and keeps texts on demand alone', async () => {
    const source = fresh('');
    cpSync(e4, source, { recursive: true });
    const marked = fresh('.xdf');
    await affect(['convert', source, '-o', marked]);
    const [first, second] = [fresh('.xdf'), fresh('.xdf')];
    const { code, err } = await affect(['anonymize', marked, '-o', first, '--code', 'P07']);
    expect(code).toBe(0);
    expect(err).toMatch(/^Texts {3}1, left out \(kept with --keep-text\):\n {2}"/);
    expect(err).toMatch(/Dates {3}moved back by 4\d{4} days \(the same for every recording of a study: --days-back 4\d{4}/);
    const [before, after] = [await openRecording(marked), await openRecording(first)];
    expect(after.subject).toBe('P07');
    expect(new Date(after.startedAt! * 1000).getUTCFullYear()).toBeLessThan(1925);
    expect(after.marks!.map(({ text }) => text)).toEqual(before.marks!.map(() => 'mark-1'));
    await affect(['anonymize', marked, '-o', second, '--keep-text', '--days-back', '40000']);
    const kept = await openRecording(second);
    expect(kept.marks).toEqual(before.marks);
    expect(before.startedAt! - kept.startedAt!).toBe(40_000 * 86_400);
  });
});

describe('affect repair and affect head', () => {
  test('a cut recording: what was kept, what was left out and where', async () => {
    const [cut, out] = [fresh('.xdf'), fresh('.xdf')];
    const whole = readFileSync(recorded);
    writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const { code, out: said } = await affect(['repair', cut, '-o', out]);
    expect(code).toBe(0);
    expect(said).toMatch(/\d+ chunks kept, 1 stretches left out\n {2}left out {2}byte \d+, \d+ bytes: /);
    expect((await affect(['verify', out])).code).toBe(0);
  });

  test('the first samples with their times, for a person and as JSON', async () => {
    const { code, out } = await affect(['head', e4, '-n', '2']);
    expect(code).toBe(0);
    expect(out).toMatch(/eda {2}µS, 4 Hz\n +time \(s\) +EDA\n +0\.000000 +[\d.]+\n +0\.250000 +[\d.]+\n/);
    const lines = (await affect(['head', e4, '-n', '2', '--json'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ signal }) => signal === 'eda')).toMatchObject([{ t_sec: 0, unit: 'µS' }, { t_sec: 0.25 }]);
  });
});
