import { random } from '@affect-edge/acquire';
import { sudomotorPeakHeight, sudomotorTimes } from '@affect-edge/features';
import { describe, expect, test } from 'vitest';
import { tonicShare } from './sudomotor.ts';
import { findBursts, noiseOf, response, withoutSlow } from './sudomotor-bursts.ts';

const dt = 0.25;
const nTimes = 1200;
const noise = 0.01;
const { normal } = random(4, 'test noise');
const white = Float64Array.from({ length: nTimes }, () => noise * normal());
/** Responses 0.1 µS high and more that begin at these samples. */
const starts = [40, 90, 110, 300, 420, 800];
const height = (1 - tonicShare) * sudomotorPeakHeight(sudomotorTimes);
const driver = Float64Array.from({ length: nTimes }, (_, t) => (starts.includes(t) ? (0.1 + 0.00005 * t) / height / dt : 0));
const responses = response(driver, sudomotorTimes, dt);

describe('bursts', () => {
  test('are found where they are, and only there', () => {
    const target = withoutSlow(
      responses.map((value, t) => value + white[t]),
      dt,
    );
    const found = findBursts(target, sudomotorTimes, dt, 5 * noise);
    expect(found).toHaveLength(starts.length);
    for (const [i, start] of starts.entries()) expect(Math.abs(found[i] - start)).toBeLessThanOrEqual(2);
  });

  test('are not found in noise', () => {
    expect(findBursts(withoutSlow(white, dt), sudomotorTimes, dt, 5 * noise)).toEqual([]);
  });

  test('the noise is measured through responses and drift', () => {
    const drifting = responses.map((value, t) => value + white[t] + 2 + 0.5 * Math.sin(t / 200));
    expect(noiseOf(drifting) / noise).toBeGreaterThan(0.85);
    expect(noiseOf(drifting) / noise).toBeLessThan(1.15);
  });

  test('a slow part is removed, a response is kept', () => {
    const flat = withoutSlow(new Float64Array(nTimes).fill(3), dt);
    expect(Math.max(...flat.map(Math.abs))).toBeLessThan(1e-12);
    expect(Math.max(...withoutSlow(responses, dt)) / Math.max(...responses)).toBeGreaterThan(0.3);
  });
});
