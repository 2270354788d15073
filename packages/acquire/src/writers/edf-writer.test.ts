import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type MadeSignal, madeRecording, samplesOf } from '../../test/peers/made-recording.ts';
import { openEdf } from '../files/edf.ts';
import { openRecording } from '../files/index.ts';
import type { Signal } from '../signal.ts';
import { writeEdf } from './edf-writer.ts';
import { writeXdf } from './xdf-export.ts';

const folder = mkdtempSync(join(tmpdir(), 'edf-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));
let nFiles = 0;
const fresh = (extension: string) => join(folder, `${++nFiles}.${extension}`);

const eeg: Signal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 50, montage: { channels: ['Fp1', 'O2'], reference: 'A1' } };
const eda: Signal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
const acceleration: Signal = {
  id: 'acceleration',
  kind: 'acceleration',
  unit: 'g',
  sfreq: 25,
  montage: { channels: ['x', 'y', 'z'], reference: 'n/a' },
};

const hash = (c: number, t: number, salt: number) => (((Math.imul(t + 1, 2654435761) ^ Math.imul(c + 7, salt)) >>> 8) % 100_003) / 100_003;
const made = fc.record({
  salt: fc.integer({ min: 1, max: 1e6 }),
  seconds: fc.integer({ min: 1, max: 12 }),
  amplitude: fc.double({ min: 1e-3, max: 9e5, noNaN: true }),
  offset: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
  lateMs: fc.integer({ min: 0, max: 900 }),
  gaps: fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 90 })), { maxLength: 4 }),
  marks: fc.array(
    fc.record({ atSec: fc.double({ min: 0, max: 12, noNaN: true }), text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) }),
    {
      maxLength: 5,
    },
  ),
});
const printable = (text: string) => text.replace(/[\p{Cc}\s]/gu, '·').replace(/\p{Cs}/gu, '·');

describe('EDF+ and BDF+', () => {
  test('XDF → BDF+ → XDF: every sample at its place within half a quantum, no filling taken for a sample, every mark', async () => {
    await fc.assert(
      fc.asyncProperty(made, async ({ salt, seconds, amplitude, offset, lateMs, gaps, marks: drawn }) => {
        const inGap = (t: number) => gaps.some(([from, n]) => t >= from && t < from + n);
        const signals: MadeSignal[] = [
          {
            signal: eeg,
            nSamples: 50 * seconds,
            startSec: lateMs / 1000,
            value: (c, t) => offset + amplitude * (hash(c, t, salt) - 0.5),
            lost: inGap,
          },
          { signal: eda, nSamples: 4 * seconds, value: (_, t) => 2 + hash(0, t, salt) },
          { signal: acceleration, nSamples: 25 * seconds - 3, value: (c, t) => hash(c, t, salt + 1) * 4 - 2, lost: (t) => inGap(t + 40) },
        ];
        const marks = drawn.map(({ atSec, text }) => ({ atSec, text: printable(text) })).sort((a, b) => a.atSec - b.atSec);
        const recording = madeRecording(signals, { startedAt: 1_700_000_000, marks });
        const before = await samplesOf(recording);
        const [first, bdf, second] = [fresh('xdf'), fresh('bdf'), fresh('xdf')];
        await writeXdf(recording, first);
        const written = await writeEdf(await openRecording(first), bdf, { bits: 24 });
        await writeXdf(await openEdf(bdf), second);
        const back = await openRecording(second);
        const after = await samplesOf(back);
        expect([...after.keys()].sort()).toEqual([...before.keys()].filter((id) => before.get(id)!.length > 0).sort());
        for (const { id, quantum } of written.signals) {
          const [a, b] = [before.get(id)!, after.get(id)!];
          expect(b.length).toBe(a.length);
          let worst = 0;
          a.forEach(({ values, index }, t) => {
            expect(b[t]!.index - b[0]!.index).toBe(index - a[0]!.index);
            values.forEach((value, c) => {
              worst = Math.max(worst, Math.abs(b[t]!.values[c]! - value));
            });
          });
          expect(worst).toBeLessThanOrEqual(quantum * 0.5001 + 1e-12);
        }
        // times are the same on the clock of the wall: a recording's zero is its first sample
        const shift = 1_700_000_000 - back.startedAt!;
        expect((back.marks ?? []).map(({ text }) => text)).toEqual(marks.map(({ text }) => text));
        (back.marks ?? []).forEach(({ atSec }, m) => {
          const grid = 0.5 / 50 + 1e-6;
          expect(Math.abs(atSec - (marks[m]!.atSec + shift))).toBeLessThan(grid);
        });
      }),
      { numRuns: 25, seed: 20261123 },
    );
  }, 60_000);

  test('a mark stays at its sample although the clock of the sensor runs fast', async () => {
    const path = fresh('bdf');
    const lastSec = 1999 / 50.5;
    const recording = madeRecording([{ signal: eeg, nSamples: 2000, trueRate: 50.5, value: (_, t) => t }], {
      marks: [{ atSec: lastSec, text: 'last' }],
    });
    const written = await writeEdf(recording, path);
    expect((await openEdf(path)).marks).toEqual([{ atSec: expect.closeTo(1999 / 50, 2), text: 'last' }]);
    expect(written.signals[0]!.driftSec).toBeCloseTo(0, 6);
  });

  test('how far a second clock runs away from the first is told, since the file cannot hold it', async () => {
    const recording = madeRecording([
      { signal: eeg, nSamples: 50 * 100, value: (_, t) => t },
      { signal: eda, nSamples: 4 * 100, trueRate: 4.01, value: (_, t) => t % 7 },
    ]);
    const { signals } = await writeEdf(recording, fresh('bdf'));
    expect(signals.find(({ id }) => id === 'eda')!.driftSec).toBeCloseTo(399 / 4.01 - 399 / 4, 3);
  });

  test('the number of records is -1 until the file is whole', async () => {
    const path = fresh('bdf');
    const seen: string[] = [];
    const recording = madeRecording([{ signal: eeg, nSamples: 500_000, value: (_, t) => t % 1000 }]);
    const looking = {
      ...recording,
      blocks: async function* (report: Parameters<typeof recording.blocks>[0]) {
        let n = 0;
        for await (const block of recording.blocks(report)) {
          yield block;
          if (++n === 60_000) seen.push(readFileSync(path, 'latin1').slice(236, 244).trim());
        }
      },
    };
    await writeEdf(looking, path, {
      plan: (await import('./edf-plan.ts')).edfPlan(await (await import('./recording-survey.ts')).surveyRecording(recording), []),
    });
    expect(seen).toEqual(['-1']);
    expect(readFileSync(path, 'latin1').slice(236, 244).trim()).toBe('10000');
  });

  test('16 bits that would round away what a sensor can tell are refused with what they would cost', async () => {
    const recording = madeRecording([{ signal: eeg, nSamples: 500, value: (_, t) => Math.sin(t * 1.7) * 180_000 }]);
    await expect(writeEdf(recording, fresh('edf'), { bits: 16 })).rejects.toThrow(
      /16 bits are too few: eeg Fp1 would be rounded to 5\.\d µV/,
    );
    const written = await writeEdf(recording, fresh('bdf'));
    expect(written.signals[0]!.quantum).toBeLessThan(0.03);
  });

  test('a flat channel, and one that holds no numbers, are no division by zero', async () => {
    const path = fresh('bdf');
    const recording = madeRecording([{ signal: eeg, nSamples: 100, value: (c) => (c === 0 ? 3.5 : Number.NaN) }]);
    const { notes } = await writeEdf(recording, path, { bits: 24 });
    const { values } = (await samplesOf(await openEdf(path))).get('eeg')![50]!;
    expect(values[0]).toBeCloseTo(3.5, 6);
    expect(Number.isFinite(values[1])).toBe(true);
    expect(notes.join()).toContain('100 values that are no numbers');
  });

  test('it never writes over a file, and a recording without a regular signal is no EDF', async () => {
    const path = fresh('bdf');
    writeFileSync(path, 'mine');
    const recording = madeRecording([{ signal: eeg, nSamples: 100, value: (_, t) => t }]);
    await expect(writeEdf(recording, path)).rejects.toMatchObject({ code: 'bad-option' });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await expect(writeEdf(madeRecording([]), fresh('bdf'))).rejects.toThrow('has none with samples');
  });

  test('rates that share no record are refused by name, alone each is written with its own', async () => {
    const odd = { ...eda, sfreq: 3.999937 };
    const both = madeRecording([
      { signal: eeg, nSamples: 500, value: (_, t) => t },
      { signal: odd, nSamples: 40, value: (_, t) => t },
    ]);
    await expect(writeEdf(both, fresh('bdf'))).rejects.toThrow('50, 3.999937 Hz do not fit one EDF file');
    const path = fresh('bdf');
    await writeEdf(madeRecording([{ signal: odd, nSamples: 40, value: (_, t) => t }]), path);
    expect((await openEdf(path)).signals[0]!.sfreq).toBeCloseTo(3.999937, 5);
  });

  test('thousands of marks in one second find room, in order', async () => {
    const path = fresh('bdf');
    const marks = Array.from({ length: 3000 }, (_, m) => ({ atSec: 1 + m / 3000, text: `mark number ${m}` }));
    await writeEdf(madeRecording([{ signal: eeg, nSamples: 500, value: (_, t) => t }], { marks }), path);
    expect((await openEdf(path)).marks!.map(({ text }) => text)).toEqual(marks.map(({ text }) => text));
  });

  test('a hole of two hours is filled, told and read back as a hole', async () => {
    const path = fresh('bdf');
    const recording = madeRecording([
      { signal: eda, nSamples: 4 * 7300, value: (_, t) => 2 + (t % 13) / 10, lost: (t) => t >= 100 && t < 28_900 },
    ]);
    await writeEdf(recording, path);
    const samples = (await samplesOf(await openEdf(path))).get('eda')!;
    expect(samples.map(({ index }) => index)).toEqual([...Array(100).keys(), ...Array.from({ length: 300 }, (_, t) => 28_900 + t)]);
    expect(samples[101]!.values[0]).toBeCloseTo(2 + (28_901 % 13) / 10, 4);
  });

  test('a signal may lag minutes behind another; what lags further than the open records is left out and told', async () => {
    const lagging = (sec: number) =>
      madeRecording([
        { signal: eeg, nSamples: 50 * sec, value: (_, t) => t % 100 },
        { signal: eda, nSamples: 4 * sec, value: (_, t) => t % 7, blockSamples: 4 * sec },
      ]);
    const path = fresh('bdf');
    expect((await writeEdf(lagging(600), path)).notes).toEqual([]);
    expect((await samplesOf(await openEdf(path))).get('eda')!.map(({ values }) => Math.round(values[0]!))).toEqual(
      Array.from({ length: 2400 }, (_, t) => t % 7),
    );
    expect((await writeEdf(lagging(1800), fresh('bdf'))).notes.join()).toMatch(/\d+ samples came twice, too late/);
  });

  test('marks before the first and after the last sample are written, and it is told that others do not show them', async () => {
    const path = fresh('bdf');
    const marks = [
      { atSec: 0.2, text: 'early' },
      { atSec: 99, text: 'late' },
    ];
    const { notes } = await writeEdf(madeRecording([{ signal: eeg, nSamples: 500, startSec: 2.5, value: (_, t) => t }], { marks }), path);
    expect(notes.join()).toContain('2 marks lie outside the samples');
    expect((await openEdf(path)).marks).toEqual([
      { atSec: expect.closeTo(-2.3, 6), text: 'early' },
      { atSec: expect.closeTo(96.5, 6), text: 'late' },
    ]);
  });

  test('Ctrl-C ends it with the reason of the signal', async () => {
    const recording = madeRecording([{ signal: eeg, nSamples: 500, value: (_, t) => t }]);
    await expect(writeEdf(recording, fresh('bdf'), { stop: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
