import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lcg } from '../../test/lcg.ts';
import { ModelError } from '../errors.ts';
import { linearDiscriminant, logisticRegression, majority } from './baselines.ts';

interface Golden {
  readonly rows: number[][];
  readonly labels: number[];
  readonly lda: { readonly shrinkage: number; readonly probability: number[] }[];
  readonly logistic: { readonly l2: number; readonly probability: number[] }[];
}
const golden = JSON.parse(readFileSync(new URL('../../test/golden/eda-baselines.json', import.meta.url), 'utf8')) as Golden;
const farthest = (got: readonly number[], wanted: readonly number[]) => Math.max(...got.map((value, i) => Math.abs(value - wanted[i])));

describe('linear baselines', () => {
  test.each(golden.lda)('the discriminant at shrinkage $shrinkage is scikit-learn’s', ({ shrinkage, probability }) => {
    expect(farthest(golden.rows.map(linearDiscriminant(shrinkage)(golden.rows, golden.labels)), probability)).toBeLessThan(1e-9);
  });

  test.each(golden.logistic)('logistic regression at l2 $l2 is scikit-learn’s', ({ l2, probability }) => {
    expect(farthest(golden.rows.map(logisticRegression(l2)(golden.rows, golden.labels)), probability)).toBeLessThan(1e-5);
  });

  test('on wide rows too, no step of any weight makes the penalised loss of logistic regression less', () => {
    const [nRows, width, l2] = [120, 90, 0.1];
    const drawn = lcg(5, nRows * width);
    const rows = Array.from({ length: nRows }, (_, i) => Array.from(drawn.subarray(i * width, (i + 1) * width)));
    const labels = rows.map(([a, b], i) => Number(a + b + 0.3 * (i % 3) > 0.2));
    const { weights, bias } = logisticRegression(l2)(rows, labels).linear!;
    const nPositive = labels.reduce((sum, label) => sum + label, 0);
    const gradient = new Float64Array(width);
    const means = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j] / nRows, 0));
    const scales = means.map((mean, j) => Math.sqrt(rows.reduce((sum, row) => sum + (row[j] - mean) ** 2 / nRows, 0)));
    rows.forEach((row, i) => {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, j) => sum + value * weights[j], bias)));
      const share = 1 / (2 * (labels[i] === 1 ? nPositive : nRows - nPositive));
      row.forEach((value, j) => {
        gradient[j] += (share * (p - labels[i]) * (value - means[j])) / scales[j];
      });
    });
    const penalised = Array.from(gradient, (value, j) => value + l2 * weights[j] * scales[j]);
    expect(farthest(penalised, new Array(width).fill(0))).toBeLessThan(1e-8);
    expect(Math.max(...weights.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test('a feature in another unit changes no probability', () => {
    const scaled = golden.rows.map(([first, ...others]) => [1000 * first - 7, ...others]);
    for (const fit of [linearDiscriminant(0.2), logisticRegression(0.1)]) {
      expect(farthest(scaled.map(fit(scaled, golden.labels)), golden.rows.map(fit(golden.rows, golden.labels)))).toBeLessThan(1e-9);
    }
  });

  test('a feature that never changed in training changes no answer, whatever it is later', () => {
    // 0.1 summed a hundred times is not ten: rounding leaves such a feature a deviation of 1e-16.
    const [first] = golden.rows;
    const n = 101;
    const rows = Array.from({ length: n }, (_, i) => [Math.sin(i) + 0.5 * (i % 2), 0.1]);
    const labels = rows.map((_, i) => i % 2);
    for (const fit of [linearDiscriminant(0.2), logisticRegression(0.1)]) {
      const classify = fit(rows, labels);
      expect(Math.abs(classify([first[0], 20]) - classify([first[0], 0.1]))).toBeLessThan(0.01);
    }
  });

  test('the majority is the larger class of the training rows', () => {
    expect(majority([[0], [0], [0]], [1, 0, 1])([5])).toBe(1);
    expect(majority([[0], [0], [0]], [1, 0, 0])([5])).toBe(0);
  });

  test('one class, or features that repeat each other without regularisation, are refused', () => {
    expect(() => linearDiscriminant(0.1)([[1], [2]], [1, 1])).toThrow(ModelError);
    expect(() => logisticRegression(0.1)([[1], [2]], [0, 0])).toThrow('labelled 0 and 1');
    const twins = golden.rows.map(([first]) => [first, first]);
    expect(() => linearDiscriminant(0)(twins, golden.labels)).toThrow('depend on each other');
  });
});
