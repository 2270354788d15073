import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { madeRecording, samplesOf } from '../../test/peers/made-recording.ts';
import { openRecording } from '../files/index.ts';
import type { Signal } from '../signal.ts';
import { writeCsv } from './csv-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'csv-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const eeg: Signal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 250, montage: { channels: ['Fp1', 'O2'], reference: 'A1' } };
const eda: Signal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
const recording = madeRecording(
  [
    { signal: eeg, nSamples: 1000, startSec: 0.5, value: (c, t) => Math.sin(t * (c + 1)) * 37.123456789, lost: (t) => t >= 300 && t < 425 },
    { signal: eda, nSamples: 16, value: (_, t) => (t === 5 ? Number.NaN : 1 / (t + 3)) },
  ],
  { startedAt: 1_700_000_000, subject: 'S1', marks: [{ atSec: 1.25, text: 'say "hi", then\nwait' }] },
);

describe('a folder of CSV files', () => {
  const out = join(folder, 'csv');

  test('a file a signal, units in the first line, marks quoted, what is no number left empty', async () => {
    const written = await writeCsv(recording, out);
    expect(readdirSync(out).sort()).toEqual(['eda.csv', 'eeg.csv', 'markers.csv', 'recording.json']);
    expect(written.signals.map(({ nSamples }) => nSamples)).toEqual([875, 16]);
    expect(readFileSync(join(out, 'eeg.csv'), 'utf8')).toMatch(/^time \(s\),Fp1 \(µV\),O2 \(µV\)\n0\.500000,0,0\n0\.504000,/);
    expect(readFileSync(join(out, 'eda.csv'), 'utf8').split('\n')[6]).toBe('1.250000,');
    expect(readFileSync(join(out, 'markers.csv'), 'utf8')).toBe('time (s),text\n1.250000,"say ""hi"", then wait"\n');
    expect(JSON.parse(readFileSync(join(out, 'recording.json'), 'utf8'))).toMatchObject({
      started: '2023-11-14T22:13:20.000Z',
      subject: 'S1',
      signals: [{ file: 'eeg.csv', sfreq: 250, montage: { reference: 'A1' } }, { file: 'eda.csv' }],
    });
  });

  test('read back: the very same numbers, with the hole where it was', async () => {
    const back = await openRecording(join(out, 'eeg.csv'));
    expect(back.signals).toMatchObject([{ kind: 'eeg', unit: 'µV', sfreq: 250, montage: { channels: ['Fp1', 'O2'] } }]);
    const [before, after] = [(await samplesOf(recording)).get('eeg')!, [...(await samplesOf(back)).values()][0]!];
    expect(after.map(({ values }) => values)).toEqual(before.map(({ values }) => values));
    expect(after.map(({ index }) => index - after[0]!.index)).toEqual(before.map(({ index }) => index));
  });

  test('the folder read back is the recording: signals, samples, marks, start and who', async () => {
    const back = await openRecording(out);
    expect(back).toMatchObject({ startedAt: 1_700_000_000, subject: 'S1' });
    expect(back.signals).toEqual(recording.signals);
    expect(back.marks).toEqual([{ atSec: 1.25, text: 'say "hi", then wait' }]);
    const [before, after] = [await samplesOf(recording), await samplesOf(back)];
    for (const id of ['eeg', 'eda']) {
      const [a, b] = [before.get(id)!.filter(({ values }) => values.every(Number.isFinite)), after.get(id)!];
      expect(b.map(({ values }) => values)).toEqual(a.map(({ values }) => values));
      b.forEach(({ sec }, t) => {
        expect(Math.abs(sec - a[t]!.sec)).toBeLessThan(1e-6);
      });
    }
  });

  test('any numbers, with any hole: the very same are read back', async () => {
    let n = 0;
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number, number), { minLength: 12, maxLength: 60 }),
        fc.integer({ min: 1, max: 11 }),
        async (rows, at) => {
          const made = madeRecording([{ signal: eeg, nSamples: rows.length, value: (c, t) => rows[t]![c]!, lost: (t) => t === at }]);
          const path = join(folder, `drawn-${++n}`);
          await writeCsv(made, path);
          const [before] = (await samplesOf(made)).values();
          const [after] = (await samplesOf(await openRecording(join(path, 'eeg.csv')))).values();
          expect(after!.map(({ index, values }) => [index, ...values.map((value) => value + 0)])).toEqual(
            before!.map(({ index, values }) => [index, ...values.map((value) => value + 0)]),
          );
        },
      ),
      { numRuns: 100, seed: 8 },
    );
  });

  test('a block longer than what is written at once: every row is there, once and in order', async () => {
    const value = (c: number, t: number) => (c - 0.5) * Math.sqrt(t);
    const path = join(folder, 'long');
    const { bytes } = await writeCsv(madeRecording([{ signal: eeg, nSamples: 20_000, blockSamples: 20_000, value }]), path);
    const rows = Array.from({ length: 20_000 }, (_, t) => `${(t / 250).toFixed(6)},${value(0, t) + 0},${value(1, t)}\n`);
    const text = readFileSync(join(path, 'eeg.csv'), 'utf8');
    expect(text === `time (s),Fp1 (µV),O2 (µV)\n${rows.join('')}`).toBe(true);
    expect(bytes).toBe(statSync(join(path, 'eeg.csv')).size + statSync(join(path, 'recording.json')).size);
  });

  test('never over a folder that is there, and signals of one name get files of their own', async () => {
    await expect(writeCsv(recording, out)).rejects.toMatchObject({ code: 'bad-option' });
    const twins = madeRecording([
      { signal: { ...eda, id: 'a/b' }, nSamples: 2, value: () => 1 },
      { signal: { ...eda, id: 'a b' }, nSamples: 2, value: () => 2 },
      { signal: { ...eda, id: 'markers' }, nSamples: 2, value: () => 3 },
    ]);
    await writeCsv(twins, join(folder, 'twins'));
    expect(readdirSync(join(folder, 'twins')).sort()).toEqual(['a-b-2.csv', 'a-b.csv', 'markers-2.csv', 'recording.json']);
  });
});
