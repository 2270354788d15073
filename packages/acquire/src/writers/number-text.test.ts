import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestNumber, putMicroseconds, putNumber } from './number-text.ts';

const bytes = new Uint8Array(longestNumber + 2);
const text = (put: typeof putNumber, value: number): string => {
  const end = put(value, bytes, 1);
  return Buffer.from(bytes.buffer, 1, end - 1).toString('latin1');
};
/** The values that differ, so that a failure says which. */
const unlike = (put: typeof putNumber, expected: (value: number) => string, values: Iterable<number>): number[] =>
  [...values].filter((value) => text(put, value) !== expected(value));

const float64 = new Float64Array(1);
const bits = new BigUint64Array(float64.buffer);
/** So many numbers below and above. */
const neighbours = (value: number, most: number): number[] =>
  Array.from({ length: 2 * most + 1 }, (_, i) => {
    float64[0] = value;
    bits[0] = bits[0]! + BigInt(i - most);
    return float64[0]!;
  });

describe('a number as text', () => {
  test('is what JavaScript writes: any double, single or decimal', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e16, max: 1e16 }), fc.integer({ min: 0, max: 9 }), (any, d) => {
        expect(unlike(putNumber, String, [any, Math.fround(any), Math.round(any), Number((any % 1e6).toFixed(d))])).toEqual([]);
      }),
      { numRuns: 5000, seed: 3 },
    );
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 23), max: 2 ** 23 }), fc.integer({ min: -60, max: 20 }), (m, e) => {
        expect(unlike(putNumber, String, [m * 2 ** e, m * 0.02235174445530706, (m / 3) * 2 ** e])).toEqual([]);
      }),
      { numRuns: 5000, seed: 4 },
    );
  });

  test('is what JavaScript writes beside every power of ten and of two, where digits and spacing change', () => {
    const edges = [
      ...Array.from({ length: 30 }, (_, i) => Number(`1e${i - 10}`)),
      ...Array.from({ length: 90 }, (_, i) => 2 ** (i - 30)),
      ...Array.from({ length: 500 }, (_, i) => (i + 1) / 1000),
    ];
    expect(
      unlike(
        putNumber,
        String,
        edges.flatMap((edge) => neighbours(edge, 12)),
      ),
    ).toEqual([]);
  });

  test('none for what is no number, 0 for both zeros, all digits of the least and the greatest', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => text(putNumber, value))).toEqual(['', '', '']);
    expect([0, -0, -1, 100, -0.5].map((value) => text(putNumber, value))).toEqual(['0', '0', '-1', '100', '-0.5']);
    expect(unlike(putNumber, String, [-Number.MAX_VALUE, Number.MIN_VALUE, -1.2345678901234567e-308])).toEqual([]);
  });
});

describe('a time as text', () => {
  const toFixed = (sec: number) => sec.toFixed(6);

  test('is what toFixed(6) writes: of samples, of any double, and between two microseconds', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0, max: 1e10 }), fc.nat(1e9), fc.integer({ min: 1, max: 1000 }), (any, n, rate) => {
        expect(unlike(putMicroseconds, toFixed, [any, any / 1e7, n / rate, (n + 0.5) / 1e6, n / 2e6])).toEqual([]);
      }),
      { numRuns: 5000, seed: 5 },
    );
    const edges = [9.9999995, 9999.9999995, 99_999_999.999_999_5, 1e8].flatMap((edge) => neighbours(edge, 12));
    expect(unlike(putMicroseconds, toFixed, [0, -0, 1, -1.25, -1e-9, 1e20, ...edges])).toEqual([]);
  });
});
