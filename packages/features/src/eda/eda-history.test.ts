import type { EdaSignal } from '@affect-edge/acquire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonMemory } from '../../test/json-memory.ts';
import type { Epoch } from '../epoch.ts';
import type { FeatureMemory } from '../feature.ts';
import { edaHistory, historyStatistics } from './eda-history.ts';

const signal: EdaSignal = { kind: 'eda', id: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
const hop = (index: number, microsiemens: number, nTimes = 4): Epoch<EdaSignal> => ({
  signal,
  index,
  tmin: index - 1,
  tmax: index,
  data: new Float64Array(nTimes).fill(microsiemens),
});
/** The conductance whose level is ln(1 + y / 0.05). */
const ofLevel = (level: number) => 0.05 * Math.expm1(level);

/** The last vector after one second at each of the levels. */
const after = (levels: readonly number[], options = {}, memory?: FeatureMemory) => {
  const extract = edaHistory(options).open(signal, 1, memory);
  return levels.map((level, i) => extract(hop(i + 1, ofLevel(level)))).at(-1)!;
};
const named = (values: Float64Array) => Object.fromEntries(historyStatistics.map((name, i) => [name, values[i]]));

describe('the history of a wearer', () => {
  test('holds the rest after its time, while the usual level follows', () => {
    const levels = [...new Array(180).fill(2), ...new Array(300).fill(4)];
    const got = named(after(levels).values);
    expect(got['rest mean']).toBeCloseTo(2, 10);
    expect(got['rest deviation']).toBeCloseTo(0, 10);
    expect(got.mean).toBeCloseTo((180 * 2 + 300 * 4) / 480, 10);
    expect(got.lowest).toBeCloseTo(2, 10);
    expect(got.highest).toBeCloseTo(4, 10);
    expect(got['recent mean']).toBeGreaterThan(got.mean);
  });

  test('is the plain mean and deviation until its memory is full', () => {
    const levels = Array.from({ length: 100 }, (_, i) => 3 + Math.sin(i));
    const mean = levels.reduce((sum, level) => sum + level, 0) / 100;
    const got = named(after(levels).values);
    for (const name of ['rest mean', 'mean', 'recent mean']) expect(got[name]).toBeCloseTo(mean, 10);
    expect(got.deviation).toBeCloseTo(Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / 100), 10);
  });

  test('forgets: long after a change, what was before no longer counts', () => {
    const got = named(after([...new Array(50).fill(1), ...new Array(500).fill(3)], { memorySec: 40, recentSec: 10 }).values);
    expect(got.mean).toBeCloseTo(3, 4);
    expect(got.deviation).toBeLessThan(0.01);
    expect(got['rest mean']).toBeLessThan(3);
  });

  test('answers from the first second, and says how much of the rest it has seen', () => {
    const first = after([2]);
    expect(first.quality).toBeCloseTo(1 / 180, 10);
    expect([...first.values].every(Number.isFinite)).toBe(true);
    expect(after(new Array(400).fill(2)).quality).toBe(1);
  });

  test('a hop without samples changes nothing, nor does a negative reading', () => {
    const extract = edaHistory().open(signal, 1);
    expect(extract(hop(1, 1, 0))).toBeUndefined();
    const before = extract(hop(2, 1))!;
    expect([...extract(hop(3, 9, 0))!.values]).toEqual([...before.values]);
    expect([...extract(hop(4, -2))!.values]).toEqual([...before.values]);
  });

  test('a sensor in the air before it is worn, or in between, is as if it had not been there', () => {
    const worn = [...new Array(100).fill(2), ...new Array(200).fill(4)];
    const air = new Array(240).fill(0);
    for (const levels of [
      [...air, ...worn],
      [...worn.slice(0, 50), ...air, ...worn.slice(50)],
    ]) {
      const got = after(levels);
      expect([...got.values, got.quality]).toEqual([...after(worn).values, 1]);
    }
    const unworn = after(air);
    expect([...unworn.values, unworn.quality]).toEqual(new Array(8).fill(0));
  });

  test('worn again after a restart in the air, it goes on', () => {
    const memory = jsonMemory();
    after(new Array(90).fill(2), {}, memory);
    expect(after([0, 0], {}, memory).quality).toBe(0.5);
    expect(named(after([0, 0, 3], {}, memory).values)['rest mean']).toBeCloseTo((90 * 2 + 3) / 91, 10);
  });

  test('answers only as often as asked', () => {
    const extract = edaHistory({ everySec: 5 }).open(signal, 1);
    const answered = Array.from({ length: 12 }, (_, i) => extract(hop(i + 1, 1)) !== undefined);
    expect(answered.flatMap((yes, i) => (yes ? [i + 1] : []))).toEqual([5, 10]);
  });

  test('two wearers share nothing', () => {
    const feature = edaHistory();
    const [a, b] = [feature.open(signal, 1), feature.open(signal, 1)];
    a(hop(1, 10));
    expect(named(b(hop(1, ofLevel(1)))!.values).highest).toBeCloseTo(1, 10);
  });

  test('cut in two with its memory handed over, it knows what it knows unbroken, to the bit', () => {
    const runs = fc.record({
      levels: fc.array(fc.double({ min: 0, max: 6, noNaN: true }), { minLength: 2, maxLength: 60 }),
      cut: fc.integer({ min: 1, max: 59 }),
      restSec: fc.constantFrom(5, 30, 180),
    });
    fc.assert(
      fc.property(runs, ({ levels, cut, restSec }) => {
        fc.pre(cut < levels.length);
        const options = { restSec, memorySec: 20, recentSec: 6 };
        const memory = jsonMemory();
        after(levels.slice(0, cut), options, memory);
        const second = after(levels.slice(cut), options, memory); // its session begins at 0 again
        const whole = after(levels, options);
        expect([...second.values, second.quality]).toEqual([...whole.values, whole.quality]);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('a rest that was over is not begun again', () => {
    const memory = jsonMemory();
    after(new Array(180).fill(2), {}, memory);
    const got = after([5, 5, 5], {}, memory);
    expect(named(got.values)['rest mean']).toBeCloseTo(2, 12);
    expect([got.quality, got.tmin]).toEqual([1, 0]);
  });

  test('a memory of another form is as none', () => {
    for (const wrong of [[], [1, 2, 3]]) expect(after([1, 3], {}, jsonMemory(wrong))).toEqual(after([1, 3]));
  });
});
