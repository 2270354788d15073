import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { linearDiscriminant, logisticRegression } from './baselines.ts';
import {
  type ClassifiedRows,
  classPriorRows,
  discriminantRows,
  type FitRows,
  logisticRows,
  majorityRows,
  nearestRows,
} from './classifiers.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/eda-baselines.json', import.meta.url), 'utf8')) as {
  readonly rows: number[][];
  readonly labels: number[];
};
const every = (n: number) => Int32Array.from({ length: n }, (_, i) => i);
const tableOf = (rows: readonly number[][], labels: readonly number[], nClasses: number): ClassifiedRows => ({
  width: rows[0].length,
  values: Float32Array.from(rows.flat()),
  labels: Int32Array.from(labels),
  nClasses,
});
const answers = (fit: FitRows, rows: ClassifiedRows, train = every(rows.labels.length)): number[][] => {
  const classify = fit(rows, train);
  return Array.from(rows.labels, (_, row) => {
    const out = new Float32Array(rows.nClasses);
    classify(rows.values.subarray(row * rows.width, (row + 1) * rows.width), out, 0);
    return [...out];
  });
};
// Three clouds in a triangle, four rows each.
const triangle = tableOf(
  [
    [0, 0],
    [0.2, 0.1],
    [0.1, 0.3],
    [-0.2, 0],
    [5, 0],
    [5.1, 0.3],
    [4.8, 0.1],
    [5, -0.2],
    [0, 5],
    [0.2, 5.1],
    [-0.1, 4.9],
    [0.1, 5.3],
  ],
  [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
  3,
);

describe('classifiers of rows', () => {
  test('with two classes give the probabilities of the ones that are golden', () => {
    const two = tableOf(golden.rows, golden.labels, 2);
    const float = golden.rows.map((row) => Float32Array.from(row));
    const discriminant = linearDiscriminant(0.2)(float, golden.labels);
    const logistic = logisticRegression(0.1)(float, golden.labels);
    answers(discriminantRows(0.2), two).forEach(([, p], i) => {
      expect(p).toBeCloseTo(discriminant(float[i]), 5);
    });
    answers(logisticRows(0.1), two).forEach(([, p], i) => {
      expect(p).toBeCloseTo(logistic(float[i]), 6);
    });
  });

  test.each([
    ['discriminant', discriminantRows(0.1)],
    ['logistic', logisticRows(0.01)],
    ['nearest', nearestRows],
  ])('%s tells three clouds apart, with probabilities that sum to 1', (_, fit) => {
    answers(fit, triangle).forEach((shares, row) => {
      expect(shares.indexOf(Math.max(...shares))).toBe(triangle.labels[row]);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    });
  });

  test('a class without training rows is never answered, one class alone always', () => {
    const withoutLast = every(8);
    for (const fit of [discriminantRows(0.1), logisticRows(0.1), nearestRows])
      for (const [, , last] of answers(fit, triangle, withoutLast)) expect(last).toBe(0);
    for (const fit of [discriminantRows(0.1), logisticRows(0.1)])
      for (const [first] of answers(fit, triangle, every(4))) expect(first).toBe(1);
  });

  test('a column that never changes does not matter', () => {
    const padded = tableOf(
      golden.rows.map((row) => [...row, 7]),
      golden.labels,
      2,
    );
    for (const fit of [discriminantRows(0), logisticRows(0.1), nearestRows]) {
      answers(fit, padded).forEach(([, p], i) => {
        expect(p).toBeCloseTo(answers(fit, tableOf(golden.rows, golden.labels, 2))[i][1], 4);
      });
    }
  });

  test('the nearest row is the row itself, so training answers are all right', () => {
    answers(nearestRows, tableOf(golden.rows, golden.labels, 2)).forEach((shares, i) => {
      expect(shares[golden.labels[i]]).toBe(1);
    });
  });

  test('trivial answers are the most frequent class and the shares', () => {
    const train = Int32Array.of(0, 4, 5, 8);
    expect(answers(majorityRows, triangle, train)[0]).toEqual([0, 1, 0]);
    expect(answers(classPriorRows, triangle, train)[0]).toEqual([0.25, 0.5, 0.25]);
  });
});
