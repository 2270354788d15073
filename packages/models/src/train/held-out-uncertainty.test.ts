import { describe, expect, it } from 'vitest';
import { errorUncertainty, frequencyUncertainty, type HeldOutPerson } from './held-out-uncertainty.ts';
import { randomStream } from './random.ts';

const people = (n: number, windows: number, draw: (random: () => number) => readonly [value: number, truth: number]): HeldOutPerson[] =>
  Array.from({ length: n }, (_, p) => {
    const random = randomStream(p + 1, 0);
    const pairs = Array.from({ length: windows }, () => draw(random));
    return { values: pairs.map(([value]) => value), truths: pairs.map(([, truth]) => truth) };
  });

describe('the uncertainty of a probability', () => {
  it('holds the true frequency of each stretch where people are alike, and is narrow', () => {
    const { kind, edges, intervals } = frequencyUncertainty(
      people(20, 500, (random) => {
        const value = random();
        return [value, random() < value ** 2 ? 1 : 0]; // badly calibrated: what counts is how often it was so
      }),
      'made up',
    );
    expect(kind).toBe('frequency');
    expect(edges).toHaveLength(4);
    const bounds = [0, ...edges, 1];
    for (const [k, [low, high]] of intervals.entries()) {
      const [a, b] = [bounds[k]!, bounds[k + 1]!];
      const truth = (b ** 3 - a ** 3) / 3 / (b - a);
      expect(low).toBeLessThan(truth + 0.01);
      expect(high).toBeGreaterThan(truth - 0.01);
      expect(high - low).toBeLessThan(0.1);
    }
  });

  it('is as wide as people differ', () => {
    const contrary: HeldOutPerson[] = [0, 1, 0, 1, 0, 1].map((truth) => ({
      values: [0.4, 0.4, 0.6, 0.6],
      truths: [truth, truth, truth, truth],
    }));
    for (const [low, high] of frequencyUncertainty(contrary, 'made up').intervals) expect(high - low).toBeGreaterThan(0.5);
  });

  it('of a score that is always the same has one stretch; what is not known counts for nothing', () => {
    const flat = people(5, 40, (random) => [0.5, random() < 0.5 ? 1 : 0]);
    const { edges, intervals } = frequencyUncertainty([...flat, { values: [0.1], truths: [Number.NaN] }], 'made up');
    expect(edges).toEqual([]);
    expect(intervals).toHaveLength(1);
    expect(intervals[0]![0]).toBeGreaterThan(0.3);
  });
});

describe('the uncertainty of a probability that is nearly certain', () => {
  const of = (values: readonly number[]) =>
    frequencyUncertainty(
      [1, 2, 3].map(() => ({ values, truths: values.map((value) => (value > 0.5 ? 1 : 0)) })),
      'made up',
    );

  it('has no stretch without a window where edges round to 1', () => {
    const { edges, intervals } = of([0.01, 0.02, 0.03, 0.5, 0.6, 0.7, 0.99996, 0.99997, 0.99998, 0.99999]);
    expect(intervals).toHaveLength(edges.length + 1);
    expect(intervals.flat().every(Number.isFinite)).toBe(true);
  });

  it('nor where a score has only a few values, none of which rounds to itself', () => {
    const { edges, intervals } = of([0.123456, 0.123456, 0.123456, 0.123456, 0.123456, 0.123456, 0.123456, 0.9, 0.9, 0.9]);
    expect(edges).toHaveLength(1);
    expect(intervals).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('the uncertainty of a quantity', () => {
  it('holds the truth in 95 of 100 windows of people it was not measured on', () => {
    const draw = (random: () => number): readonly [number, number] => {
      const value = 1 + 9 * random();
      return [value, value * Math.exp(0.1 * (random() + random() + random() - 1.5))];
    };
    const { intervals } = errorUncertainty(people(10, 400, draw), 'made up', { relative: true });
    const [low, high] = intervals[0]!;
    const other = randomStream(99, 0);
    const within = Array.from({ length: 4000 }, () => draw(other)).filter(
      ([value, truth]) => truth >= low * value && truth <= high * value,
    );
    expect(within.length / 4000).toBeGreaterThan(0.94);
    expect(within.length / 4000).toBeLessThan(0.96);
  });

  it('of a value of 0 tells nothing that is relative: such windows are left out', () => {
    const worn = { values: [1, 2, 4, 2], truths: [1.1, 2, 4, 1.8] };
    const takenOff = { values: [1, 0, 0, 0], truths: [1, 0, 3, 0] };
    const { intervals } = errorUncertainty([worn, takenOff], 'made up', { relative: true });
    expect(intervals).toEqual([[0.9, 1.1]]);
  });

  it('counts every person alike, however many windows they have', () => {
    const many = { values: Array.from({ length: 900 }, () => 0), truths: Array.from({ length: 900 }, () => 0) };
    const few = { values: [0, 0], truths: [1, -1] };
    expect(errorUncertainty([many, few], 'made up')).toEqual({ kind: 'error', edges: [], intervals: [[-1, 1]], protocol: 'made up' });
  });
});
