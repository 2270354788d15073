import type { EdaSignal, SampleBlock } from '@affect-edge/acquire';
import { describe, expect, it } from 'vitest';
import { responses } from './responses.ts';

const signal = (sfreq: number): EdaSignal => ({
  kind: 'eda',
  unit: 'µS',
  id: 'eda',
  sfreq,
  montage: { channels: ['EDA'], reference: 'n/a' },
});
/** 1 µS, and a response of 0.3 µS that peaks at each of the times. */
const conductance = (peaks: readonly number[]) => (t: number) =>
  peaks.reduce((sum, peak) => sum + (Math.abs(t - peak) < 2 ? 0.15 * (1 + Math.cos((Math.PI * (t - peak)) / 2)) : 0), 1);
const blocks = (sfreq: number, seconds: number, of: (t: number) => number, gapAt = Number.POSITIVE_INFINITY): SampleBlock[] =>
  Array.from({ length: seconds }, (_, s): SampleBlock => {
    const shift = s >= gapAt ? 30 : 0;
    return {
      signal: signal(sfreq),
      firstSample: (s + shift) * sfreq,
      tmin: s + shift,
      arrivedAt: s + shift + 1,
      data: Float64Array.from({ length: sfreq }, (__, t) => of(s + t / sfreq)),
    };
  });

describe('responses of a session', () => {
  it.each([4, 16])('are found at their times with their amplitudes, at %d Hz', (sfreq) => {
    const found = responses(signal(sfreq), 'wrist');
    for (const block of blocks(sfreq, 60, conductance([10, 30, 45]))) found.add(block);
    const { count, found: all } = found.read();
    expect(count).toBe(3);
    all.forEach(({ peakSec, amplitudeMicrosiemens }, i) => {
      expect(Math.abs(peakSec - [10, 30, 45][i]!)).toBeLessThanOrEqual(0.5);
      expect(amplitudeMicrosiemens).toBeCloseTo(0.3, 1);
    });
  });

  it('after a gap lie where they were, not where counting samples would put them', () => {
    const found = responses(signal(4), 'wrist');
    for (const block of blocks(4, 60, conductance([10, 40]), 20)) found.add(block);
    expect(found.read().found.map(({ peakSec }) => Math.round(peakSec))).toEqual([10, 70]);
  });

  it('below the smallest amplitude of the site do not count', () => {
    const small = (t: number): number => 1 + (conductance([10, 30])(t) - 1) / 10; // 0.03 µS
    const counts = (['wrist', 'palm'] as const).map((site) => {
      const found = responses(signal(4), site);
      for (const block of blocks(4, 45, small)) found.add(block);
      return found.read().count;
    });
    expect(counts).toEqual([2, 0]);
  });

  it('are not seen where there is no skin', () => {
    const found = responses(signal(4), 'wrist');
    for (const block of blocks(4, 45, (t) => (conductance([10])(t) - 1) / 50)) found.add(block); // 0 to 0.006 µS
    expect(found.read().count).toBe(0);
  });
});
