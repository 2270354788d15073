import { describe, expect, it } from 'vitest';
import { microsiemensOf } from '../../test/fakes/shimmer.ts';
import { shimmerMicrosiemens, shimmerSaturated } from './shimmer-gsr.ts';

const automatic = 4;
const word = (range: number, adc: number) => (range << 14) | adc;

describe('the amplifier equation', () => {
  // computed with the vendor's SensorGSR.java equation: adc, range, kΩ, µS
  it.each([
    [1000, 0, 86.414, 11.572],
    [2000, 1, 148.674, 6.726],
    [2000, 2, 518.03, 1.9304],
    [2000, 3, 1709.5, 0.585],
  ])('of reading %i in range %i is %f kΩ, %f µS', (adc, range, kiloohm, microsiemens) => {
    const value = shimmerMicrosiemens(word(range, adc), automatic);
    expect(Math.abs(value / microsiemens - 1)).toBeLessThan(1e-4);
    expect(Math.abs(1000 / value / kiloohm - 1)).toBeLessThan(1e-4);
  });

  it('is Kirchhoff’s, in every range and for every reading', () => {
    for (let range = 0; range < 4; range++) {
      for (let adc = 683; adc < 4096; adc += 7)
        expect(shimmerMicrosiemens(word(range, adc), automatic)).toBeCloseTo(microsiemensOf(adc, range), 9);
    }
  });

  it('takes readings of range 3 below 683 as 683: some GΩ, or 4.7 MΩ where the range is fixed', () => {
    expect(1000 / shimmerMicrosiemens(word(3, 0), automatic)).toBeGreaterThan(4e6);
    expect(shimmerMicrosiemens(word(3, 0), automatic)).toBe(shimmerMicrosiemens(word(3, 683), automatic));
    expect(shimmerMicrosiemens(600, 3)).toBeCloseTo(1000 / 4700, 12);
  });

  it('clips a fixed range to what it is made for', () => {
    expect(shimmerMicrosiemens(4095, 1)).toBeCloseTo(1000 / 63, 12);
    expect(shimmerMicrosiemens(0, 0)).toBeCloseTo(1000 / 63, 12);
    expect(shimmerMicrosiemens(4095, 2)).toBeCloseTo(1000 / 220, 12);
  });

  it('gives an open circuit 0 µS, never a negative number', () => {
    for (let range = 0; range < 3; range++) expect(shimmerMicrosiemens(word(range, 600), automatic)).toBe(0);
  });
});

it('a reading at either end of the converter is saturated', () => {
  expect([0, 682, 683, 2000, 4094, 4095].map((adc) => shimmerSaturated(word(1, adc), automatic))).toEqual([
    true,
    true,
    false,
    false,
    false,
    true,
  ]);
});

it('skin outside a fixed range is saturated, for its conductance is only that of the end', () => {
  const adcOf = (kiloohm: number) => Math.round(((1 + 40.2 / kiloohm) * 0.5 * 4095) / 3);
  expect([10, 40, 60, 100, 500].map((kiloohm) => shimmerSaturated(adcOf(kiloohm), 0))).toEqual([false, false, false, true, true]);
  expect([10, 100, 500].map((kiloohm) => shimmerSaturated(adcOf(kiloohm), automatic))).toEqual([false, false, false]);
});
