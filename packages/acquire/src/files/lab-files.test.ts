import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { npzFile, zipFile } from '../../test/fakes/datasets/npz-writer.ts';
import { readAll } from '../../test/read-all.ts';

const at = (path: string) => fileURLToPath(new URL(`../../test/${path}`, import.meta.url));
const golden = JSON.parse(readFileSync(at('golden/recordings.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'lab-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe.each(['int16', 'float32', 'vectorized'])('BrainVision, %s', (variant) => {
  it('has the samples and marks that MNE finds', async () => {
    const expected = golden[`brainvision_${variant}`];
    const { recording, values, damages } = await readAll(at(`golden/recordings_brainvision_${variant}.vhdr`));
    expect(damages).toEqual([]);
    expect(recording).toMatchObject({ format: 'brainvision', startedAt: expected.startedAt });
    expect(recording.signals.map(({ id, unit, montage }) => [id, unit, montage.reference, ...montage.channels])).toEqual([
      ['eeg', 'µV', 'Fz', 'Fp1', 'Cz'],
      ['ecg', 'mV', 'n/a', 'ECG'],
    ]);
    for (const [c, { values: some, n }] of expected.signals.entries()) {
      const own = c < 2 ? values('eeg', c) : values('ecg').map((value) => value * 1000);
      expect(own).toHaveLength(n);
      for (const [i, value] of some) expect(Math.abs(own[i]! - value)).toBeLessThan(1e-9);
    }
    const marks = expected.annotations.map(([atSec, text]: [number, string]) => ({ atSec, text: text.replaceAll('\\1', ',') }));
    expect(recording.marks).toEqual(marks);
  });
});

describe('BrainVision', () => {
  const header = readFileSync(at('golden/recordings_brainvision_int16.vhdr'), 'utf8').replaceAll('recordings_brainvision_int16', '$b');
  const markers = readFileSync(at('golden/recordings_brainvision_int16.vmrk'), 'utf8');
  const copy = (name: string, alter: (header: string) => string = (text) => text, marked = markers) => {
    copyFileSync(at('golden/recordings_brainvision_int16.eeg'), join(folder, `${name}.eeg`));
    write(`${name}.vmrk`, marked);
    return write(`${name}.vhdr`, alter(header));
  };

  it('a pause between segments is a gap as long as their dates say, and later marks lie behind it', async () => {
    const paused = `${markers.trim()}\nMk4=New Segment,,626,1,0,20240506070821750000\n`;
    const { gaps, recording, of } = await readAll(copy('paused', undefined, paused));
    expect(gaps).toEqual([
      ['eeg', 625 + 2500, 2500],
      ['ecg', 625 + 2500, 2500],
    ]);
    expect(of('eeg').at(-1)!.tmin).toBeGreaterThan(14);
    expect(recording.marks!.find(({ text }) => text.startsWith('Comment'))!.atSec).toBe(2.8 + 10);
  });

  it.each(['1e-5', '1e-300'])('an interval of %s µs, which nothing has, costs no memory: every sample is read', async (interval) => {
    const wrong = copy('interval', (text) => text.replace(/SamplingInterval=.*/, `SamplingInterval=${interval}`));
    expect((await readAll(wrong)).count('eeg')).toBe((await readAll(copy('right'))).count('eeg'));
  });

  it('can be opened by its marker file; a cut data file is told, its whole samples are read', async () => {
    const path = copy('cut');
    writeFileSync(join(folder, 'cut.eeg'), readFileSync(join(folder, 'cut.eeg')).subarray(0, 5 * 1000 + 5));
    const { count, damages } = await readAll(path.replace('.vhdr', '.vmrk'));
    expect(count('eeg')).toBe(834);
    expect(damages).toEqual(["byte 5004: the file ends after 1 of a sample's 6 bytes"]);
  });

  it.each([
    ['text data', (text: string) => text.replace('BINARY', 'ASCII')],
    ['another number format', (text: string) => text.replace('INT_16', 'UINT_8')],
    ['a data file elsewhere', (text: string) => text.replace('DataFile=$b', 'DataFile=../../etc/passwd')],
    ['a missing channel', (text: string) => text.replace(/^Ch2=.*$/m, '')],
    ['no interval', (text: string) => text.replace(/^SamplingInterval=.*$/m, 'SamplingInterval=0')],
  ])('with %s is refused', async (_, alter) => {
    await expect(readAll(copy('refused', alter))).rejects.toMatchObject({ code: 'bad-file' });
  });
});

describe('EmbracePlus Avro', () => {
  it('has the values fastavro finds, converted, each signal with its own start and rate', async () => {
    const path = at('golden/recordings_embrace.avro');
    const { recording, values, of, reports } = await readAll(path);
    const expected = golden.embrace;
    expect(reports).toEqual([]);
    expect(recording).toMatchObject({ format: 'embrace-plus', startedAt: 1_700_000_000.123456 });
    expect(recording.signals.map(({ id }) => id)).toEqual(['eda', 'temperature', 'pulse', 'wrist-acceleration', 'inter-beat']);
    expect(recording.signals[0]!.sfreq).toBe(expected.sfreq);
    for (const [id, some] of [
      ['eda', expected.eda],
      ['temperature', expected.temperature],
      ['pulse', expected.bvp],
      ['wrist-acceleration', expected.x],
    ]) {
      const own = values(id);
      for (const [i, value] of some) expect(Math.abs(own[i]! - value)).toBeLessThan(1e-12);
    }
    expect(of('eda')[0]!.tmin).toBeCloseTo(0.25, 6);
    expect(recording.marks).toEqual([{ atSec: expect.closeTo(4, 6), text: 'button' }]);
    expect(values('inter-beat').map((value) => Math.round(value * 100) / 100)).toEqual([0.8, 0.85, 0.75]);
    const packed = await readAll(write('embrace.avro.gz', gzipSync(readFileSync(path))));
    expect(packed.values('eda')).toEqual(values('eda'));
  });
});

describe('OpenSignals HDF5', () => {
  it('has its codes in the sensors’ units, read a piece at a time', async () => {
    const { recording, values, count } = await readAll(at('golden/recordings_opensignals.h5'));
    expect(recording).toMatchObject({ format: 'opensignals-h5', startedAt: Date.UTC(2018, 6, 5, 10, 29, 43, 249) / 1000 });
    expect(recording.signals.map(({ id, unit, sfreq }) => [id, unit, sfreq])).toEqual([
      ['eda', 'µS', 100],
      ['ecg', 'mV', 100],
    ]);
    expect(count('eda')).toBe(1500);
    const own = values('eda');
    for (const [i, code] of golden.opensignals.codes) expect(own[i]!).toBeCloseTo(((code / 65536) * 3) / 0.12, 9);
  });

  it('HDF5 of something else is refused with a code', async () => {
    await expect(readAll(at('golden/recordings_mixed73.mat'))).rejects.toMatchObject({ name: 'AcquireError' });
  });
});

describe('a zip of an Empatica E4 session', () => {
  const files = ['EDA.csv', 'TEMP.csv', 'HR.csv', 'IBI.csv', 'tags_S02.csv'];
  const contents = Object.fromEntries(files.map((name) => [name, readFileSync(at(`recordings/empatica-e4/S02/${name}`))]));

  it.each([
    ['deflated', true],
    ['stored', false],
  ])('%s gives what its folder gives', async (_, isPacked) => {
    const session = join(folder, `session-${isPacked}`);
    mkdirSync(session);
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(session, name), content);
    const plain = await readAll(session);
    const zipped = await readAll(write(`S02-${isPacked}.zip`, zipFile({ ...contents, 'info.txt': Buffer.from('text') }, isPacked)));
    expect(zipped.recording).toMatchObject({
      subject: `S02-${isPacked}`,
      startedAt: plain.recording.startedAt,
      marks: [{ atSec: 22, text: 'button' }],
    });
    expect(zipped.blocks).toEqual(plain.blocks);
  });

  it('a damaged member is a typed error, after what could be read', async () => {
    const bytes = zipFile(contents, true);
    bytes[60]! ^= 0xff;
    await expect(readAll(write('damaged.zip', bytes))).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('a zip of something else is no recording', async () => {
    await expect(readAll(write('other.zip', npzFile({})))).rejects.toMatchObject({ name: 'AcquireError' });
  });
});

describe('a folder of CSV files with recording.json', () => {
  it('is read as it was described: signals of any rate, holes, marks', async () => {
    const path = join(folder, 'csv');
    mkdirSync(path);
    const eeg = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 4, montage: { channels: ['Fz', 'Cz'], reference: 'A1' } };
    const beats = { id: 'inter-beat', kind: 'inter-beat', unit: 's', sfreq: 0, montage: { channels: ['IBI'], reference: 'n/a' } };
    const describe = (signals: unknown[]) => JSON.stringify({ name: 'x', started: '2024-01-02T03:04:05.500Z', subject: 'P1', signals });
    writeFileSync(join(path, 'eeg.csv'), 'time (s),Fz (µV),Cz (µV)\n0.000000,1,2\n0.250000,3,4\n1.000000,5,\n1.250000,7,8\n');
    writeFileSync(join(path, 'inter-beat.csv'), 'time (s),IBI (s)\n0.900000,0.8\n');
    writeFileSync(join(path, 'markers.csv'), 'time (s),text\n0.500000,"a, ""b"""\n0.750000,c\n');
    writeFileSync(
      join(path, 'recording.json'),
      describe([
        { file: 'eeg.csv', ...eeg },
        { file: 'inter-beat.csv', ...beats },
      ]),
    );
    const { recording, of, gaps } = await readAll(path);
    expect(recording).toMatchObject({
      format: 'csv-folder',
      startedAt: Date.UTC(2024, 0, 2, 3, 4, 5, 500) / 1000,
      subject: 'P1',
      signals: [eeg, beats],
    });
    expect(recording.marks).toEqual([
      { atSec: 0.5, text: 'a, "b"' },
      { atSec: 0.75, text: 'c' },
    ]);
    expect(of('eeg').map(({ firstSample, data }) => [firstSample, ...data])).toEqual([
      [0, 1, 3, 2, 4],
      [5, 7, 8],
    ]);
    expect(gaps).toEqual([['eeg', 5, 3]]);
    expect(of('inter-beat')).toMatchObject([{ tmin: 0.9, data: Float64Array.of(0.8) }]);
    for (const signals of [[], [{ file: '../x.csv', ...eeg }], [{ file: 'eeg.csv', ...eeg, unit: 'V' }]]) {
      writeFileSync(join(path, 'recording.json'), describe(signals));
      await expect(readAll(path)).rejects.toMatchObject({ code: 'bad-file' });
    }
  });
});
