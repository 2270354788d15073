import type { EegSignal } from '@affect-edge/acquire';
import { describe, expect, it } from 'vitest';
import { againstBaseline } from './against-baseline.ts';
import type { Epoch } from './epoch.ts';
import type { Feature } from './feature.ts';

const signal: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 2, montage: { channels: ['Cz'], reference: 'A1' } };

/** The value itself, so that the arithmetic can be followed by hand. */
const itself: Feature<'eeg'> = {
  kind: 'eeg',
  describe: () => ({ name: 'itself', unit: 'µV', axes: [], recipe: { windowSec: 1 } }),
  open:
    () =>
    ({ tmin, data }) => ({ tmin, values: data, quality: 0.5 }),
};

const seen = (values: readonly number[], baselineSec: number) => {
  const extract = againstBaseline(itself, { baselineSec }).open(signal, 1);
  return values.map((value, k) => {
    const epoch: Epoch<EegSignal> = { signal, index: k + 1, tmin: k, tmax: k + 1, data: Float64Array.of(value) };
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
});
