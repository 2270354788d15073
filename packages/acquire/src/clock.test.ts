import { describe, expect, it } from 'vitest';
import { type SampleClock, type SampleClockOptions, sampleClock } from './clock.ts';
import type { Report } from './report.ts';
import { random } from './wearer/random.ts';

const clockOf = (options: Partial<SampleClockOptions> = {}) => {
  const reports: Report[] = [];
  const clock = sampleClock({ signal: 'eeg', sfreq: 100, report: (report) => reports.push(report), ...options });
  return { clock, reports, gaps: () => reports.filter((report) => report.kind === 'gap') };
};

/** Sample n is taken at n · period, travels 50 ms and jitters by a normal 5 ms; runs of `run()` samples arrive with their last. */
const stream = ({
  nSamples = 100_000,
  sfreq = 100,
  ppm = 0,
  run = () => 1,
  modulus = 65536,
  jitterSec = 0.005,
  stepAt = Number.POSITIVE_INFINITY,
  stepBy = 0,
}) => {
  const { normal } = random(11, 'arrivals');
  const period = (1 + ppm * 1e-6) / sfreq;
  const runs: { first: number; n: number; counter: number; arrivedAt: number }[] = [];
  for (let first = 0; first < nSamples; ) {
    const n = run();
    const last = first + n - 1;
    const stepped = last * period >= stepAt ? stepBy : 0;
    runs.push({ first, n, counter: first % modulus, arrivedAt: 3 + last * period + 0.05 + jitterSec * normal() + stepped });
    first += n;
  }
  return { runs, truth: (sample: number) => 3 + sample * period + 0.05, period };
};

/** Slope error of the corrected times after `warmup` samples, and the share of them more than `outlierSec` from the truth. */
const quality = (clock: SampleClock, { runs, truth, period }: ReturnType<typeof stream>, { warmup = 1000, outlierSec = 0.002 } = {}) => {
  let n = 0;
  let outliers = 0;
  let misplaced = 0;
  let backwards = 0;
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  let before = Number.NEGATIVE_INFINITY;
  for (const { first, n: nTimes, counter, arrivedAt } of runs) {
    const { firstSample, tmin } = clock.place(nTimes, arrivedAt, counter);
    if (firstSample !== first) misplaced++;
    if (!(tmin > before)) backwards++;
    before = tmin;
    if (firstSample < warmup) continue;
    n++;
    if (Math.abs(tmin - truth(firstSample)) > outlierSec) outliers++;
    const x = firstSample - 50_000;
    const y = tmin - truth(firstSample); // what is left of the slope once the true one is taken away
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  expect({ misplaced, backwards }).toEqual({ misplaced: 0, backwards: 0 });
  return { slopeError: Math.abs((n * sxy - sx * sy) / (n * sxx - sx * sx)) / period, outliers: outliers / n };
};

const bursts = () => {
  const { uniform } = random(5, 'bursts');
  return () => 7 + Math.floor(9 * uniform());
};

describe('sampleClock', () => {
  describe('100,000 samples at 100 Hz, 50 ms latency, 5 ms jitter: slope within 1e-6, under 1 % of the samples more than 2 ms off', () => {
    it.each([
      ['a true crystal', {}],
      ['100 ppm slow', { ppm: 100 }],
      ['100 ppm fast', { ppm: -100 }],
      ['Bluetooth bursts of 7-15', { run: bursts() }],
      ['bursts, drift and a counter of 8 bits', { run: bursts(), ppm: 100, modulus: 256 }],
    ])('%s', (_, conditions) => {
      const { clock, reports } = clockOf({ modulus: 'modulus' in conditions ? conditions.modulus : 65536 });
      const { slopeError, outliers } = quality(clock, stream(conditions));
      expect(slopeError).toBeLessThan(1e-6);
      expect(outliers).toBeLessThan(0.01);
      expect(reports).toEqual([]);
    });
  });

  it.each([2, -2])('a host clock set by %d s moves no sample and is reported', (stepBy) => {
    const { clock, reports } = clockOf({ modulus: 65536 });
    const { slopeError, outliers } = quality(clock, stream({ stepAt: 400, stepBy, ppm: 50 }));
    expect(slopeError).toBeLessThan(1e-6);
    expect(outliers).toBeLessThan(0.01);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ kind: 'clock-step', signal: 'eeg' });
    expect((reports[0] as { bySec: number }).bySec).toBeCloseTo(stepBy, 1);
  });

  it('a stall that is caught up with is no loss', () => {
    const { clock, reports } = clockOf({ modulus: 256 });
    for (let n = 0; n < 1000; n++) clock.place(1, n / 100, n % 256);
    for (let n = 1000; n < 1300; n++) clock.place(1, 13 + (n - 1000) * 1e-4, n % 256); // three seconds late, all at once
    for (let n = 1300; n < 2000; n++) expect(clock.place(1, n / 100, n % 256).tmin).toBeCloseTo(n / 100, 2);
    expect(reports).toEqual([]);
  });

  it('old samples at the start do not put all others into the future', () => {
    const { clock, reports } = clockOf({ modulus: 65536 });
    clock.place(100, 1, 0); // a second's worth, all at once
    clock.place(100, 1.1, 100); // and another
    let late = 0;
    let end = 0;
    for (let n = 200; n < 1000; n += 5) {
      const { tmin } = clock.place(5, 1.1 + (n - 195) / 100, n);
      expect(tmin).toBeGreaterThan(end);
      end = tmin + 0.04;
      late = end - (1.1 + (n - 195) / 100);
    }
    expect(Math.abs(late)).toBeLessThan(0.01);
    expect(reports).toEqual([]);
  });

  it('counts a gap shorter than the counter by the counter, whatever the jitter', () => {
    const { clock, gaps } = clockOf({ modulus: 256, sfreq: 250 });
    clock.place(250, 1, 0);
    expect(clock.place(10, 1.2, (250 + 37) % 256)).toMatchObject({ firstSample: 287 });
    expect(gaps()).toMatchObject([{ lost: 37, exact: true, beforeSample: 287 }]);
  });

  it('counts a gap longer than the counter by the arrival time', () => {
    const { clock, gaps } = clockOf({ modulus: 256, sfreq: 250 });
    for (let n = 0; n < 500; n += 10) clock.place(10, (n + 9) / 250, n % 256);
    const lost = 5 * 256 + 100;
    const first = 500 + lost;
    expect(clock.place(10, (first + 9) / 250 + 0.03, first % 256).firstSample).toBe(first);
    expect(gaps()).toMatchObject([{ lost, exact: true, beforeSample: first }]);
  });

  it('a loss of exactly one turn of the counter is found once it has stayed', () => {
    const { clock, gaps } = clockOf({ modulus: 256, sfreq: 250 });
    for (let n = 0; n < 500; n += 10) clock.place(10, (n + 9) / 250, n % 256);
    let placed = 0;
    for (let n = 500 + 256; n < 1500; n += 10) placed = clock.place(10, (n + 9) / 250, n % 256).firstSample - n;
    expect(placed).toBe(0);
    expect(gaps()).toMatchObject([{ lost: 256, exact: false }]);
  });

  it('a counter that starts anew is not taken for a loss that had no time to happen', () => {
    const { clock, gaps } = clockOf({ modulus: 65536, sfreq: 250 });
    for (let n = 0; n < 500; n += 10) clock.place(10, (n + 9) / 250, 1000 + n);
    clock.place(10, 2.036, 0);
    expect(gaps()).toEqual([]);
    expect(clock.place(10, 2.076, 10).firstSample).toBe(510);
  });

  it('counts packets of twelve samples and clock ticks alike', () => {
    const packets = clockOf({ modulus: 65536, countsPerSample: 1 / 12, sfreq: 256 });
    packets.clock.place(12, 1, 65535);
    expect(packets.clock.place(12, 1 + 36 / 256, 2).firstSample).toBe(36);
    expect(packets.gaps()).toMatchObject([{ lost: 24, exact: true }]);
    const ticks = clockOf({ modulus: 2 ** 24, countsPerSample: 512, sfreq: 64 });
    ticks.clock.place(1, 1, 2 ** 24 - 512);
    expect(ticks.clock.place(1, 1 + 4 / 64, 3 * 512 - 1).firstSample).toBe(4); // a tick early
    expect(ticks.gaps()).toMatchObject([{ lost: 3, exact: true }]);
  });

  it('without a counter a pause is a loss, counted by time', () => {
    const { clock, gaps } = clockOf({ sfreq: 10 });
    for (let n = 0; n < 100; n++) clock.place(1, n / 10);
    const { firstSample, tmin } = clock.place(1, 13);
    expect(firstSample).toBe(130);
    expect(tmin).toBeCloseTo(13, 2);
    expect(gaps()).toMatchObject([{ lost: 30, exact: false, beforeSample: 130 }]);
  });

  it('follows a loop that runs 4 % slower than it says', () => {
    const { clock, gaps } = clockOf({ sfreq: 10, rateTolerance: 0.05 });
    for (let n = 0; n < 600; n++) {
      const { firstSample, tmin } = clock.place(1, n * 0.104);
      expect(firstSample).toBe(n);
      if (n > 100) expect(Math.abs(tmin - n * 0.104)).toBeLessThan(0.02);
    }
    expect(gaps()).toEqual([]);
  });

  it('samples known to be lost leave a hole of their size', () => {
    const { clock, gaps } = clockOf({ sfreq: 10 });
    clock.place(1, 0);
    clock.skip(1, true);
    clock.skip(2, true);
    expect(clock.place(1, 0.4).firstSample).toBe(4);
    expect(gaps()).toMatchObject([{ lost: 3, exact: true, beforeSample: 4 }]);
  });

  it('a loss that was told is not counted again by the counter', () => {
    const { clock, gaps } = clockOf({ modulus: 256 });
    clock.place(10, 1, 0);
    clock.skip(5, false);
    expect(clock.place(10, 1.17, 17).firstSample).toBe(17);
    expect(gaps()).toMatchObject([
      { lost: 5, exact: false },
      { lost: 2, exact: true },
    ]);
  });

  it('a turn of the counter that is no whole number of samples gives whole losses', () => {
    const { clock, gaps } = clockOf({ modulus: 256, countsPerSample: 2.5, sfreq: 100 });
    for (let n = 0; n < 200; n++) clock.place(1, n / 100, Math.floor(2.5 * n) % 256);
    clock.place(1, 4.5, Math.floor(2.5 * 450) % 256);
    expect(Math.abs((gaps()[0] as { lost: number }).lost - 250)).toBeLessThanOrEqual(1);
    expect(Number.isInteger((gaps()[0] as { lost: number }).lost)).toBe(true);
  });

  it('time never runs backwards, even where every arrival does', () => {
    const { clock } = clockOf({ sfreq: 100 });
    const { uniform } = random(3, 'chaos');
    let end = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < 5000; i++) {
      const nTimes = 1 + Math.floor(20 * uniform());
      const { tmin } = clock.place(nTimes, 100 * uniform() - i);
      expect(tmin).toBeGreaterThan(end);
      end = tmin + (nTimes - 1) / 100;
    }
  });
});
