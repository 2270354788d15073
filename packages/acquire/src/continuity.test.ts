import { describe, expect, it } from 'vitest';
import { continuity } from './continuity.ts';
import type { Report } from './report.ts';
import type { EegSignal, HeartRateSignal, SampleBlock } from './signal.ts';

const eeg: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 100, montage: { channels: ['Fz'], reference: 'Cz' } };
const beats: HeartRateSignal = { id: 'hr', kind: 'heart-rate', unit: 'bpm', sfreq: 0, montage: { channels: ['HR'], reference: 'n/a' } };
const block = (firstSample: number, tmin: number, nTimes = 10, signal: EegSignal | HeartRateSignal = eeg): SampleBlock => ({
  signal,
  firstSample,
  tmin,
  arrivedAt: tmin + 0.1,
  data: new Float64Array(nTimes),
});

const joined = () => {
  const reports: Report[] = [];
  const samples = continuity((report) => reports.push(report));
  return { samples, reports };
};

describe('continuity', () => {
  it('leaves the first connection as it is', () => {
    const { samples, reports } = joined();
    const first = block(0, 5);
    expect(samples.follow(first)).toBe(first);
    expect(samples.follow(block(10, 5.1))).toMatchObject({ firstSample: 10, tmin: 5.1 });
    expect(reports).toEqual([]);
  });

  it('after a reconnect the numbers go on, and the hole is as long as time says', () => {
    const { samples, reports } = joined();
    samples.follow(block(0, 5));
    samples.reconnected();
    expect(samples.follow(block(0, 7))).toMatchObject({ firstSample: 200, tmin: 7 });
    expect(samples.follow(block(10, 7.1))).toMatchObject({ firstSample: 210, tmin: 7.1 });
    expect(reports).toEqual([{ kind: 'gap', signal: 'eeg', lost: 190, exact: false, beforeSample: 200, atSec: 7 }]);
  });

  it('time does not run backwards where the new connection’s clock is behind', () => {
    const { samples, reports } = joined();
    samples.follow(block(0, 5));
    samples.reconnected();
    const next = samples.follow(block(0, 5.02));
    expect(next.firstSample).toBe(10);
    expect(next.tmin).toBeCloseTo(5.1, 9);
    expect(samples.follow(block(10, 5.12)).tmin).toBeCloseTo(5.2, 9);
    expect(reports).toEqual([]);
  });

  it('moves the gaps that a decoder reports likewise', () => {
    const { samples, reports } = joined();
    samples.follow(block(0, 5));
    samples.reconnected();
    samples.follow(block(0, 7));
    samples.report({ kind: 'gap', signal: 'eeg', lost: 3, exact: true, beforeSample: 13, atSec: 7.1 });
    samples.report({ kind: 'battery', device: 'x', fraction: 1 });
    expect(reports.slice(1)).toEqual([
      { kind: 'gap', signal: 'eeg', lost: 3, exact: true, beforeSample: 213, atSec: 7.1 },
      { kind: 'battery', device: 'x', fraction: 1 },
    ]);
  });

  it('irregular samples are counted on without a gap', () => {
    const { samples, reports } = joined();
    samples.follow(block(0, 5, 1, beats));
    samples.reconnected();
    expect(samples.follow(block(0, 60, 1, beats))).toMatchObject({ firstSample: 1, tmin: 60 });
    expect(reports).toEqual([]);
  });
});
