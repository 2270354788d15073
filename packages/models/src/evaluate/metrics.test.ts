import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  areaUnderCurve,
  balancedAccuracy,
  bootstrapOverPeople,
  concordance,
  confusion,
  macroF1,
  mean,
  quantile,
  skill,
} from './metrics.ts';

const labels = [1, 1, 1, 0, 0, 0, 0, 0, 0, Number.NaN];
const scores = [0.9, 0.5, 0.2, 0.1, 0.4, 0.3, 0.2, 0.6, 0.1, 0.9];

describe('decisions', () => {
  test('are counted at the threshold, unlabelled rows left out', () => {
    expect(confusion(labels, scores)).toEqual({ truePositive: 2, falsePositive: 1, trueNegative: 5, falseNegative: 1 });
  });

  test('balanced accuracy is the mean recall, macro-F1 the mean F1', () => {
    const counts = confusion(labels, scores);
    expect(balancedAccuracy(counts)).toBeCloseTo((2 / 3 + 5 / 6) / 2, 12);
    expect(macroF1(counts)).toBeCloseTo((4 / 6 + 10 / 12) / 2, 12);
  });

  test('a constant answer is worth one half in balanced accuracy, however rare a class is', () => {
    for (const constant of [0, 1])
      expect(
        balancedAccuracy(
          confusion(
            labels,
            labels.map(() => constant),
          ),
        ),
      ).toBe(0.5);
  });

  test('a class without examples does not count as a failure', () => {
    expect(balancedAccuracy(confusion([0, 0], [0.1, 0.2]))).toBe(1);
    expect(balancedAccuracy(confusion([], []))).toBeNaN();
  });
});

describe('the area under the curve', () => {
  test('leaves unlabelled rows out, and is unknown where a score is', () => {
    expect(areaUnderCurve([1, 0, Number.NaN, 1, 0], [0.9, 0.1, 0, 0.8, 0.2])).toBe(1);
    expect(areaUnderCurve([1, 0, Number.NaN], [0.9, 0.1, 0.95])).toBe(1);
    expect(areaUnderCurve([1, 0, 0], [0.9, Number.NaN, 0.2])).toBeNaN();
    expect(areaUnderCurve([1, 0, Number.NaN], [0.9, 0.1, Number.NaN])).toBe(1);
  });

  test('is the share of pairs in the right order, ties half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 5 })), { minLength: 2, maxLength: 30 }),
        (rows) => {
          const positive = rows.filter(([label]) => label === 1);
          const negative = rows.filter(([label]) => label === 0);
          fc.pre(positive.length > 0 && negative.length > 0);
          const pairs = positive.flatMap(([, p]) => negative.map(([, n]) => (p > n ? 1 : p === n ? 0.5 : 0)));
          const got = areaUnderCurve(
            rows.map(([label]) => label),
            rows.map(([, score]) => score),
          );
          expect(got).toBeCloseTo(mean(pairs), 10);
        },
      ),
      { seed: 2 },
    );
  });
});

describe('agreement and skill', () => {
  test('concordance is one for the truth, minus one for its mirror, and less for a shift that correlation would not see', () => {
    const truth = [0.1, 0.4, 0.2, 0.9];
    const centre = mean(truth);
    expect(concordance(truth, truth)).toBeCloseTo(1, 12);
    expect(
      concordance(
        truth,
        truth.map((value) => 2 * centre - value),
      ),
    ).toBeCloseTo(-1, 12);
    expect(
      concordance(
        truth,
        truth.map((value) => value + 0.5),
      ),
    ).toBeLessThan(0.5);
  });

  test('persistence has no skill against itself, the truth has all, twice the error has minus one', () => {
    const truth = [1, 2, Number.NaN, 4];
    const last = [0.5, 2.5, 3, 3];
    expect(skill(truth, last, last)).toBe(0);
    expect(skill(truth, truth, last)).toBe(1);
    expect(skill(truth, [0, 3, 9, 2], last)).toBeCloseTo(-1, 12);
  });
});

describe('the interval over people', () => {
  test('repeats with the seed, holds the statistic and narrows with people', () => {
    const people = Array.from({ length: 11 }, (_, i) => Math.sin(i));
    const [low, high] = bootstrapOverPeople(people, mean);
    expect(bootstrapOverPeople(people, mean)).toEqual([low, high]);
    expect(low).toBeLessThan(mean(people));
    expect(high).toBeGreaterThan(mean(people));
    const [narrowLow, narrowHigh] = bootstrapOverPeople([...people, ...people, ...people, ...people], mean);
    expect((narrowHigh - narrowLow) / (high - low)).toBeCloseTo(0.5, 1);
  });

  test('quantiles are linear between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([7], 0.975)).toBe(7);
  });
});
