import { describe, expect, test } from 'vitest';
import { edaRecording } from '../../test/eda-signals.ts';
import { syntheticEda } from '../../test/synthetic-eda.ts';
import { cleanEda } from './eda-filters.ts';
import { scrDetector } from './scr-detector.ts';
import { scrPeaks } from './scr-peaks.ts';

const detect = (y: Float64Array, minAmplitudeMicrosiemens = 0.05, sfreq = 4) => {
  const detector = scrDetector({ sfreq, minAmplitudeMicrosiemens });
  for (const value of y) detector.step(value);
  return detector.responses(0);
};
/** One response: up by `height` over `rise` samples, half of it lost after `half` more. */
const bump = (height: number, rise: number, half: number, before = 20, after = 80): Float64Array =>
  Float64Array.from({ length: before + rise + after }, (_, i) => {
    const t = i - before;
    if (t <= 0) return 2;
    return t <= rise ? 2 + (height * t) / rise : 2 + height * 0.5 ** ((t - rise) / half);
  });

describe('a response', () => {
  test('has the onset, peak, rise, half-recovery and width drawn', () => {
    const [scr, ...others] = detect(bump(0.4, 4, 8));
    expect(others).toEqual([]);
    expect(scr.onsetSec).toBe(5);
    expect(scr.peakSec).toBe(6);
    expect(scr.amplitude).toBeCloseTo(0.4, 12);
    expect(scr.maxSlope).toBeCloseTo(0.4, 12);
    expect(scr.halfRecoverySec).toBeCloseTo(2, 9);
    expect(scr.widthSec).toBeCloseTo(2.5, 9);
  });

  test('counts from its threshold on', () => {
    expect(detect(bump(0.049, 4, 8))).toHaveLength(0);
    expect(detect(bump(0.051, 4, 8))).toHaveLength(1);
  });

  test('begins where its slope is a hundredth of the steepest: a slow start belongs to it, a drift before does not', () => {
    const steps = [...new Array(20).fill(0.001), ...new Array(8).fill(0.03), ...new Array(4).fill(0.2), ...new Array(30).fill(-0.03)];
    let level = 2;
    const y = Float64Array.from(steps, (step) => {
      level += step;
      return level;
    });
    const [scr] = detect(y);
    expect(scr.onsetSec).toBe(19 / 4);
    expect(scr.amplitude).toBeCloseTo(8 * 0.03 + 4 * 0.2, 9);
  });

  test('is found at its true time, at 30 dB, each once', () => {
    for (const seed of [1, 2, 3]) {
      const { y, onsets } = syntheticEda({ sfreq: 4, lengthSec: 300, seed, snrDb: 30 });
      const found = detect(cleanEda(y, 4), 0.1);
      expect(found.length).toBe(onsets.length);
      for (const [i, onset] of onsets.entries()) expect(Math.abs(found[i].onsetSec - onset)).toBeLessThanOrEqual(0.75);
    }
  });

  test('on a real palm is one that the record as a whole shows too', () => {
    const clean = cleanEda(edaRecording('palm'), 100).filter((_, i) => i % 10 === 0);
    const online = detect(clean, 0.05, 10);
    const whole = scrPeaks(clean, { sfreq: 10, minAmplitude: 0.05, minRelative: 0 });
    expect(online.length).toBeGreaterThan(2);
    for (const { peakSec } of online) expect(whole.some(({ peak }) => Math.abs(peak / 10 - peakSec) < 0.05)).toBe(true);
  });

  test('that runs into the next keeps its recovery unknown', () => {
    const first = bump(0.4, 4, 8, 20, 4);
    const last = first.at(-1)!;
    const second = bump(0.4, 4, 8, 0, 60).map((value) => value - 2 + last);
    const found = detect(Float64Array.of(...first, ...second));
    expect(found).toHaveLength(2);
    expect(found[0].halfRecoverySec).toBeNaN();
    expect(found[1].halfRecoverySec).toBeGreaterThan(0);
  });

  test('is not made of a drift, a step down, or the edge of a hole', () => {
    expect(detect(Float64Array.from({ length: 400 }, (_, i) => 2 + i / 200))).toEqual([]);
    expect(detect(Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 3 : 2)))).toEqual([]);
    const hole = bump(0.4, 4, 8).map((value, i) => (i > 22 && i < 60 ? Number.NaN : value));
    expect(detect(hole)).toEqual([]);
  });

  test('of long ago is forgotten', () => {
    const detector = scrDetector({ sfreq: 4, minAmplitudeMicrosiemens: 0.05 });
    for (let n = 0; n < 200; n++) for (const value of bump(0.4, 4, 8, 4, 40)) detector.step(value);
    expect(detector.responses(0)).toHaveLength(128);
    const recent = detector.responses(detector.nowSec() - 60);
    expect(recent).toHaveLength(5);
    expect(Math.min(...recent.map(({ peakSec }) => peakSec))).toBeGreaterThan(detector.nowSec() - 60);
  });
});
