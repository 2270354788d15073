import type { Report } from '@affect-edge/acquire';
import { from } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type BaselineOptions, baseline, type PersonalBaseline } from './baseline.ts';
import type { FeatureSpec, FeatureVector } from './feature.ts';

const spec: FeatureSpec = { name: 'scl', unit: 'µS', axes: [{ name: 'measure', labels: ['a', 'b'] }], recipe: { windowSec: 2 } };
const vector = (index: number, values: readonly number[], quality = 1, of = spec): FeatureVector => ({
  spec: of,
  signal: 'eda',
  index,
  tmin: index - 2,
  tmax: index,
  values: Float64Array.from(values),
  quality,
});
const run = (vectors: readonly FeatureVector[], options: BaselineOptions) => {
  const got: FeatureVector[] = [];
  const reports: Report[] = [];
  from(vectors)
    .pipe(baseline(options, (report) => reports.push(report)))
    .subscribe((out) => got.push(out));
  return { got, reports };
};
const rest = [2, 3, 4, 5].map((index) => vector(index, [index, 10]));

describe('baseline', () => {
  it('takes the mean of rest away, and divides by its deviation for z-scores', () => {
    const after = vector(8, [6, 12]);
    const subtracted = run([...rest, after], { method: 'subtract', rest: [0, 5], minCount: 4 }).got;
    expect(subtracted.map(({ values }) => [...values])).toEqual([[2.5, 2]]);
    expect(subtracted[0].spec).toEqual({ ...spec, recipe: { windowSec: 2, baseline: 'subtract of rest' } });
    const [scored] = run([...rest, after], { method: 'z-score', rest: [0, 5], minCount: 4 }).got;
    expect(scored.values[0]).toBeCloseTo(2.5 / Math.sqrt(5 / 3), 12);
    expect(scored.values[1]).toBeCloseTo(2 / 1e-3, 6);
    expect(scored.spec.unit).toBe('1');
  });

  it('learns only from windows wholly inside the rest and good enough', () => {
    const disturbed = [vector(1, [100, 100]), ...rest, vector(5, [100, 100], 0.4), vector(6, [100, 100]), vector(8, [6, 12])];
    const { got } = run(disturbed, { method: 'subtract', rest: [0, 5], minCount: 4 });
    expect(got.map(({ values }) => [...values])).toEqual([
      [96.5, 90],
      [2.5, 2],
    ]);
  });

  it('never changes what it learned', () => {
    const later = [10, 11, 12].map((index) => vector(index, [index * 100, 10]));
    const { got } = run([...rest, ...later], { method: 'subtract', rest: [0, 5], minCount: 4 });
    expect(got.map(({ values }) => values[0])).toEqual([996.5, 1096.5, 1196.5]);
  });

  it('gives what it learned as JSON, and the same numbers when that is loaded', () => {
    let saved: PersonalBaseline | undefined;
    const learned = (one: PersonalBaseline) => {
      saved = one;
    };
    const after = vector(8, [6, 12]);
    const first = run([...rest, after], { method: 'z-score', rest: [0, 5], minCount: 4, learned }).got;
    const loaded: PersonalBaseline = JSON.parse(JSON.stringify(saved));
    expect(loaded.features[0]).toMatchObject({ signal: 'eda', count: 4, mean: [3.5, 10] });
    expect(run([vector(8, [6, 12])], { method: 'z-score', saved: loaded }).got).toEqual(first);
  });

  it('gives nothing on without a usable baseline, and says so once a feature', () => {
    const { got, reports } = run([...rest, vector(8, [6, 12]), vector(9, [6, 12])], { method: 'subtract', rest: [0, 5] });
    expect(got).toEqual([]);
    expect(reports).toEqual([{ kind: 'dropped', stage: 'baseline', what: 'scl of eda: only 4 good windows of rest, 10 needed', count: 1 }]);
    const other: PersonalBaseline = {
      version: 1,
      features: [{ spec: { ...spec, recipe: { windowSec: 4 } }, signal: 'eda', count: 99, mean: [0, 0], scale: [1, 1] }],
    };
    expect(run([vector(8, [6, 12])], { method: 'subtract', saved: other }).reports[0]).toMatchObject({
      what: 'scl of eda: not in the saved baseline',
    });
  });

  it('learned on other channels is of no use: after a change of montage nothing is given on, and that is said', () => {
    const montage = (...labels: string[]): FeatureSpec => ({ ...spec, axes: [{ name: 'channel', labels }] });
    const [few, many] = [montage('C3', 'C4'), montage('C3', 'C4', 'Cz')];
    const before = [2, 3, 4, 5].map((index) => vector(index, [index, 10], 1, few));
    const { got, reports } = run([...before, vector(8, [6, 12], 1, few), vector(9, [6, 12, 20], 1, many), vector(10, [6, 12], 1, few)], {
      method: 'subtract',
      rest: [0, 5],
      minCount: 4,
    });
    expect(got.map(({ values }) => [...values])).toEqual([
      [2.5, 2],
      [2.5, 2],
    ]);
    expect(reports).toEqual([expect.objectContaining({ what: 'scl of eda: only 0 good windows of rest, 4 needed' })]);
  });

  it('passes completion and errors on', () => {
    new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(({ cold, expectObservable }) => {
      const options = { method: 'subtract', rest: [0, 5] } as const;
      expectObservable(cold('a-|', { a: rest[0] }).pipe(baseline(options))).toBe('--|');
      expectObservable(cold('a-#', { a: rest[0] }).pipe(baseline(options))).toBe('--#');
    });
  });

  it('wants either a rest period or a saved baseline', () => {
    expect(() => baseline({ method: 'subtract' })).toThrow('either a rest period or a saved baseline, got neither');
    expect(() => baseline({ method: 'subtract', rest: [0, 1], saved: { version: 1, features: [] } })).toThrow('got both');
  });
});
