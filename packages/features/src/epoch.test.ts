import type { Report, SampleBlock } from '@affect-edge/acquire';
import fc from 'fast-check';
import { from } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { beats, block, congruential, cutBlock, eda, eeg } from '../test/signals.ts';
import { type Epoch, type EpochOptions, epochs } from './epoch.ts';

const run = (blocks: readonly SampleBlock[], options: EpochOptions, reports: Report[] = []): Epoch[] => {
  const got: Epoch[] = [];
  from(blocks)
    .pipe(epochs(options, (report) => reports.push(report)))
    .subscribe((epoch) => got.push(epoch));
  return got;
};
const ramp = (n: number, nChannels = 1) => Float64Array.from({ length: n * nChannels }, (_, i) => (i % n) + 1000 * Math.floor(i / n));
const indices = (got: readonly Epoch[]) => got.map(({ index }) => index);
const counts = (got: readonly Epoch[]) => got.map(({ data, signal }) => data.length / signal.montage.channels.length);

describe('epochs', () => {
  it('cuts at the common grid: epoch k ends at k · hopSec', () => {
    const signal = eeg(2, 250);
    const got = run([block(signal, 0, 0, ramp(100, 2))], { hopSec: 0.1 });
    expect(indices(got)).toEqual([1, 2, 3, 4]);
    expect(got[1].tmin).toBeCloseTo(0.1, 9);
    expect(got[1].tmax).toBeCloseTo(0.2, 9);
    expect([...got[1].data.subarray(0, 3), ...got[1].data.subarray(25, 28)]).toEqual([25, 26, 27, 1025, 1026, 1027]);
  });

  it('discards the partial hop at the start', () => {
    // the first sample lies at 0.25 s: hop 1 (0.2–0.3 s at 0.1) lacks samples, hop (0.3, 0.4] is whole
    const got = run([block(eeg(1, 250), 0, 0.25, ramp(100))], { hopSec: 0.1 });
    expect(indices(got)).toEqual([4, 5, 6]);
    expect(got[0].data[0]).toBe(Math.ceil((0.3 - 0.25 - 1e-6) * 250));
  });

  it('keeps a first hop that lacks no sample though the first lies a little inside it', () => {
    expect(indices(run([block(eda(4), 0, 0.1, ramp(8))], { hopSec: 1 }))).toEqual([1, 2]);
  });

  it('ends the epochs of every signal at the same times, whatever the rate', () => {
    const got = run([block(eeg(1, 250), 0, 0.013, ramp(1000)), block(eda(4), 0, 0.3, ramp(16))], { hopSec: 0.5 });
    const ends = (kind: string) => got.filter(({ signal }) => signal.kind === kind).map(({ index, tmax }) => [index, tmax]);
    expect(ends('eda')).toEqual(ends('eeg').slice(0, ends('eda').length));
    expect(ends('eeg').map(([k, tmax]) => tmax - k * 0.5)).toEqual(new Array(ends('eeg').length).fill(0));
  });

  it('follows 7, 8, 7, 8 samples where the rate times the hop is not whole', () => {
    const got = run([block(eeg(1, 75), 0, 0, ramp(75))], { hopSec: 0.1 });
    expect(counts(got)).toEqual([8, 7, 8, 7, 8, 7, 8, 7, 8, 7]);
    expect(got.flatMap(({ data }) => [...data])).toEqual([...ramp(75)]);
  });

  it('gives epochs without samples where the hop is shorter than a sample', () => {
    const got = run([block(eda(4), 0, 0, ramp(5))], { hopSec: 0.1 });
    expect(counts(got).slice(0, 10)).toEqual([1, 0, 1, 0, 0, 1, 0, 1, 0, 0]);
    expect(indices(got).slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(got[1].tmin).toBeCloseTo(0.1, 9);
  });

  it('makes no epoch across a gap: the broken hop is discarded, the next whole one follows', () => {
    const signal = eeg(1, 250);
    const got = run([block(signal, 0, 0, ramp(60)), block(signal, 70, 0.28, ramp(60))], { hopSec: 0.1 });
    expect(indices(got)).toEqual([1, 2, 4, 5]);
    expect(got[2].data[0]).toBe(5);
  });

  it('shows a gap that begins and ends on the grid as a jump', () => {
    const signal = eeg(1, 250);
    expect(indices(run([block(signal, 0, 0, ramp(50)), block(signal, 75, 0.3, ramp(25))], { hopSec: 0.1 }))).toEqual([1, 2, 4]);
  });

  it('drops and reports samples it has seen before, and keeps the new ones behind them', () => {
    const signal = eeg(1, 250);
    const reports: Report[] = [];
    const data = ramp(100);
    const blocks = [
      block(signal, 0, 0, data.slice(0, 60)),
      block(signal, 40, 0.16, data.slice(40, 100)),
      block(signal, 10, 0.04, data.slice(10, 20)),
    ];
    const got = run(blocks, { hopSec: 0.1 }, reports);
    expect(got.flatMap((epoch) => [...epoch.data])).toEqual([...data]);
    expect(reports.map((report) => report.kind === 'dropped' && [report.what, report.count])).toEqual([
      ['late samples of eeg', 20],
      ['late samples of eeg', 10],
    ]);
  });

  it('goes on where a source began counting anew while time went on', () => {
    const signal = eeg(1, 250);
    const got = run([block(signal, 500, 2, ramp(50)), block(signal, 0, 3, ramp(50))], { hopSec: 0.1 });
    expect(indices(got)).toEqual([21, 22, 31, 32]);
  });

  it('moves no sample to another epoch when the clock wobbles by less than half a sample', () => {
    const signal = eeg(1, 250);
    const wobble = [0, 0.0011, -0.0009, 0.0015, -0.0018, 0.0004, -0.0012, 0.0019];
    const blocks = wobble.map((by, i) => block(signal, 25 * i, 0.1 * i + by, ramp(25)));
    const got = run(blocks, { hopSec: 0.1 });
    expect(counts(got)).toEqual(new Array(8).fill(25));
  });

  it('follows a clock that drifts: epochs stay within a sample of their time', () => {
    const signal = eeg(1, 250);
    const blocks = Array.from({ length: 400 }, (_, i) => block(signal, 25 * i, 0.1 * i * 1.002, ramp(25)));
    const got = run(blocks, { hopSec: 0.1 });
    expect(got.length).toBeGreaterThanOrEqual(399);
    for (const { index, tmin } of got) expect(Math.abs(tmin - (index - 1) * 0.1)).toBeLessThan(2.1 / 250);
    expect(new Set(counts(got))).toEqual(new Set([24, 25]));
  });

  it('takes a time step of more than a hop for a gap, forwards and backwards', () => {
    const signal = eeg(1, 250);
    const forwards = run([block(signal, 0, 0, ramp(50)), block(signal, 50, 5.2, ramp(50))], { hopSec: 0.1 });
    expect(indices(forwards)).toEqual([1, 2, 53, 54]);
    const backwards = run([block(signal, 0, 5, ramp(50)), block(signal, 50, 4.9, ramp(150))], { hopSec: 0.1 });
    expect(indices(backwards)).toEqual([51, 52, 54, 55]);
  });

  it('gives identical epochs however the samples are cut into blocks, gaps and drift included', () => {
    const signal = eeg(2, 75);
    const whole = [
      block(signal, 0, 0.033, congruential(1, 2 * 120)),
      block(signal, 120, 1.6351, congruential(2, 2 * 100)),
      block(signal, 231, 3.11, congruential(3, 2 * 150)),
      block(signal, 381, 5.14, congruential(4, 2 * 90)),
    ];
    const cuts = fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 30 });
    for (const options of [{ hopSec: 0.1 }, { hopSec: 0.25, windowSec: 0.75 }, { hopSec: 0.005 }]) {
      const expected = run(whole, options);
      expect(expected.length).toBeGreaterThan(10);
      fc.assert(
        fc.property(cuts, cuts, cuts, cuts, (...each) => {
          const got = run(
            whole.flatMap((part, i) => cutBlock(part, each[i])),
            options,
          );
          expect(indices(got)).toEqual(indices(expected));
          const samples = (all: readonly Epoch[]) => Buffer.concat(all.map(({ data }) => new Uint8Array(data.buffer)));
          expect(samples(got).equals(samples(expected))).toBe(true);
          expect(Math.max(...got.map(({ tmin }, i) => Math.abs(tmin - expected[i].tmin)))).toBeLessThan(1e-9);
        }),
        { seed: 1, numRuns: 1000 },
      );
    }
  });

  it('cuts longer windows on the same grid, ending at the same times', () => {
    const signal = eeg(2, 250);
    const data = congruential(8, 2 * 250);
    const got = run([block(signal, 0, 0, data)], { hopSec: 0.1, windowSec: 0.3 });
    expect(indices(got)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect([...got[1].data.subarray(75)]).toEqual([...data.subarray(250 + 25, 250 + 100)]);
    expect(got[1].tmin).toBeCloseTo(0.1, 9);
  });

  it('refuses a window that is no whole multiple of the hop', () => {
    expect(() => epochs({ hopSec: 0.5, windowSec: 1.2 })).toThrow('got windowSec 1.2 with hopSec 0.5. The nearest is 1 s.');
    expect(() => epochs({ hopSec: 0 })).toThrow('hopSec must be a time above 0 s, got 0');
  });

  it('gives each subscriber its own state', () => {
    const operator = epochs({ hopSec: 0.1 });
    const signal = eeg(1, 250);
    const first: Epoch[] = [];
    const second: Epoch[] = [];
    from([block(signal, 0, 0, ramp(60))])
      .pipe(operator)
      .subscribe((epoch) => first.push(epoch));
    from([block(signal, 0, 0, ramp(60))])
      .pipe(operator)
      .subscribe((epoch) => second.push(epoch));
    expect(second).toEqual(first);
  });

  it('gives an epoch with the block that completes it, and passes completion and errors on', () => {
    new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(({ cold, expectObservable }) => {
      const signal = eeg(1, 10);
      const values = { a: block(signal, 0, 0, ramp(7)), b: block(signal, 7, 0.7, ramp(4)) };
      const numbers = (marbles: string, error?: Error) =>
        cold(marbles, values, error).pipe(epochs({ hopSec: 0.5 }), (source) => source.pipe((s) => s));
      expectObservable(numbers('-a--b-|').pipe((s) => s)).toBe('-x--y-|', {
        x: { signal, index: 1, tmin: 0, tmax: 0.5, data: ramp(5) },
        y: { signal, index: 2, tmin: 0.5, tmax: 1, data: Float64Array.of(5, 6, 0, 1, 2) },
      });
      expectObservable(numbers('-a-#', new Error('link lost'))).toBe(
        '-x-#',
        { x: { signal, index: 1, tmin: 0, tmax: 0.5, data: ramp(5) } },
        new Error('link lost'),
      );
    });
  });
});

describe('epochs of an irregular signal', () => {
  const signal = beats();
  const beat = (i: number, time: number) => block(signal, i, time, Float64Array.of(i));

  it('gives the samples with their times, and epochs without any', () => {
    const got = run(
      [0.2, 0.9, 1.3, 1.8, 4.1].map((time, i) => beat(i, time)),
      { hopSec: 1 },
    );
    expect(got.map(({ index, times, data }) => [index, [...times!], [...data]])).toEqual([
      [2, [1.3, 1.8], [2, 3]],
      [3, [], []],
      [4, [], []],
    ]);
  });

  it('takes lost beats and a long pause for a gap, and drops a beat older than the last', () => {
    const lost = run([beat(0, 0), beat(1, 0.5), beat(3, 1.4), beat(4, 2.2), beat(5, 3.1)], { hopSec: 1 });
    expect(indices(lost)).toEqual([3]);
    const paused = run([beat(0, 0), beat(1, 1.5), beat(2, 30.5), beat(3, 31.5), beat(4, 32.5)], { hopSec: 1 });
    expect(indices(paused)).toEqual([1, 32]);
    const reports: Report[] = [];
    run([beat(0, 1), beat(1, 0.5)], { hopSec: 1 }, reports);
    expect(reports).toEqual([{ kind: 'dropped', stage: 'epochs', what: 'late samples of ibi', count: 1 }]);
  });
});
