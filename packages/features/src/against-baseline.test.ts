import type { EegSignal } from '@affect-edge/acquire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonMemory } from '../test/json-memory.ts';
import { againstBaseline } from './against-baseline.ts';
import type { Epoch } from './epoch.ts';
import type { Feature, FeatureMemory } from './feature.ts';

const signal: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 2, montage: { channels: ['Cz'], reference: 'A1' } };

/** The value itself, so that the arithmetic can be followed by hand. */
const itself: Feature<'eeg'> = {
  kind: 'eeg',
  describe: () => ({ name: 'itself', unit: 'µV', axes: [], recipe: { windowSec: 1 } }),
  open:
    () =>
    ({ tmin, data }) => ({ tmin, values: data, quality: 0.5 }),
};

const seen = (values: readonly number[], baselineSec: number, memory?: FeatureMemory, hopSec = 1) => {
  const extract = againstBaseline(itself, { baselineSec }).open(signal, hopSec, memory);
  return values.map((value, k) => {
    const epoch: Epoch<EegSignal> = { signal, index: k + 1, tmin: k * hopSec, tmax: (k + 1) * hopSec, data: Float64Array.of(value) };
    return extract(epoch)!;
  });
};

describe('a feature against its baseline', () => {
  it('is the difference to the mean of everything so far', () => {
    expect(seen([2, 4, 9], 120).map(({ values }) => values[0])).toEqual([0, 1, 4]);
  });

  it('forgets with its time constant once that has passed', () => {
    // mean: 2, then 2 + (4 − 2)/2 = 3, then 3 + (9 − 3)/2 = 6
    expect(seen([2, 4, 9], 2).map(({ values }) => values[0])).toEqual([0, 1, 3]);
  });

  it('does not depend on a constant offset of the person', () => {
    const change = (offset: number) =>
      seen(
        [1, 5, 2, 8].map((value) => value + offset),
        120,
      ).map(({ values }) => values[0]);
    change(100).forEach((value, k) => {
      expect(value).toBeCloseTo(change(0)[k], 9);
    });
  });

  it('is trusted in proportion until half a minute was seen', () => {
    const qualities = seen(new Array(40).fill(1), 120).map(({ quality }) => quality);
    expect(qualities[0]).toBeCloseTo(0.5 / 30, 12);
    expect(qualities[29]).toBe(0.5);
    expect(qualities[39]).toBe(0.5);
  });

  it('forgets in seconds, however rarely a vector comes', () => {
    const every = (seconds: number): Feature<'eeg'> => ({
      ...itself,
      open:
        () =>
        ({ index, tmin, data }) =>
          index % seconds === 0 ? { tmin, values: data, quality: 1 } : undefined,
    });
    const last = (seconds: number) => {
      const extract = againstBaseline(every(seconds), { baselineSec: 60 }).open(signal, 1);
      let found = extract({ signal, index: 0, tmin: 0, tmax: 0, data: Float64Array.of(0) });
      // rest for ten minutes, then one step up for two: the baseline has gone along by 1 − e⁻²
      for (let index = 1; index <= 720; index++) {
        found = extract({ signal, index, tmin: index - 1, tmax: index, data: Float64Array.of(index <= 600 ? 0 : 1) }) ?? found;
      }
      return found!;
    };
    expect(last(1).values[0]).toBeCloseTo(Math.exp(-2), 2);
    expect(last(5).values[0]).toBeCloseTo(Math.exp(-2), 1.5);
    expect(last(15).values[0]).toBeCloseTo(Math.exp(-2), 1);
  });

  it('is trusted after half a minute of rare vectors too', () => {
    const rare: Feature<'eeg'> = {
      ...itself,
      open:
        () =>
        ({ index, tmin, data }) =>
          index % 10 === 0 ? { tmin, values: data, quality: 1 } : undefined,
    };
    const extract = againstBaseline(rare).open(signal, 1);
    const qualities = Array.from({ length: 40 }, (_, k) =>
      extract({ signal, index: k + 1, tmin: k, tmax: k + 1, data: Float64Array.of(1) }),
    ).flatMap((vector) => vector?.quality ?? []);
    expect(qualities.at(-1)).toBe(1);
  });

  it('learns nothing while no electrode is on the skin, and begins when one is', () => {
    const worn: Feature<'eeg'> = {
      ...itself,
      open:
        () =>
        ({ tmin, data }) => ({ tmin, values: data, quality: data[0] < -10 ? 0 : 1 }),
    };
    const change = (values: readonly number[]) => {
      const extract = againstBaseline(worn).open(signal, 1);
      return values.map((value, k) => {
        const { values: told, quality } = extract({ signal, index: k + 1, tmin: k, tmax: k + 1, data: Float64Array.of(value) })!;
        return [told[0], quality];
      });
    };
    // The entropy of a flat channel, then that of a wearer: the same as without the wait, not 12 bit above the usual for minutes.
    expect(change([-11.24, -11.24, -11.24, 1, 2, 6])).toEqual([[0, 0], [0, 0], [0, 0], ...change([1, 2, 6])]);
    expect(change([1, 2, -11.24, -11.24, 6]).at(-1)).toEqual(change([1, 2, 6]).at(-1));
    expect(change([1, -11.24, 3, 5]).at(-1)).toEqual(change([1, 3, 5]).at(-1));
  });

  it('is another feature than the one it is made of', () => {
    expect(againstBaseline(itself).describe(signal)).toEqual({
      name: 'itself-change',
      unit: 'µV',
      axes: [],
      recipe: { windowSec: 1, baseline: 'running-mean', baselineSec: 120 },
    });
  });

  it('a baseline of no length is refused', () => {
    expect(() => againstBaseline(itself, { baselineSec: 0 })).toThrow('baselineSec must be a time above 0 s, got 0.');
  });

  it('cut in two with its memory handed over, it says what it says unbroken, to the bit', () => {
    const runs = fc.record({
      values: fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 80 }),
      cut: fc.nat(79),
      hopSec: fc.constantFrom(0.1, 0.25, 0.3, 1),
      baselineSec: fc.constantFrom(2, 10, 120),
    });
    fc.assert(
      fc.property(runs, ({ values, cut, hopSec, baselineSec }) => {
        const memory = jsonMemory();
        const parts = [values.slice(0, cut), values.slice(cut)].flatMap((part) => seen(part, baselineSec, memory, hopSec));
        const whole = seen(values, baselineSec, undefined, hopSec);
        expect(parts.map(({ values, quality }) => [...values, quality])).toEqual(whole.map(({ values, quality }) => [...values, quality]));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('goes on at another hop with the same mean and the same time seen', () => {
    const memory = jsonMemory();
    seen(new Array(20).fill(4), 120, memory, 1);
    const [first] = seen([4 + 41], 120, memory, 0.5);
    expect(first.values[0]).toBeCloseTo(41 - 1, 12); // one of 41 hops of half a second
    expect(first.quality).toBeCloseTo((0.5 * 20.5) / 30, 12);
  });

  it.each([
    ['no numbers', []],
    ['no time', [0, 3]],
    ['another number of values', [10, 1, 2]],
  ])('a memory with %s is as none', (_, wrong) => {
    expect(seen([1, 3], 120, jsonMemory(wrong))).toEqual(seen([1, 3], 120));
  });
});
