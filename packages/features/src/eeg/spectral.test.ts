import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { named, runFeature } from '../../test/run-feature.ts';
import { congruential, eeg } from '../../test/signals.ts';
import { asymmetry, frontalAlpha, homologousPairs } from './asymmetry.ts';
import { bandDe } from './band-de.ts';
import { bandPower } from './band-power.ts';
import { hjorth } from './hjorth.ts';
import { lineNoise } from './line-noise.ts';
import { spectralEntropy } from './spectral-entropy.ts';

interface Case {
  readonly sfreq: number;
  readonly segment: number;
  readonly window: number;
  readonly powers: number[][];
  readonly relative: number[][];
  readonly decibel: number[][];
  readonly entropy: number[];
  readonly line50: number[];
}
const [golden]: Case[] = JSON.parse(readFileSync(new URL('../../test/golden/eeg-power.json', import.meta.url), 'utf8')).welch;
const n = golden.sfreq * golden.window;
const data = congruential(golden.sfreq, 2 * n).map(
  (u, i) => 1000 + 30 * u + (i >= n ? 10 * Math.sin((2 * Math.PI * 10 * (i - n)) / golden.sfreq) : 0),
);
const signal = eeg(2, golden.sfreq);
const close = (got: ArrayLike<number>, expected: readonly number[]) =>
  expected
    .map((value, i) => Math.abs(got[i] - value) / Math.max(1e-12, Math.abs(value)))
    .reduce((a, b) => Math.max(a, b), got.length === expected.length ? 0 : Infinity);

describe('spectral features', () => {
  it.each(['absolute', 'relative', 'decibel'] as const)('bandPower is SciPy’s, %s, within 1e-6', (scale) => {
    const [{ values }] = runFeature(bandPower({ scale }), signal, data, 0.5);
    const expected = { absolute: golden.powers, relative: golden.relative, decibel: golden.decibel }[scale];
    expect(close(values, expected.flat())).toBeLessThan(1e-6);
  });

  it('spectralEntropy and lineNoise are SciPy’s within 1e-6', () => {
    expect(close(runFeature(spectralEntropy(), signal, data, 0.5)[0].values, golden.entropy)).toBeLessThan(1e-6);
    expect(close(runFeature(lineNoise({ frequency: 50 }), signal, data, 0.5)[0].values, golden.line50)).toBeLessThan(1e-6);
  });

  it('give finite numbers and a lower quality for a flat channel', () => {
    const halfFlat = data.slice().fill(7, 0, n);
    for (const feature of [
      bandPower(),
      bandPower({ scale: 'relative' }),
      bandPower({ scale: 'decibel' }),
      spectralEntropy(),
      lineNoise({ frequency: 60 }),
      hjorth(),
    ]) {
      const [{ values, quality }] = runFeature(feature, signal, halfFlat, 0.5);
      expect([...values].every(Number.isFinite)).toBe(true);
      expect(values.length).toBe(feature.describe(signal).axes.reduce((size, { labels }) => size * labels.length, 1));
      expect(quality).toBe(0.5);
    }
  });
});

describe('asymmetry', () => {
  const montage = named(eeg(3, 128), ['F3', 'Cz', 'F4']);
  const x = congruential(1, 256);
  const three = Float64Array.from([...x.map((u) => 20 * u), ...x, ...x.map((u) => 5 * u)]);

  it('finds the pairs of the 10-20 system', () => {
    expect(homologousPairs(['Fp1', 'FP2', 'Fz', 'T7', 'T8', 'TP9', 'TP10', 'O1'])).toEqual([
      ['Fp1', 'FP2'],
      ['T7', 'T8'],
      ['TP9', 'TP10'],
    ]);
  });

  it('DASM of entropy is half the log ratio of the powers, RASM the ratio of the entropies', () => {
    const [dasm] = runFeature(asymmetry(), montage, three, 1);
    for (const value of dasm.values) expect(value).toBeCloseTo(2, 9);
    const [de] = runFeature(bandDe(), montage, three, 1);
    const [rasm] = runFeature(asymmetry({ method: 'rasm' }), montage, three, 1);
    expect([...rasm.values]).toEqual([0, 1, 2, 3].map((b) => de.values[b] / de.values[8 + b]));
    expect(asymmetry().describe(montage).axes[0].labels).toEqual(['F3-F4']);
  });

  it('frontal alpha is ln right − ln left: less alpha on the right is negative', () => {
    const alpha = (amplitude: number) => Float64Array.from({ length: 512 }, (_, t) => amplitude * Math.sin((2 * Math.PI * 10 * t) / 128));
    const four = Float64Array.from([...alpha(20), ...alpha(1), ...alpha(10)]);
    const [{ values }] = runFeature(frontalAlpha(), montage, four, 1);
    expect(values[0]).toBeCloseTo(Math.log(0.25), 9);
  });

  it('says which channels it lacks', () => {
    expect(() => asymmetry().describe(eeg(2, 128))).toThrow('needs a left and a right channel named as in the 10-20 system');
    expect(() => frontalAlpha().describe(eeg(2, 128))).toThrow('needs channel F3, the signal has E1, E2');
  });
});
