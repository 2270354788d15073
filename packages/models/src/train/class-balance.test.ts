import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedWeights, type ClassedRows, smote } from './class-balance.ts';
import { randomStream } from './random.ts';

const rowsOf = (points: readonly (readonly number[])[], labels: readonly number[]): ClassedRows => ({
  inputs: Float32Array.from(points.flat()),
  labels: Int32Array.from(labels),
  width: points[0].length,
});
const countOf = (labels: Int32Array, wanted: number): number => labels.filter((label) => label === wanted).length;

describe('balanced weights', () => {
  it('give every class the same total', () => {
    expect(balancedWeights([0, 0, 0, 1], 2)).toEqual([4 / 6, 2]);
  });

  it('ignore rows without a label and classes without rows', () => {
    expect(balancedWeights([0, -1, -1, 2], 3)).toEqual([1, 0, 1]);
  });
});

describe('SMOTE', () => {
  const seven = rowsOf(
    [
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 5],
      [4, 4],
      [10, 10],
      [12, 14],
    ],
    [0, 0, 0, 0, 0, 1, 1],
  );

  it('brings every class to the size of the largest and leaves the given rows as they are', () => {
    const grown = smote(seven, randomStream(1, 1));
    expect([countOf(grown.labels, 0), countOf(grown.labels, 1)]).toEqual([5, 5]);
    expect(grown.inputs.subarray(0, 14)).toEqual(seven.inputs);
    expect(grown.labels.subarray(0, 7)).toEqual(seven.labels);
  });

  it('puts new rows on the line between two rows of their own class', () => {
    const { inputs } = smote(seven, randomStream(1, 2));
    for (let row = 7; row < 10; row++) {
      const [x, y] = [inputs[2 * row], inputs[2 * row + 1]];
      expect(x).toBeGreaterThanOrEqual(10);
      expect(x).toBeLessThanOrEqual(12);
      expect(y - 10).toBeCloseTo(2 * (x - 10), 5);
    }
  });

  it('joins a row only to its nearest ones', () => {
    // with k = 1, every new row of the far group of class 1 stays in that group
    const two = rowsOf([[0], [1], [2], [3], [4], [5], [100], [101], [200], [201]], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    const { inputs } = smote(two, randomStream(2, 2), 1);
    for (const value of inputs.subarray(10)) expect(value <= 101 || value >= 200).toBe(true);
  });

  it('repeats a class of one row', () => {
    const { inputs, labels } = smote(rowsOf([[0], [1], [7]], [0, 0, 1]), randomStream(3, 3));
    expect([...inputs]).toEqual([0, 1, 7, 7]);
    expect([...labels]).toEqual([0, 0, 1, 1]);
  });

  it('follows from its seed, stays within the bounds of its class, whatever the rows', () => {
    const point = fc.tuple(fc.float({ min: -9, max: 9, noNaN: true }), fc.nat({ max: 2 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), fc.nat(), (points, seed) => {
        const rows = rowsOf(
          points.map(([value]) => [value]),
          points.map(([, label]) => label),
        );
        const grown = smote(rows, randomStream(seed, 0));
        expect(smote(rows, randomStream(seed, 0))).toEqual(grown);
        grown.labels.forEach((label, i) => {
          const own = points.filter(([, other]) => other === label).map(([value]) => value);
          expect(grown.inputs[i]).toBeGreaterThanOrEqual(Math.min(...own) - 1e-5);
          expect(grown.inputs[i]).toBeLessThanOrEqual(Math.max(...own) + 1e-5);
        });
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});
