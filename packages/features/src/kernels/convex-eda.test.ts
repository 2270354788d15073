import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlation, edaRecording, edaReference, furthest } from '../../test/eda-signals.ts';
import { syntheticEda } from '../../test/synthetic-eda.ts';
import { factorBordered } from './bordered-band.ts';
import { convexEda } from './convex-eda.ts';

describe('the convex decomposition', () => {
  test.each(edaReference.convex.map((golden) => [`${golden.input.name} from ${golden.input.start}`, golden] as const))(
    'is that of cvxEDA (%s)',
    (_, { input, tonic, phasic, cost }) => {
      const got = convexEda(edaRecording(input.name, input.start, input.stop, input.step), { sfreq: input.sfreq });
      expect(correlation(got.tonic, tonic)).toBeGreaterThan(0.99999);
      expect(correlation(got.phasic, phasic)).toBeGreaterThan(0.99999);
      expect(furthest(got.tonic, tonic)).toBeLessThan(1e-3);
      expect(Math.abs(got.cost / cost - 1)).toBeLessThan(1e-4);
      // cvxEDA stops at the same relative gap, so neither may be far below the other
      expect(got.iterations).toBeLessThan(30);
    },
  );

  test('has a driver that is nowhere negative, and parts that add up but for the noise', () => {
    const { y, noise } = syntheticEda({ sfreq: 4, lengthSec: 200, seed: 7, snrDb: 30 });
    const { tonic, phasic, driver } = convexEda(y, { sfreq: 4 });
    expect(Math.min(...driver)).toBeGreaterThan(-1e-6);
    const residual = y.map((value, i) => value - tonic[i] - phasic[i]);
    expect(Math.sqrt(residual.reduce((sum, value) => sum + value * value, 0) / y.length)).toBeLessThan(2 * noise);
  });

  test('finds the times of bursts within half a second at 30 dB', () => {
    for (const seed of [1, 2, 3]) {
      const { y, onsets } = syntheticEda({ sfreq: 4, lengthSec: 200, seed, snrDb: 30 });
      const { driver } = convexEda(y, { sfreq: 4, tauFast: 0.75 });
      for (const onset of onsets) {
        const from = Math.round((onset - 2) * 4);
        const around = driver.subarray(from, from + 17);
        const strongest = around.indexOf(Math.max(...around));
        expect(Math.abs((from + strongest) / 4 - onset)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  test('scales with its input when the penalty does', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), (factor) => {
        const y = edaRecording('wrist', 0, 240);
        const once = convexEda(y, { sfreq: 4 });
        const scaled = convexEda(
          y.map((value) => factor * value),
          { sfreq: 4, sparsity: 8e-4 * factor },
        );
        expect(
          furthest(
            scaled.phasic,
            once.phasic.map((value) => factor * value),
          ),
        ).toBeLessThan(2e-3 * factor);
      }),
      { seed: 5, numRuns: 10 },
    );
  });

  test('of a constant is the constant', () => {
    const { tonic, phasic } = convexEda(new Float64Array(100).fill(2.5), { sfreq: 4 });
    expect(furthest(tonic, new Float64Array(100).fill(2.5))).toBeLessThan(1e-4);
    expect(furthest(phasic, new Float64Array(100))).toBeLessThan(1e-4);
  });

  test('refuses what it cannot split', () => {
    expect(() => convexEda(Float64Array.of(1, 2), { sfreq: 4 })).toThrow('at least 3 samples');
    expect(() => convexEda(Float64Array.of(1, Number.NaN, 2, 3), { sfreq: 4 })).toThrow('all finite');
    expect(() => convexEda(new Float64Array(9), { sfreq: 4, tauFast: 3 })).toThrow('0 < tauFast < tauSlow');
  });
});

describe('the bordered banded solver', () => {
  test('solves what the dense product says', () => {
    const [n, m] = [12, 3];
    const random = syntheticEda({ sfreq: 4, lengthSec: 40, seed: 3, snrDb: 0 }).phasic;
    const at = (i: number) => Math.sin(31 * i + random[i % random.length]);
    const d0 = Float64Array.from({ length: n }, (_, i) => 6 + at(i));
    const d1 = Float64Array.from({ length: n }, (_, i) => (i > 0 ? at(i + 50) : 0));
    const d2 = Float64Array.from({ length: n }, (_, i) => (i > 1 ? at(i + 90) : 0));
    const border = [0, 3, 7].map((start) => ({ start, values: Float64Array.from({ length: 4 }, (_, i) => 0.5 * at(start + i)) }));
    const dense = Float64Array.from({ length: m * m }, (_, i) => (i % (m + 1) === 0 ? 5 : 0.3));
    const [x, u] = [Float64Array.from({ length: n }, (_, i) => at(i + 7)), Float64Array.of(1, -2, 0.5)];
    const f = new Float64Array(n);
    const g = new Float64Array(m);
    for (let i = 0; i < n; i++) {
      f[i] += d0[i] * x[i];
      for (const [lag, band] of [d1, d2].entries()) {
        const k = i - lag - 1;
        if (k < 0) continue;
        f[i] += band[i] * x[k];
        f[k] += band[i] * x[i];
      }
    }
    for (const [j, { start, values }] of border.entries()) {
      for (const [i, value] of values.entries()) {
        f[start + i] += value * u[j];
        g[j] += value * x[start + i];
      }
      for (let k = 0; k < m; k++) g[j] += dense[j * m + k] * u[k];
    }
    factorBordered({ d0, d1, d2 }, border, dense).solve(f, g);
    expect(furthest(f, x)).toBeLessThan(1e-12);
    expect(furthest(g, u)).toBeLessThan(1e-12);
  });
});
