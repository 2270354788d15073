import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
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

  test('a feature in another unit changes no probability', () => {
    const scaled = golden.rows.map(([first, ...others]) => [1000 * first - 7, ...others]);
    for (const fit of [linearDiscriminant(0.2), logisticRegression(0.1)]) {
      expect(farthest(scaled.map(fit(scaled, golden.labels)), golden.rows.map(fit(golden.rows, golden.labels)))).toBeLessThan(1e-9);
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
