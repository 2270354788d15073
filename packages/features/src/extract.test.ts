import type { Report } from '@affect-edge/acquire';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { eda, eeg } from '../test/signals.ts';
import type { Epoch } from './epoch.ts';
import { FeatureError } from './errors.ts';
import { extract } from './extract.ts';
import type { Feature, FeatureSpec } from './feature.ts';

/** Counts the hops since it was opened, and speaks from the second on. */
const hopsSeen = (name: string): Feature<'eeg'> => ({
  kind: 'eeg',
  describe: (signal): FeatureSpec => ({ name, unit: 'hops', axes: [{ name: 'signal', labels: [signal.id] }], recipe: {} }),
  open: (_, hopSec) => {
    let seen = 0;
    return (hop) => (++seen < 2 ? undefined : { tmin: hop.tmax - 2 * hopSec, values: Float64Array.of(seen), quality: 1 });
  },
});
const spec = (name: string, id = 'eeg'): FeatureSpec => ({ name, unit: 'hops', axes: [{ name: 'signal', labels: [id] }], recipe: {} });
const signal = eeg(1, 4);
const hop = (index: number, of = signal, data = Float64Array.of(1, 2)): Epoch => ({
  signal: of,
  index,
  tmin: (index - 1) / 2,
  tmax: index / 2,
  data,
});
const vector = (index: number, seen: number, name = 'n', id = 'eeg') => ({
  spec: spec(name, id),
  signal: id,
  index,
  tmin: index / 2 - 1,
  tmax: index / 2,
  values: Float64Array.of(seen),
  quality: 1,
});
const marbles = (test: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(test);

describe('extract', () => {
  it('gives a vector a feature and epoch once the window is full, and nothing for other kinds', () => {
    marbles(({ cold, expectObservable }) => {
      const hops$ = cold('abc(dx)|', { a: hop(1), b: hop(2), c: hop(3), d: hop(4), x: { ...hop(4), signal: eda(4) } });
      const expected = { p: vector(2, 2), q: vector(3, 3), r: vector(4, 4) };
      expectObservable(hops$.pipe(extract([hopsSeen('n')], 0.5))).toBe('-pqr---|', expected);
    });
  });

  it('gives several features in the order of the list', () => {
    marbles(({ cold, expectObservable }) => {
      const expected = { p: vector(2, 2, 'b'), q: vector(2, 2, 'a') };
      expectObservable(cold('ab---|', { a: hop(1), b: hop(2) }).pipe(extract([hopsSeen('b'), hopsSeen('a')], 0.5))).toBe(
        '-(pq)|',
        expected,
      );
    });
  });

  it('opens features anew after a jump of the index', () => {
    marbles(({ cold, expectObservable }) => {
      const hops$ = cold('abcde|', { a: hop(1), b: hop(2), c: hop(4), d: hop(5), e: hop(6) });
      expectObservable(hops$.pipe(extract([hopsSeen('n')], 0.5))).toBe('-p-qr|', { p: vector(2, 2), q: vector(5, 2), r: vector(6, 3) });
    });
  });

  it('keeps two signals of one kind apart', () => {
    marbles(({ cold, expectObservable }) => {
      const other = eeg(1, 4, 'other');
      const hops$ = cold('abcd|', { a: hop(1), b: hop(1, other), c: hop(2), d: hop(2, other) });
      expectObservable(hops$.pipe(extract([hopsSeen('n')], 0.5))).toBe('--pq|', { p: vector(2, 2), q: vector(2, 2, 'n', 'other') });
    });
  });

  it('leaves out a feature that a signal cannot give, tells it once, and goes on with the others and with other signals', () => {
    const reports: Report[] = [];
    const picky: Feature<'eeg'> = {
      ...hopsSeen('picky'),
      open: (signal, hopSec) => {
        if (signal.id === 'eeg') throw new FeatureError('bad-signal', 'Too slow.');
        return hopsSeen('picky').open(signal, hopSec);
      },
    };
    const other = eeg(1, 4, 'other');
    marbles(({ cold, expectObservable }) => {
      const hops$ = cold('abcde', { a: hop(1), b: hop(2), c: hop(4), d: hop(1, other), e: hop(2, other) });
      const expected = { p: vector(2, 2), q: vector(2, 2, 'picky', 'other'), r: vector(2, 2, 'n', 'other') };
      expectObservable(hops$.pipe(extract([picky, hopsSeen('n')], 0.5, (report) => reports.push(report)))).toBe('-p--(qr)', expected);
    });
    expect(reports).toEqual([{ kind: 'dropped', stage: 'extract', what: 'a feature of eeg: Too slow.', count: 1 }]);
  });

  it('ends with an error where the hop goes into no window', () => {
    const endless: Feature<'eeg'> = {
      ...hopsSeen('n'),
      open: () => {
        throw new FeatureError('bad-option', 'Not at this hop.');
      },
    };
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a|', { a: hop(1) }).pipe(extract([endless], 0.5))).toBe(
        '#',
        {},
        new FeatureError('bad-option', 'Not at this hop.'),
      );
    });
  });

  it('treats an epoch with NaN or Infinity as missing, and reports it', () => {
    const reports: Report[] = [];
    marbles(({ cold, expectObservable }) => {
      const bad = hop(3, signal, Float64Array.of(1, Number.NaN));
      const hops$ = cold('abcdef|', {
        a: hop(1),
        b: hop(2),
        c: bad,
        d: hop(4),
        e: hop(5),
        f: hop(6, signal, Float64Array.of(1, Infinity)),
      });
      const extracted$ = hops$.pipe(extract([hopsSeen('n')], 0.5, (report) => reports.push(report)));
      expectObservable(extracted$).toBe('-p--q-|', { p: vector(2, 2), q: vector(5, 2) });
    });
    expect(reports.length).toBe(2);
    expect(reports[0]).toMatchObject({ kind: 'dropped', stage: 'extract', count: 1 });
  });

  it('holds one spec a signal by reference, over gaps too', () => {
    const specs = new Set<FeatureSpec>();
    marbles(({ cold, flush }) => {
      cold('abcd|', { a: hop(1), b: hop(2), c: hop(7), d: hop(8) })
        .pipe(extract([hopsSeen('n')], 0.5))
        .subscribe((got) => specs.add(got.spec));
      flush();
    });
    expect(specs.size).toBe(1);
  });

  it('tells an impossible feature as an error of the stream', () => {
    marbles(({ cold, expectObservable }) => {
      const broken: Feature<'eeg'> = {
        ...hopsSeen('n'),
        open: () => {
          throw new Error('31–49 Hz cannot be made');
        },
      };
      expectObservable(cold('a|', { a: hop(1) }).pipe(extract([broken], 0.5))).toBe('#', {}, new Error('31–49 Hz cannot be made'));
    });
  });
});
