import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columns, congruential, eeg } from '../../test/signals.ts';
import type { Epoch } from '../epoch.ts';
import { baselineDe, restartDe, zScored } from '../kernels/restart-de.ts';
import { bandDeRestart, restartRecipe } from './band-de-restart.ts';

interface Golden {
  readonly restart: { sfreq: number; n: number; ba: number[][]; sos: number[][] }[];
  readonly pipeline: Record<'global' | 'per-channel', { window: number[][]; baseline: number[][] }>;
  readonly baseline: Record<'averaged-waveform' | 'mean-of-pieces', number[][]>;
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../test/golden/eeg-de.json', import.meta.url), 'utf8'));

const furthest = (got: ArrayLike<number>, expected: readonly number[]) =>
  expected.map((value, i) => Math.abs(got[i] - value)).reduce((a, b) => Math.max(a, b), got.length === expected.length ? 0 : Infinity);
const sampled = (n: number, f: (t: number, i: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i / 128, i));
const tau = 2 * Math.PI;

// published parity vectors: 128 Hz, 512 samples, theta alpha beta gamma, bits
const vectors: readonly (readonly [string, Float64Array, 'none' | 'global', readonly number[]])[] = [
  ['a sine of 10 Hz', sampled(512, (t) => Math.sin(tau * 10 * t)), 'none', [-1.952062582, 1.5074033877, -2.6902430015, -5.6712105506]],
  ['a sine of 6 Hz', sampled(512, (t) => Math.sin(tau * 6 * t)), 'none', [1.498537105, -2.8428957989, -4.7530623224, -6.4668743856]],
  [
    'a sine in every band',
    sampled(
      512,
      (t) =>
        Math.sin(tau * 6 * t) + 0.8 * Math.sin(tau * 10 * t + 0.3) + 0.5 * Math.sin(tau * 20 * t + 1.1) + 0.25 * Math.sin(tau * 40 * t + 2),
    ),
    'none',
    [1.5009284466, 1.1818501905, 0.5357760466, -0.4637026933],
  ],
  ['an impulse', sampled(512, (_, i) => (i === 0 ? 1 : 0)), 'none', [-4.4413336171, -4.1492594914, -3.4023128732, -3.361573793]],
  ['noise', congruential(12345, 512), 'none', [-1.173076194, -0.5491304753, 0.1735221834, 0.3736131701]],
  ['noise, z-scored', congruential(12345, 512), 'global', [-0.3551849235, 0.26745245, 0.9902323386, 1.1900731742]],
];

// three channels, the whole published pipeline
const w = tau / 128;
const rows = (n: number, f: (c: number, i: number) => number) =>
  Float64Array.from({ length: 3 * n }, (_, k) => f(Math.floor(k / n), k % n));
const windowOf3 = rows(
  512,
  (c, n) =>
    (1 + 0.5 * c) * Math.sin(w * (6 + c) * n) +
    0.8 * Math.sin(10.5 * w * n + 0.3 * c) +
    0.5 * Math.sin(20.25 * w * n + 1.1 * c) +
    0.25 * Math.sin(40.75 * w * n + 2 * c) +
    0.1 * c,
);
const baselineOf3 = rows(128, (c, n) => Math.cos(w * (5 + c) * n) + 0.4 * Math.cos(22 * w * n + c) + 0.2 * Math.cos(41 * w * n) + 0.05 * c);
const published = {
  global: [
    [-0.5191753355, 2.35806909, -0.4158219732, -0.4879771936],
    [0.0230382117, 2.0038256721, -0.3944121038, -0.5080270659],
    [-0.0357589545, 2.043079264, -0.3763379824, -0.4718830227],
  ],
  'per-channel': [
    [-0.1246365594, 2.6957661126, -0.0239392957, -0.0994471305],
    [0.0604829275, 2.0412703887, -0.3569673872, -0.4705823489],
    [-0.3138282707, 1.7842558754, -0.6523810336, -0.7443264948],
  ],
};

describe('restartDe', () => {
  it.each(vectors)('gives the published vector of %s within 1e-6', (_, x, zScore, expected) => {
    expect(furthest(restartDe(x, 1, restartRecipe({ zScore }, 128)), expected)).toBeLessThan(1e-6);
  });

  it.each(['global', 'per-channel'] as const)('gives the published pipeline with %s z-score and baseline within 1e-6', (zScore) => {
    const recipe = restartRecipe({ zScore }, 128);
    const de = restartDe(windowOf3, 3, recipe);
    const baseline = baselineDe(baselineOf3, 3, 128, 'averaged-waveform', recipe);
    expect(furthest(de, golden.pipeline[zScore].window.flat())).toBeLessThan(1e-6);
    expect(furthest(baseline, golden.pipeline[zScore].baseline.flat())).toBeLessThan(1e-6);
    expect(
      furthest(
        de.map((value, i) => value - baseline[i]),
        published[zScore].flat(),
      ),
    ).toBeLessThan(1e-6);
  });

  it('gives the published window without z-score', () => {
    const de = restartDe(windowOf3, 3, restartRecipe({ zScore: 'none' }, 128));
    expect(furthest(de.subarray(0, 4), [1.5009012064, 1.1876701665, 0.5429748359, -0.4605579182])).toBeLessThan(1e-6);
  });

  it('is within 1e-9 of SciPy sections, and within 1e-5 of the (b, a) form of torcheeg where that is stable', () => {
    for (const { sfreq, n, ba, sos } of golden.restart) {
      const de = restartDe(congruential(n + sfreq, 3 * n), 3, restartRecipe({ zScore: 'none' }, sfreq));
      expect(furthest(de, sos.flat())).toBeLessThan(1e-9);
      if (sfreq <= 200) expect(furthest(de, ba.flat())).toBeLessThan(1e-5);
    }
  });

  it('reduces a baseline both ways', () => {
    const recipe = restartRecipe({ zScore: 'none' }, 128);
    for (const method of ['averaged-waveform', 'mean-of-pieces'] as const) {
      expect(furthest(baselineDe(congruential(77, 768), 2, 128, method, recipe), golden.baseline[method].flat())).toBeLessThan(1e-9);
    }
  });

  it('gives a flat channel the entropy of the floor', () => {
    // the mean of the last two is not quite the value itself
    for (const level of [7, 0.1, 4000.123]) {
      const de = restartDe(new Float64Array(500).fill(level), 1, restartRecipe({ zScore: 'global' }, 128));
      expect([...de], `${level} µV`).toEqual(new Array(4).fill(0.5 * Math.log2(tau * Math.E * 1e-8)));
    }
  });
});

describe('zScored', () => {
  it('has mean 0 and deviation 1 over what was asked, and turns a flat channel into zeros', () => {
    const data = Float64Array.of(1, 2, 3, 5, 5, 5);
    expect([...zScored(data, 2, 'per-channel')].slice(3)).toEqual([0, 0, 0]);
    const scored = zScored(data, 2, 'global');
    expect(scored.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 12);
    expect(scored.reduce((a, b) => a + b * b, 0) / 6).toBeCloseTo(1, 12);
    expect([...zScored(data, 2, 'none')]).toEqual([...data]);
  });
});

describe('bandDeRestart', () => {
  it('restarts in every window: a window gives the same values whatever came before', () => {
    const signal = eeg(3, 128);
    const hops = (lead: number) => {
      const extract = bandDeRestart({ windowSec: 4 }).open(signal, 1);
      let last: Float64Array | undefined;
      const hop = (data: Float64Array, index: number): Epoch<typeof signal> => ({ signal, index, tmin: index - 1, tmax: index, data });
      for (let k = 0; k < lead; k++) extract(hop(congruential(k + 1, 3 * 128), k + 1));
      for (let k = 0; k < 4; k++) last = extract(hop(columns(windowOf3, 3, 128 * k, 128 * (k + 1)), lead + k + 1))?.values;
      return last!;
    };
    expect(furthest(hops(0), golden.pipeline.global.window.flat())).toBeLessThan(1e-6);
    expect([...hops(3)]).toEqual([...hops(0)]);
  });

  it('subtracts the baseline it was given and refuses one of another shape', () => {
    const signal = eeg(1, 128);
    const hop: Epoch<typeof signal> = { signal, index: 4, tmin: 0, tmax: 4, data: congruential(5, 512) };
    const plain = bandDeRestart({ windowSec: 4 }).open(signal, 4)(hop)!;
    const values = Float64Array.of(1, 2, 3, 4);
    const lowered = bandDeRestart({ windowSec: 4, baseline: { method: 'mean-of-pieces', values } }).open(signal, 4)(hop)!;
    expect(
      furthest(
        lowered.values,
        [...plain.values].map((value, i) => value - values[i]),
      ),
    ).toBe(0);
    const wrong = bandDeRestart({ baseline: { method: 'mean-of-pieces', values: new Float64Array(3) } });
    expect(() => wrong.open(signal, 4)).toThrow('must hold 4 values (1 channels × 4 bands), got 3');
  });
});
