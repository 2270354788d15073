import { describe, expect, test } from 'vitest';
import { accuracyOf, balancedAccuracyOf, calibrationBins, calibrationError, confusionMatrix, macroF1Of } from './class-figures.ts';
import { balancedAccuracy, confusion, macroF1 } from './metrics.ts';

describe('figures of classes', () => {
  test('with two classes agree with the figures of decisions', () => {
    const truth = [1, 1, 1, 0, 0, 0, 0];
    const p = [0.9, 0.4, 0.7, 0.2, 0.6, 0.1, 0.3];
    const counts = confusionMatrix(truth, Float32Array.from(p.flatMap((one) => [1 - one, one])), 2);
    expect([...counts]).toEqual([3, 1, 1, 2]);
    expect(accuracyOf(counts)).toBeCloseTo(5 / 7, 12);
    expect(balancedAccuracyOf(counts)).toBeCloseTo(balancedAccuracy(confusion(truth, p)), 12);
    expect(macroF1Of(counts)).toBeCloseTo(macroF1(confusion(truth, p)), 12);
  });

  test('with three classes are the numbers by hand', () => {
    // truth a: 2 of 2 right; truth b: 1 of 2 right (one called c); c never occurs.
    const counts = [2, 0, 0, 0, 1, 1, 0, 0, 0];
    expect(accuracyOf(counts)).toBe(0.75);
    expect(balancedAccuracyOf(counts)).toBe(0.75);
    expect(macroF1Of(counts)).toBeCloseTo((1 + 2 / 3 + 0) / 3, 12);
  });

  test('any constant answer is worth one in the number of classes', () => {
    for (const k of [0, 1, 2]) {
      const counts = new Float64Array(9);
      for (const [truth, n] of [5, 3, 9].entries()) counts[truth * 3 + k] = n;
      expect(balancedAccuracyOf(counts)).toBeCloseTo(1 / 3, 12);
    }
  });

  test('calibration error is 0 for honest confidence and the overconfidence of a liar', () => {
    const truth = [0, 0, 0, 1];
    const sure = (share: number) => Float32Array.from(truth.flatMap(() => [share, 1 - share]));
    expect(calibrationError(calibrationBins(truth, sure(0.75), 2))).toBeCloseTo(0, 6);
    expect(calibrationError(calibrationBins(truth, sure(0.95), 2))).toBeCloseTo(0.2, 6);
    expect(calibrationError(calibrationBins(truth, sure(1), 2))).toBeCloseTo(0.25, 6);
  });
});
