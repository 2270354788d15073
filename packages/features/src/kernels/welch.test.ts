import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columns, congruential } from '../../test/signals.ts';
import { nextPowerOfTwo, powerSpectrum } from './fft.ts';
import { powerBetween, spectralEntropy, welchStream } from './welch.ts';

interface Case {
  readonly sfreq: number;
  readonly segment: number;
  readonly window: number;
  readonly density: number[][];
  readonly mne: number[][];
  readonly powers: number[][];
  readonly entropy: number[];
}
const golden: { welch: Case[] } = JSON.parse(readFileSync(new URL('../../test/golden/eeg-power.json', import.meta.url), 'utf8'));
const bands = [
  [4, 8],
  [8, 14],
  [14, 31],
  [31, 49],
] as const;

/** The two channels of the golden script. */
export const goldenSignal = ({ sfreq, window }: Case): Float64Array => {
  const n = sfreq * window;
  const x = congruential(sfreq, 2 * n).map((u) => 1000 + 30 * u);
  return x.map((value, i) => value + (i >= n ? 10 * Math.sin((2 * Math.PI * 10 * (i - n)) / sfreq) : 0));
};
const furthestShare = (got: ArrayLike<number>, expected: readonly number[], floor: number) =>
  expected.map((value, i) => Math.abs(got[i] - value) / Math.max(Math.abs(value), floor)).reduce((a, b) => Math.max(a, b), 0);

describe('welchStream', () => {
  it.each(golden.welch)('is scipy.signal.welch and MNE psd_array_welch at $sfreq Hz, segments of $segment samples, within 1e-6', (g) => {
    const data = goldenSignal(g);
    const push = welchStream(2, g.sfreq, g.segment, g.window);
    const hops = Array.from({ length: g.window }, (_, k) => columns(data, 2, k * g.sfreq, (k + 1) * g.sfreq));
    const spectrum = hops.map((hop) => push(hop)).at(-1)!;
    const largest = Math.max(...g.density.flat());
    expect(furthestShare(spectrum.density, g.density.flat(), 1e-9 * largest)).toBeLessThan(1e-6);
    // the mean that is taken out leaves rounding at 0 Hz, where MNE rounds otherwise
    expect(furthestShare(spectrum.density, g.mne.flat(), 1e-9 * largest)).toBeLessThan(1e-6);
    const powers = [0, 1].flatMap((c) => bands.map(([fmin, fmax]) => powerBetween(spectrum, c, fmin, fmax)));
    expect(furthestShare(powers, g.powers.flat(), 0)).toBeLessThan(1e-6);
    expect(
      furthestShare(
        [0, 1].map((c) => spectralEntropy(spectrum, c, 1, 45)),
        g.entropy,
        0,
      ),
    ).toBeLessThan(1e-6);
  });

  it('gives the same whatever the hops, and forgets what left the window', () => {
    const sfreq = 128;
    const data = congruential(3, 6 * sfreq);
    const whole = welchStream(1, sfreq, 128, 1)(columns(data, 1, 2 * sfreq, 6 * sfreq))!;
    const expected = whole.density.slice();
    const push = welchStream(1, sfreq, 128, 8);
    let last: Float64Array | undefined;
    for (let k = 0; k < 12; k++) last = push(columns(data, 1, k * 64, (k + 1) * 64))?.density;
    expect(furthestShare(last!, [...expected], 1e-12)).toBeLessThan(1e-9);
  });
});

describe('a window of one segment', () => {
  it('has a spectrum in every hop once it is full, wherever segments begin', () => {
    for (const [sfreq, hopTimes] of [
      [128, 32],
      [200, 50],
      [250, 25],
    ]) {
      const push = welchStream(1, sfreq, sfreq, sfreq / hopTimes);
      const data = congruential(5, 4 * sfreq);
      const found = Array.from({ length: (4 * sfreq) / hopTimes }, (_, k) => push(columns(data, 1, k * hopTimes, (k + 1) * hopTimes)));
      expect(
        found.slice(sfreq / hopTimes - 1).every((spectrum) => spectrum !== undefined),
        `${sfreq} Hz`,
      ).toBe(true);
    }
  });
});

describe('powerSpectrum', () => {
  it('is the plain sum of the definition', () => {
    const x = congruential(2, 16);
    const power = new Float64Array(9);
    powerSpectrum(16)(x, power);
    for (let k = 0; k <= 8; k++) {
      const part = (f: (a: number) => number) => x.reduce((sum, value, t) => sum + value * f((2 * Math.PI * k * t) / 16), 0);
      expect(power[k]).toBeCloseTo(part(Math.cos) ** 2 + part(Math.sin) ** 2, 10);
    }
  });

  it('needs a length that is a power of two', () => {
    expect([1, 2, 3, 250, 256, 257].map(nextPowerOfTwo)).toEqual([1, 2, 4, 256, 256, 512]);
  });
});

describe('spectralEntropy', () => {
  it('is 0 for a line and for nothing, 1 for white', () => {
    const flat = { density: new Float64Array(65).fill(2), step: 1, nFrequencies: 65 };
    const line = { ...flat, density: new Float64Array(65).fill(5, 10, 11) };
    expect(spectralEntropy(flat, 0, 1, 45)).toBeCloseTo(1, 12);
    expect(spectralEntropy(line, 0, 1, 45)).toBe(0);
    expect(spectralEntropy({ ...flat, density: new Float64Array(65) }, 0, 1, 45)).toBe(0);
  });
});
