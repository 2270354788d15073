import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { course, stretchesWhere } from './course.ts';

describe('a course', () => {
  it('of any length keeps its bins, and in them least, most and mean of what was added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0.05, max: 20, noNaN: true }), (n, stepSec) => {
        const growing = course(64);
        const value = (i: number): number => Math.sin(i) * 10;
        for (let i = 0; i < n; i++) growing.add(100 + i * stepSec, value(i));
        const { mean, least, most, fromSec, stepSec: width } = growing.read(12);
        expect(mean.length).toBeLessThanOrEqual(64);
        expect(fromSec + mean.length * width).toBeGreaterThan(100 + (n - 1) * stepSec - 1e-6);
        mean.forEach((of, b) => {
          const inside = Array.from({ length: n }, (_, i) => i)
            .filter((i) => Math.floor((100 + i * stepSec - fromSec) / width) === b)
            .map(value);
          if (inside.length === 0) {
            expect(of).toBeNull();
            return;
          }
          expect(of).toBeCloseTo(inside.reduce((sum, x) => sum + x, 0) / inside.length, 8);
          expect([least[b], most[b]]).toEqual([Number(Math.min(...inside).toPrecision(12)), Number(Math.max(...inside).toPrecision(12))]);
        });
        expect(growing.total().n).toBe(n);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('of values that come regularly has no empty bin between them', () => {
    for (const everySec of [0.5, 1, 5, 7.3]) {
      const growing = course(600);
      for (let i = 0; i < 20; i++) growing.add(i * everySec, i);
      expect(growing.read().mean).not.toContain(null);
    }
  });

  it('has a hole where nothing was measured, and leaves out what is no number', () => {
    const growing = course(600);
    for (const at of [0, 1, 2, 10, 11]) growing.add(at, 1);
    growing.add(5, Number.NaN);
    const { mean, stepSec } = growing.read();
    expect(mean.slice(Math.ceil(3 / stepSec), Math.floor(10 / stepSec)).every((value) => value === null)).toBe(true);
    expect(stretchesWhere(growing.read(), (value) => value === 1)).toEqual([
      [0, 3],
      [10, 12],
    ]);
  });

  it('of nothing is empty', () => expect(course().read()).toEqual({ fromSec: 0, stepSec: 0.25, mean: [], least: [], most: [] }));
});
