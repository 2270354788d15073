import { describe, expect, test } from 'vitest';
import { seeded } from '../../test/synthetic-eda.ts';
import { statisticLabels, statistics } from './statistics.ts';

const of = (x: Float64Array) => {
  const out = new Float64Array(statisticLabels.length);
  statistics(x, new Float64Array(x.length), out);
  return Object.fromEntries(statisticLabels.map((label, i) => [label, out[i]]));
};

describe('the statistics', () => {
  test('of a few numbers are those done by hand', () => {
    const s = of(Float64Array.of(1, -1, 3, 1));
    expect(s).toMatchObject({
      mean: 1,
      min: -1,
      max: 3,
      range: 4,
      sum: 4,
      energy: 12,
      peaks: 1,
      line_integral: 8,
      above_mean: 1,
      below_mean: 1,
    });
    expect(s).toMatchObject({ skewness: 0, kurtosis: -1, sign_changes: 2, iqr: 1, percentile_5: -0.7 });
    expect(s.sd).toBeCloseTo(Math.SQRT2, 12);
    expect(s.rms).toBeCloseTo(Math.sqrt(3), 12);
    expect(s.percentile_95).toBeCloseTo(2.7, 12);
  });

  test('of noise have the entropy of chance, of a ramp none', () => {
    const random = seeded(1);
    expect(of(Float64Array.from({ length: 3000 }, random)).permutation_entropy).toBeGreaterThan(0.99);
    expect(of(Float64Array.from({ length: 50 }, (_, i) => i)).permutation_entropy).toBeCloseTo(0, 12);
  });

  test('shift and scale as they should', () => {
    const random = seeded(2);
    const x = Float64Array.from({ length: 100 }, random);
    const [a, b] = [of(x), of(x.map((value) => 3 * value + 10))];
    for (const label of ['sd', 'range', 'line_integral', 'iqr', 'iqr_5_95']) expect(b[label]).toBeCloseTo(3 * a[label], 10);
    for (const label of ['skewness', 'kurtosis', 'peaks', 'above_mean', 'permutation_entropy']) expect(b[label]).toBeCloseTo(a[label], 8);
  });

  test('of a constant are finite', () => {
    expect(of(new Float64Array(240).fill(2))).toMatchObject({ sd: 0, skewness: 0, kurtosis: 0, peaks: 0, iqr: 0 });
  });
});
