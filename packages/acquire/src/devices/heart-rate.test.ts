import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { heartRateMeasurement } from '../../test/fakes/heart.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { heartRate } from './heart-rate.ts';

const decode = (measurements: readonly (readonly [number, readonly number[]])[]) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(measurements.map(([arrivedAt, bytes]) => ({ endpoint: '2a37', arrivedAt, bytes: Uint8Array.from(bytes) })))
    .pipe(heartRate.create().decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  const of = (id: string) => blocks.filter(({ signal }) => signal.id === id);
  return { reports, of };
};

// GATT Specification Supplement 3.116, Heart Rate Measurement
describe('a measurement', () => {
  it('with 8 bits: 06 48 is 72 beats a minute with skin contact', () => {
    const { of, reports } = decode([[5, [0x06, 0x48]]]);
    expect(of('heart-rate').map(({ data, tmin }) => [data[0], tmin])).toEqual([[72, 5]]);
    expect(reports).toEqual([{ kind: 'device-text', device: 'heart-rate', text: 'skin contact' }]);
  });

  it('with 16 bits, energy and two intervals', () => {
    const { of } = decode([[5, [0x19, 0x2c, 0x01, 0x10, 0x00, 0x00, 0x04, 0x00, 0x02]]]);
    expect(of('heart-rate')[0]!.data[0]).toBe(300);
    expect(of('inter-beat').map(({ data }) => data[0])).toEqual([1, 0.5]);
  });

  it('that is too short, or says what no heart does, is refused', () => {
    const { of, reports } = decode([
      [1, []],
      [2, [0x01, 0x48]],
      [3, [0x10, 0x48, 0x00]],
      [4, [0x01, 0xff, 0xff]],
    ]);
    expect(of('heart-rate')).toEqual([]);
    expect(reports.map((report) => report.kind === 'bad-frame' && report.reason)).toEqual(['length', 'length', 'length', 'range']);
  });

  it('without contact says so once', () => {
    const { reports } = decode([
      [1, [0x06, 60]],
      [2, [0x04, 60]],
      [3, [0x04, 60]],
    ]);
    expect(reports.map((report) => report.kind === 'device-text' && report.text)).toEqual(['skin contact', 'no skin contact']);
  });
});

describe('beats', () => {
  it('lie as far apart as their intervals, whenever the notifications come', () => {
    const rr = [0.8, 0.9, 0.85, 1, 0.75, 0.8, 0.9, 0.95];
    let time = 100;
    const measurements = rr.map((seconds, i) => {
      time += seconds;
      return [time + (i % 2) * 0.1, heartRateMeasurement(70, [seconds])] as const;
    });
    const times = decode(measurements)
      .of('inter-beat')
      .map(({ tmin }) => tmin);
    for (let i = 1; i < times.length; i++) expect(Math.abs(times[i]! - times[i - 1]! - rr[i]!)).toBeLessThan(0.02);
  });

  it('that were missed are a gap, not exact', () => {
    const { reports, of } = decode([
      [10, heartRateMeasurement(60, [1])],
      [11, heartRateMeasurement(60, [1])],
      [16, heartRateMeasurement(60, [1])],
    ]);
    expect(reports.filter(({ kind }) => kind === 'gap')).toMatchObject([{ signal: 'inter-beat', lost: 4, exact: false, beforeSample: 6 }]);
    expect(of('inter-beat').map(({ firstSample, tmin }) => [firstSample, tmin])).toEqual([
      [0, 10],
      [1, 11],
      [6, 16],
    ]);
  });
});

it('reads the battery', () => {
  const reports: Report[] = [];
  from([{ endpoint: '2a19', arrivedAt: 0, bytes: Uint8Array.of(55) }])
    .pipe(heartRate.create().decode((report) => reports.push(report)))
    .subscribe();
  expect(reports).toEqual([{ kind: 'battery', device: 'heart-rate', fraction: 0.55 }]);
});
