import type { Report } from '@affect-edge/acquire';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { FeatureSpec, FeatureVector } from './feature.ts';
import { gather } from './gather.ts';

const spec = (name: string, windowSec = 2): FeatureSpec => ({ name, unit: 'µS', axes: [], recipe: { windowSec } });
const de = spec('band-de');
const scl = spec('scl');
const vector = (of: FeatureSpec, index: number, signal = 'one'): FeatureVector => ({
  spec: of,
  signal,
  index,
  tmin: index - 1,
  tmax: index,
  values: Float64Array.of(index),
  quality: 1,
});
const run = (arrivals: readonly FeatureVector[], maxPending: number, specs = [de, scl]) => {
  const reports: Report[] = [];
  const sets: (readonly FeatureVector[])[] = [];
  new TestScheduler(() => {}).run(({ cold, flush }) => {
    const values = Object.fromEntries(arrivals.map((arrival, i) => [String.fromCharCode(97 + i), arrival]));
    cold(`${Object.keys(values).join('')}|`, values)
      .pipe(gather(specs, { maxPending }, (report) => reports.push(report)))
      .subscribe((set) => sets.push(set));
    flush();
  });
  return {
    sets: sets.map((set) => set.map(({ spec: { name }, index }) => `${name} ${index}`)),
    what: reports.map((r) => r.kind === 'dropped' && r.what),
  };
};

describe('gather', () => {
  it('gives the set of an index, in the order of the specs, with the vector that completes it', () => {
    new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(({ cold, expectObservable }) => {
      const v = { a: vector(de, 1), b: vector(scl, 1), c: vector(scl, 2), d: vector(de, 2) };
      expectObservable(cold('ab-c-d|', v).pipe(gather([de, scl], { maxPending: 4 }))).toBe('-x---y|', { x: [v.a, v.b], y: [v.d, v.c] });
    });
  });

  it('passes an error on and gives nothing half', () => {
    new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(({ cold, expectObservable }) => {
      expectObservable(cold('a#', { a: vector(de, 1) }).pipe(gather([de, scl], { maxPending: 4 }))).toBe('-#');
    });
  });

  it('gives up what a whole later index overtook, and says what it lacked', () => {
    const whole = [vector(de, 0), vector(scl, 0)];
    const { sets, what } = run([...whole, vector(de, 1), vector(de, 2), vector(de, 3), vector(scl, 3), vector(scl, 2)], 8);
    expect(sets).toEqual([
      ['band-de 0', 'scl 0'],
      ['band-de 3', 'scl 3'],
    ]);
    expect(what).toEqual(['set without scl', 'set without scl']);
  });

  it('does not count what still warms up as lost', () => {
    const { sets, what } = run([vector(de, 1), vector(de, 2), vector(de, 3), vector(scl, 3)], 1);
    expect(sets).toEqual([['band-de 3', 'scl 3']]);
    expect(what).toEqual([]);
  });

  it('never waits for more than maxPending indices', () => {
    const whole = [vector(de, 0), vector(scl, 0)];
    const { sets, what } = run([...whole, vector(de, 1), vector(de, 2), vector(de, 3), vector(scl, 1), vector(scl, 2), vector(scl, 3)], 2);
    expect(sets).toEqual([
      ['band-de 0', 'scl 0'],
      ['band-de 2', 'scl 2'],
      ['band-de 3', 'scl 3'],
    ]);
    expect(what).toEqual(['set without scl']);
  });

  it('lets vectors of other features pass by', () => {
    expect(run([vector(spec('heart-rate'), 1), vector(de, 1)], 2, [de])).toEqual({ sets: [['band-de 1']], what: [] });
  });

  it('does not take a feature of the right name with the wrong recipe, and says once what differs', () => {
    const longer = spec('band-de', 4);
    const { sets, what } = run([vector(longer, 1), vector(longer, 2), vector(de, 2)], 4, [de]);
    expect(sets).toEqual([['band-de 2']]);
    expect(what).toEqual(['band-de of one, which is not the one wanted (windowSec: expected 2, got 4)']);
  });

  it('listens to the first of two sensors that give the same feature', () => {
    const { sets } = run([vector(de, 1, 'left'), vector(de, 1, 'right'), vector(de, 2, 'right'), vector(de, 2, 'left')], 4, [de]);
    expect(sets).toEqual([['band-de 1'], ['band-de 2']]);
  });
});
