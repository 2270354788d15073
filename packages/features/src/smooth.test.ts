import { from } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { FeatureSpec, FeatureVector } from './feature.ts';
import { type SmoothOptions, smooth } from './smooth.ts';

const spec: FeatureSpec = { name: 'band-de', unit: 'bit', axes: [{ name: 'channel', labels: ['A', 'B'] }], recipe: { order: 5 } };
const vector = (index: number, ...values: number[]): FeatureVector => ({
  spec,
  signal: 'eeg',
  index,
  tmin: index - 1,
  tmax: index,
  values: Float64Array.from(values),
  quality: 1,
});
const run = (vectors: readonly FeatureVector[], options: SmoothOptions): FeatureVector[] => {
  const got: FeatureVector[] = [];
  from(vectors)
    .pipe(smooth(options))
    .subscribe((out) => got.push(out));
  return got;
};
const kalman = { method: 'kalman', processNoise: 1e-4, observationNoise: 1 } as const;

describe('smooth', () => {
  it('gives the mean of the last vectors, each value by itself', () => {
    const got = run([vector(1, 0, 9), vector(2, 6, 9), vector(3, 9, 9), vector(4, 3, 0)], { method: 'moving-average', nVectors: 3 });
    expect(got.map(({ values }) => [...values])).toEqual([
      [0, 9],
      [3, 9],
      [5, 9],
      [6, 6],
    ]);
  });

  it('begins anew after a jump of the index', () => {
    const got = run([vector(1, 0), vector(2, 10), vector(4, 20)], { method: 'moving-average', nVectors: 3 });
    expect(got.map(({ values }) => values[0])).toEqual([0, 5, 20]);
  });

  it('follows the Kalman recursion written out', () => {
    const x = [1, 2, 0.5, 3];
    const got = run(
      x.map((value, i) => vector(i + 1, value)),
      kalman,
    );
    let [level, variance] = [x[0], 1];
    for (const [i, value] of x.entries()) {
      if (i > 0) {
        const gain = (variance + 1e-4) / (variance + 1e-4 + 1);
        level += gain * (value - level);
        variance = (1 - gain) * (variance + 1e-4);
      }
      expect(got[i].values[0]).toBeCloseTo(level, 12);
    }
  });

  it('is causal: a later value changes nothing before it', () => {
    const early = run([vector(1, 1), vector(2, 2)], kalman);
    const late = run([vector(1, 1), vector(2, 2), vector(3, 1e6)], kalman);
    expect(late.slice(0, 2)).toEqual(early);
  });

  it('says so in the recipe, with one spec for all vectors', () => {
    const got = run([vector(1, 1), vector(2, 2), vector(9, 2)], kalman);
    expect(got[0].spec.recipe).toEqual({ order: 5, smoothing: 'kalman', processNoise: 1e-4, observationNoise: 1 });
    expect(new Set(got.map((one) => one.spec)).size).toBe(1);
  });

  it('lets other features pass, and completion and errors', () => {
    new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(({ cold, expectObservable }) => {
      const a = vector(1, 1);
      expectObservable(cold('a-|', { a }).pipe(smooth(kalman, ['scl']))).toBe('a-|', { a });
      expectObservable(cold('a-#', { a }).pipe(smooth(kalman, ['scl']))).toBe('a-#', { a });
    });
  });

  it('refuses numbers that make no sense', () => {
    expect(() => smooth({ method: 'moving-average', nVectors: 0 })).toThrow('a whole nVectors of at least 1, got 0');
    expect(() => smooth({ method: 'kalman', processNoise: 0, observationNoise: 1 })).toThrow('above 0, got 0 and 1');
  });
});
