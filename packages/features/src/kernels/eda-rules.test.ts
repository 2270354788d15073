import { describe, expect, test } from 'vitest';
import { edaFlat, edaLimits, edaMissing, edaOutOfRange, edaRules, edaTooSteep, widenBroken } from './eda-rules.ts';

const broken = (site: 'wrist' | 'palm', y: readonly number[], sfreq = 4) => y.map(edaRules(edaLimits[site], sfreq));

describe('a sample breaks', () => {
  test('the range at the palm where the wrist still counts', () => {
    expect(broken('palm', [0.04, 0.06])).toEqual([edaOutOfRange, 0]);
    expect(broken('wrist', [0.04, 0.009, 61])).toEqual([0, edaOutOfRange, edaOutOfRange | edaTooSteep]);
  });

  test('the slope above 10 µS a second, whatever the rate', () => {
    expect(broken('palm', [2, 4.4, 2, 4.6])).toEqual([0, 0, 0, edaTooSteep]);
    const ramp = (perSec: number, sfreq: number) => Array.from({ length: sfreq }, (_, i) => 2 + (perSec * i) / sfreq);
    for (const sfreq of [10, 32, 1000]) {
      expect(broken('palm', ramp(9.9, sfreq), sfreq).every((flags) => flags === 0)).toBe(true);
      expect(broken('palm', ramp(10.1, sfreq), sfreq).filter((flags) => flags === edaTooSteep).length).toBeGreaterThan(0.85 * sfreq);
    }
  });

  test('no slope by the single steps of a 10-bit converter at 1,000 Hz', () => {
    const level = (sec: number) => 5 + 0.5 * Math.sin(sec);
    const steps = Array.from({ length: 5000 }, (_, i) => (Math.round((level(i / 1000) * 1023) / 25 + 0.4 * Math.sin(1.7 * i)) * 25) / 1023);
    expect(broken('palm', steps, 1000).every((flags) => flags === 0)).toBe(true);
  });

  test('the contact rule after five seconds without any change', () => {
    const stuck = broken(
      'wrist',
      Array.from({ length: 30 }, () => 0.5),
    );
    expect(stuck.indexOf(edaFlat)).toBe(20);
    expect(
      broken(
        'wrist',
        Array.from({ length: 60 }, (_, i) => 0.5 + 0.0002 * (i % 2)),
      ).every((flags) => flags === 0),
    ).toBe(true);
  });

  test('no rule but that of being there when it is no number', () => {
    expect(broken('wrist', [1, Number.NaN, 1.001])).toEqual([0, edaMissing, 0]);
  });
});

test('what lies near a broken rule is not trusted either', () => {
  const valid = new Float64Array(12);
  widenBroken(Float64Array.of(1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0), 2, valid);
  expect([...valid]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1]);
});
