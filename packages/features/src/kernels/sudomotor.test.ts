import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sudomotorPeakHeight, sudomotorPeakSec, sudomotorStep, sudomotorTimes } from './sudomotor.ts';

const anyTimes = fc
  .record({
    tauRise: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
    overRise: fc.double({ min: 0, max: 4, noNaN: true }),
    overPhasic: fc.double({ min: 0, max: 200, noNaN: true }),
  })
  .map(({ tauRise, overRise, overPhasic }) => {
    const tauPhasic = 2 * tauRise + overRise;
    return { tauRise, tauPhasic, tauTonic: 15 * tauPhasic + overPhasic };
  });
const anyStep = fc.double({ min: 0.001, max: 2, noNaN: true });

const product = (a: Float64Array, b: Float64Array): number[] =>
  Array.from({ length: 9 }, (_, i) => [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k] * b[3 * k + (i % 3)], 0));

describe('the exact step of the sudomotor system', () => {
  test('has the published check values at 4 Hz', () => {
    const { transition, input } = sudomotorStep(sudomotorTimes, 0.25);
    const wanted = [0.68071, 0, 0, 0.30444, 0.91379, 0, 0.31893, 0, 0.99792];
    for (const [i, value] of wanted.entries()) expect(Math.abs(transition[i] - value)).toBeLessThan(1e-5);
    for (const [i, value] of [0.20754, 0.04118, 0.04243].entries()) expect(Math.abs(input[i] - value)).toBeLessThan(1e-5);
  });

  test('two steps make one of twice the length', () => {
    fc.assert(
      fc.property(anyTimes, anyStep, (times, dt) => {
        const { transition: once } = sudomotorStep(times, dt);
        const { transition: twice } = sudomotorStep(times, 2 * dt);
        for (const [i, value] of product(once, once).entries()) expect(value).toBeCloseTo(twice[i], 12);
      }),
      { seed: 1 },
    );
  });

  test('a constant driver settles at the time constants', () => {
    fc.assert(
      fc.property(anyTimes, anyStep, (times, dt) => {
        const { transition: a, input: b } = sudomotorStep(times, dt);
        const [x1, x2, x3] = [times.tauRise, times.tauPhasic, times.tauTonic];
        expect(a[0] * x1 + b[0]).toBeCloseTo(x1, 10);
        expect(a[3] * x1 + a[4] * x2 + b[1]).toBeCloseTo(x2, 10);
        expect(a[6] * x1 + a[8] * x3 + b[2]).toBeCloseTo(x3, 9);
      }),
      { seed: 2 },
    );
  });

  test('never makes sweat negative and never grows by itself', () => {
    fc.assert(
      fc.property(anyTimes, anyStep, (times, dt) => {
        const { transition, input } = sudomotorStep(times, dt);
        expect(Math.min(...transition, ...input)).toBeGreaterThanOrEqual(0);
        expect(Math.max(transition[0], transition[4], transition[8])).toBeLessThan(1);
      }),
      { seed: 3 },
    );
  });

  test('equal time constants are the limit of nearly equal ones', () => {
    const equal = sudomotorStep({ tauRise: 1, tauPhasic: 1, tauTonic: 1 }, 0.5);
    const nearly = sudomotorStep({ tauRise: 1, tauPhasic: 1 + 1e-7, tauTonic: 1 - 1e-7 }, 0.5);
    expect(equal.transition[3]).toBeCloseTo(0.5 * Math.exp(-0.5), 12);
    for (const [i, value] of equal.transition.entries()) expect(nearly.transition[i]).toBeCloseTo(value, 6);
    for (const [i, value] of equal.input.entries()) expect(nearly.input[i]).toBeCloseTo(value, 6);
  });

  test('a time constant that is no positive number is refused by name', () => {
    expect(() => sudomotorStep({ ...sudomotorTimes, tauTonic: 0 }, 0.25)).toThrow('tauTonic must be a positive number of seconds, got 0.');
    expect(() => sudomotorStep(sudomotorTimes, Number.NaN)).toThrow('dt must be');
  });
});

describe('the response to one impulse', () => {
  test('peaks after 1.23 s at the prior means', () => {
    expect(sudomotorPeakSec(sudomotorTimes)).toBeCloseTo(1.23, 2);
  });

  test('is nowhere higher than the stated peak, and reaches it', () => {
    fc.assert(
      fc.property(anyTimes, (times) => {
        const peak = sudomotorPeakHeight(times);
        const at = (sec: number) => sudomotorStep(times, sec).transition[3];
        expect(at(sudomotorPeakSec(times))).toBeCloseTo(peak, 12);
        for (let sec = 0.1; sec < 20; sec += 0.1) expect(at(sec)).toBeLessThanOrEqual(peak + 1e-12);
      }),
      { seed: 4, numRuns: 30 },
    );
  });
});
