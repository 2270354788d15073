import { describe, expect, test } from 'vitest';
import { fakeTable } from '../../test/fake-table.ts';
import { openLedger } from './fitted.ts';
import { foldsOf } from './folds.ts';
import { normalisationName, normalised, parseNormalisation } from './normalise.ts';
import { findProtocol } from './protocols.ts';
import { rowFeatures } from './table.ts';

const table = fakeTable({ subjects: 3, trials: 4, windows: 5, apart: 3 });
const [fold] = foldsOf(findProtocol('leave-one-subject-out'), table);
const rows = rowFeatures(table);
const run = (name: string) => {
  const ledger = openLedger();
  const made = normalised(table, rows, fold, parseNormalisation(name), ledger);
  return { ...made, facts: ledger.facts(made.fold.test) };
};
const momentsOf = (values: Float32Array, some: ArrayLike<number>, column: number) => {
  const list = Array.from(some, (row) => values[row * rows.width + column]);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length };
};

describe('normalisation', () => {
  test('train-fit standardises the training rows and has seen no test row', () => {
    const { rows: made, facts } = run('train-fit');
    expect(momentsOf(made.values, fold.train, 0).mean).toBeCloseTo(0, 5);
    expect(momentsOf(made.values, fold.train, 0).variance).toBeCloseTo(1, 4);
    expect(Math.abs(momentsOf(made.values, fold.test, 0).mean)).toBeGreaterThan(1e-3);
    expect(facts).toEqual([{ what: 'scaler', nRows: fold.train.length, nTestRows: 0, usesLabels: false }]);
  });

  test('per-subject transductive standardises the test subject and is on record for it', () => {
    const { rows: made, facts } = run('per-subject transductive');
    expect(momentsOf(made.values, fold.test, 0).mean).toBeCloseTo(0, 5);
    expect(facts[0]).toMatchObject({ nTestRows: fold.test.length, usesLabels: false });
  });

  test('a causal baseline uses the first minutes only, and nobody is scored on them', () => {
    // Trials begin every 1000 s: the first 8 s hold the first two windows of the first trial.
    const { rows: made, fold: left, facts } = run('causal-baseline 0.1334 min');
    expect(left.test.length).toBe(fold.test.length - 2);
    expect(Array.from(left.test)).not.toContain(fold.test[0]);
    expect(momentsOf(made.values, fold.test.subarray(0, 2), 1).mean).toBeCloseTo(0, 5);
    expect(facts[0].nTestRows).toBe(0);
    expect(() => run('causal-baseline 0.01 min')).toThrow('has no window that ends in its first 0.01 min');
  });

  test('none leaves everything as it is', () => {
    expect(run('none').rows.values).toBe(rows.values);
  });

  test('names are read back as they are written, others refused', () => {
    for (const name of ['none', 'train-fit', 'causal-baseline 3 min', 'per-subject transductive'])
      expect(normalisationName(parseNormalisation(name))).toBe(name);
    for (const name of ['causal-baseline', 'causal-baseline 0 min', 'z-score'])
      expect(() => parseNormalisation(name)).toThrow('Known are none, train-fit');
  });
});
