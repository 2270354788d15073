import { expect, it } from 'vitest';
import type { Report } from '../report.ts';
import type { EegSignal } from '../signal.ts';
import { finiteRuns } from './finite-runs.ts';

const signal: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 4, montage: { channels: ['Fz', 'Cz'], reference: 'A1' } };
const block = (firstSample: number, ...data: number[]) => ({
  signal,
  firstSample,
  tmin: firstSample / 4,
  arrivedAt: firstSample / 4 + 1,
  data: Float64Array.from(data),
});

it('a sample that is no number in any channel is a hole, across blocks, and told once before the next sample', () => {
  const reports: Report[] = [];
  const runs = finiteRuns((report) => reports.push(report));
  const whole = block(0, 1, 2, 3, 4);
  expect(runs(whole)).toEqual([whole]);
  expect(runs(whole)[0]).toBe(whole);
  const cut = runs(block(2, 1, 2, Number.NaN, 4, 5, 6, 7, Number.POSITIVE_INFINITY));
  expect(cut.map(({ firstSample, tmin, data }) => [firstSample, tmin, ...data])).toEqual([[2, 0.5, 1, 2, 5, 6]]);
  expect(reports).toEqual([]);
  expect(runs(block(6, 1, 2, 3, 4)).map(({ firstSample }) => firstSample)).toEqual([6]);
  expect(reports).toEqual([{ kind: 'gap', signal: 'eeg', lost: 2, exact: true, beforeSample: 6, atSec: 1.5 }]);
});

it('holes before the first sample are no gap', () => {
  const reports: Report[] = [];
  const runs = finiteRuns((report) => reports.push(report));
  expect(runs(block(0, Number.NaN, Number.NaN))).toEqual([]);
  expect(runs(block(1, Number.NaN, 2, 3, 4)).map(({ firstSample, data }) => [firstSample, ...data])).toEqual([[2, 2, 4]]);
  expect(reports).toEqual([]);
});
