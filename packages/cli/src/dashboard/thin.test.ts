import type { EegSignal, SampleBlock } from '@affect-edge/acquire';
import { describe, expect, test } from 'vitest';
import { endOf, type GrowingTrace, joined, thinner, trim } from './thin.ts';

const signal: EegSignal = { kind: 'eeg', unit: 'µV', id: 'eeg', sfreq: 250, montage: { channels: ['Fp1', 'O1'], reference: 'A1' } };
const ramp = (firstSample: number, nTimes: number): SampleBlock => ({
  signal,
  firstSample,
  tmin: firstSample / 250,
  arrivedAt: 0,
  data: Float64Array.from({ length: 2 * nTimes }, (_, i) => (i < nTimes ? firstSample + i : -(firstSample + i - nTimes))),
});

describe('thinner', () => {
  test('gives means of two at 250 Hz, whatever the blocks', () => {
    const whole: GrowingTrace[] = [];
    thinner(signal)!(ramp(0, 10), whole);
    const pieces: GrowingTrace[] = [];
    const thin = thinner(signal)!;
    for (const [first, n] of [
      [0, 3],
      [3, 1],
      [4, 6],
    ])
      thin(ramp(first, n), pieces);
    expect(whole[0].rows).toEqual([
      [0.5, 2.5, 4.5, 6.5, 8.5],
      [-0.5, -2.5, -4.5, -6.5, -8.5],
    ]);
    expect(pieces).toEqual(whole);
    expect(whole[0].fromSec).toBeCloseTo(0.002, 12);
    expect(whole[0].stepSec).toBeCloseTo(0.008, 12);
  });

  test('a gap begins a new trace at its own time', () => {
    const traces: GrowingTrace[] = [];
    const thin = thinner(signal)!;
    thin(ramp(0, 5), traces);
    thin(ramp(100, 4), traces);
    expect(traces.map((trace) => trace.rows[0])).toEqual([
      [0.5, 2.5],
      [100.5, 102.5],
    ]);
    expect(traces[1].fromSec).toBeCloseTo(0.402, 12);
  });

  test('signals the page does not draw have none', () => {
    expect(thinner({ ...signal, kind: 'acceleration', unit: 'g' })).toBeUndefined();
  });
});

describe('trim and joined', () => {
  test('the last seconds are kept, and the sample they begin in', () => {
    const traces: GrowingTrace[] = [];
    thinner(signal)!(ramp(0, 1000), traces);
    trim(traces, 4, 1);
    expect(traces[0].rows[0]).toHaveLength(126);
    expect(endOf(traces[0])).toBeCloseTo(4.002, 9);
  });

  test('traces that follow each other become one, a gap stays a seam', () => {
    const one: GrowingTrace[] = [];
    thinner(signal)!(ramp(0, 8), one);
    const [first] = one;
    const next = { ...first, fromSec: endOf(first) };
    const later = { ...first, fromSec: 9 };
    expect(joined([first, next, later]).map((trace) => trace.rows[0].length)).toEqual([8, 4]);
  });
});
