import { readFileSync } from 'node:fs';
import type { EegSignal } from '@affect-edge/acquire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, congruential, eeg } from '../../test/signals.ts';
import { SEED_BANDS } from '../bands.ts';
import type { Extracted } from '../feature.ts';
import { type BandDeOptions, bandDe } from './band-de.ts';

interface Golden {
  readonly streaming: {
    sfreq: number;
    channels: number;
    seconds: number;
    hop: number;
    window: number;
    initial: 'steady' | 'zero';
    values: number[][][];
  }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../test/golden/eeg-de.json', import.meta.url), 'utf8'));

/** Feeds (nChannels, nTimes) hop by hop, hops ending at the given columns. */
const run = (options: BandDeOptions, signal: EegSignal, data: Float64Array, ends: readonly number[], hopSec: number): Extracted[] => {
  const extract = bandDe(options).open(signal, hopSec);
  return ends.flatMap((end, k) => {
    const hop = columns(data, signal.montage.channels.length, k === 0 ? 0 : ends[k - 1], end);
    return extract({ signal, index: k + 1, tmin: k * hopSec, tmax: (k + 1) * hopSec, data: hop }) ?? [];
  });
};
const everySample = (step: number, n: number) => Array.from({ length: Math.floor(n / step) }, (_, k) => (k + 1) * step);
const furthest = (got: ArrayLike<number>, expected: ArrayLike<number>) =>
  Array.from(got, (value, i) => Math.abs(value - expected[i])).reduce(
    (a, b) => Math.max(a, b),
    got.length === expected.length ? 0 : Infinity,
  );

describe('bandDe', () => {
  it.each(golden.streaming)('is within 1e-6 of SciPy sosfilt at $sfreq Hz, $initial start, on an offset of 60 mV', (g) => {
    const n = g.sfreq * g.seconds;
    const data = congruential(g.sfreq + g.channels, g.channels * n).map((u) => 60000 + 40 * u);
    const options = { windowSec: g.window, initial: g.initial };
    const got = run(options, eeg(g.channels, g.sfreq), data, everySample(Math.round(g.sfreq * g.hop), n), g.hop);
    expect(got.length).toBe(g.values.length);
    for (const [i, { values }] of got.entries()) expect(furthest(values, g.values[i].flat())).toBeLessThan(1e-6);
  });

  it('adds log2|a| when the signal is multiplied by a', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-2, max: 1e4, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 2 ** 31 }),
        (size, minus, seed) => {
          const a = minus ? -size : size;
          const x = congruential(seed, 256).map((u) => 10 * u);
          const [plain] = run({ windowSec: 2 }, eeg(1, 128), x, [128, 256], 1);
          const [scaled] = run(
            { windowSec: 2 },
            eeg(1, 128),
            x.map((u) => a * u),
            [128, 256],
            1,
          );
          expect(
            furthest(
              scaled.values,
              plain.values.map((value) => value + Math.log2(Math.abs(a))),
            ),
          ).toBeLessThan(1e-9);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('does not feel an offset', () => {
    const x = congruential(9, 512).map((u) => 20 * u);
    const [plain] = run({}, eeg(1, 128), x, [128, 256], 1);
    const [raised] = run(
      {},
      eeg(1, 128),
      x.map((u) => u + 1e5),
      [128, 256],
      1,
    );
    expect(furthest(raised.values, plain.values)).toBeLessThan(1e-6);
  });

  it('gives the same however the hops fall, over 3,000 random cuts', () => {
    const signal = eeg(2, 250);
    const data = congruential(4, 2 * 600).map((u) => 30 * u);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 599 }), { minLength: 4, maxLength: 4 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), 600];
        const [last] = run({ windowSec: 5 }, signal, data, ends, 1);
        const [whole] = run({ windowSec: 1 }, signal, data, [600], 1);
        expect(furthest(last.values, whole.values)).toBeLessThan(1e-9);
      }),
      { seed: 2, numRuns: 3000 },
    );
  });

  it('gives the same numbers later in a recording as earlier: shift invariance', () => {
    const signal = eeg(1, 250);
    const period = congruential(11, 500).map((u) => 30 * u);
    const long = Float64Array.from({ length: 5000 }, (_, i) => period[i % 500]);
    const got = run({ windowSec: 2 }, signal, long, everySample(25, 5000), 0.1);
    const settledAt = 80;
    for (let k = settledAt; k + 20 < got.length; k++) expect(furthest(got[k + 20].values, got[k].values)).toBeLessThan(1e-6);
  });

  it('gives a flat channel a finite number and takes it from the quality', () => {
    const data = new Float64Array(2 * 256).fill(-187500);
    data.set(
      congruential(3, 256).map((u) => 30 * u),
      0,
    );
    const [{ values, quality }] = run({}, eeg(2, 128), data, [128, 256], 1);
    expect([...values.subarray(4)]).toEqual(new Array(4).fill(0.5 * Math.log2(2 * Math.PI * Math.E * 1e-8)));
    expect(quality).toBe(0.5);
  });

  it('waits for a full window and gives its start as tmin', () => {
    const signal = eeg(1, 128);
    const got = run({ windowSec: 3 }, signal, congruential(1, 640), everySample(128, 640), 1);
    expect(got.map(({ tmin }) => tmin)).toEqual([0, 1, 2]);
  });

  it('says in its spec all that changes the numbers', () => {
    const spec = bandDe({ bands: SEED_BANDS, logBase: 'e', ddof: 1, windowSec: 4, order: 3 }).describe(eeg(2, 250));
    expect(spec).toEqual({
      name: 'band-de',
      unit: 'nat',
      axes: [
        { name: 'channel', labels: ['E1', 'E2'] },
        { name: 'band', labels: ['delta', 'theta', 'alpha', 'beta', 'gamma'] },
      ],
      recipe: {
        bands: 'delta 1-3, theta 4-7, alpha 8-13, beta 14-30, gamma 31-50',
        filter: 'butterworth',
        order: 3,
        state: 'continuous',
        initial: 'steady',
        windowSec: 4,
        ddof: 1,
        logBase: 'e',
        varianceFloor: 1e-8,
      },
    });
  });

  it('gives nats and the sample variance when asked', () => {
    const x = congruential(6, 256).map((u) => 10 * u);
    const [bits] = run({ windowSec: 2 }, eeg(1, 128), x, [128, 256], 1);
    const [nats] = run({ windowSec: 2, logBase: 'e', ddof: 1 }, eeg(1, 128), x, [128, 256], 1);
    const expected = bits.values.map((value) => value * Math.LN2 + 0.5 * Math.log(256 / 255));
    expect(furthest(nats.values, expected)).toBeLessThan(1e-12);
  });

  it('refuses a window that is no whole number of hops, and a band above half the sampling frequency', () => {
    expect(() => bandDe({ windowSec: 2.05 }).open(eeg(1, 128), 0.5)).toThrow(
      'whole multiple of the hop, got windowSec 2.05 with hopSec 0.5',
    );
    expect(() => bandDe().open(eeg(1, 64), 0.5)).toThrow('31–49 Hz cannot be made at 64 Hz');
  });
});
