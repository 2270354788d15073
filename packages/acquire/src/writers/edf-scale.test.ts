import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edfNumber, edfScale } from './edf-scale.ts';

describe('edfNumber', () => {
  test('at most 8 characters, never on the wrong side, as near as there is room for', () => {
    fc.assert(
      fc.property(fc.double({ min: -9e6, max: 9e7, noNaN: true }), (value) => {
        const [low, high] = [edfNumber(value, 'down'), edfNumber(value, 'up')];
        expect(Math.max(low.length, high.length)).toBeLessThanOrEqual(8);
        expect(Number(low)).toBeLessThanOrEqual(value);
        expect(Number(high)).toBeGreaterThanOrEqual(value);
        const digits = Math.max(`${Math.trunc(Math.abs(value))}`.length + 1, 2);
        expect(Number(high) - Number(low)).toBeLessThanOrEqual(2 * 10 ** -Math.max(0, Math.min(6, 6 - digits)) + 1e-9);
        expect(low).not.toContain('e');
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  test('a value that takes more is refused', () => {
    expect(() => edfNumber(-12_345_678, 'down')).toThrow('cannot say -12345678');
  });
});

describe('edfScale', () => {
  test('no value between the extremes is clipped or off by more than half a quantum', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(16 as const, 24 as const),
        (min, range, at, bits) => {
          const max = min + range;
          const value = Math.min(max, min + at * range);
          const { physicalMin, digitalMin, digitalMax, quantum } = edfScale(min, max, Number.POSITIVE_INFINITY, bits);
          const n = Math.round((value - Number(physicalMin)) / quantum) + digitalMin;
          expect(n).toBeGreaterThanOrEqual(digitalMin);
          expect(n).toBeLessThanOrEqual(digitalMax);
          expect(Math.abs(Number(physicalMin) + (n - digitalMin) * quantum - value)).toBeLessThanOrEqual(quantum * 0.5001 + 1e-11);
        },
      ),
      { numRuns: 2000, seed: 6 },
    );
  });

  test('a converter at full scale is written in its own steps', () => {
    const step = 187_500 / (2 ** 23 - 1);
    expect(edfScale(-(2 ** 23) * step, (2 ** 23 - 1) * step, step, 24)).toMatchObject({
      physicalMin: '-187500',
      physicalMax: '187500',
      digitalMin: 1 - 2 ** 23,
    });
    expect(edfScale(-1000 * step, 2000 * step, step, 24).quantum).toBeLessThan(step / 2);
  });
});
