import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlation, edaRecording, furthest } from '../../test/eda-signals.ts';
import { syntheticEda } from '../../test/synthetic-eda.ts';
import { sudomotorStep, sudomotorTimes } from './sudomotor.ts';
import {
  kalmanBurst,
  kalmanInnovation,
  kalmanPhasic,
  kalmanTonic,
  type SudomotorKalmanOptions,
  sudomotorKalman,
  sudomotorKalmanDefaults,
} from './sudomotor-kalman.ts';

const run = (y: Float64Array, options: Partial<SudomotorKalmanOptions> = {}, valid: (i: number) => boolean = () => true) => {
  const filter = sudomotorKalman({ sfreq: 4, ...options });
  const out = { tonic: new Float64Array(y.length), phasic: new Float64Array(y.length), burst: new Float64Array(y.length), used: 0 };
  for (let i = 0; i < y.length; i++) {
    if (filter.step(y[i], valid(i))) out.used++;
    out.tonic[i] = filter.output[kalmanTonic];
    out.phasic[i] = filter.output[kalmanPhasic];
    out.burst[i] = filter.output[kalmanBurst];
  }
  return out;
};
const rms = (x: Float64Array) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);

describe('the causal split', () => {
  test('adds up to the input within a hundredth of a microsiemens on a real wrist', () => {
    const y = edaRecording('wrist');
    const { tonic, phasic } = run(y, { gate: Number.POSITIVE_INFINITY });
    expect(rms(y.map((value, i) => value - tonic[i] - phasic[i]))).toBeLessThan(0.003);
    expect(
      furthest(
        tonic.map((value, i) => value + phasic[i]),
        y,
      ),
    ).toBeLessThan(0.02);
  });

  test('follows the responses of another shape than its own, and the level under them', () => {
    for (const seed of [1, 2, 3]) {
      const { y, tonic, phasic } = syntheticEda({ sfreq: 4, lengthSec: 300, seed, snrDb: 30 });
      const got = run(y);
      expect(correlation(got.phasic.subarray(120), phasic.subarray(120))).toBeGreaterThan(0.93);
      expect(rms(got.tonic.map((value, i) => value - tonic[i]).subarray(120))).toBeLessThan(0.08);
    }
  });

  test('feels a burst within half a second of its time at 30 dB', () => {
    for (const seed of [1, 2, 3]) {
      const { y, onsets } = syntheticEda({ sfreq: 4, lengthSec: 200, seed, snrDb: 30 });
      const { burst } = run(y);
      for (const onset of onsets) {
        const from = Math.round((onset - 1) * 4);
        const around = burst.subarray(from, from + 17);
        const half = Math.max(...around) / 2;
        const rise = (from + around.findIndex((value) => value >= half)) / 4;
        expect(Math.abs(rise - onset)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  test('gives back the states that made the signal', () => {
    const { transition: a, input: b } = sudomotorStep(sudomotorTimes, 0.25);
    const { mix } = sudomotorKalmanDefaults;
    let x = [0.65 / 120, 2.773 / 120, 1].map((value) => 5 * value);
    const phasic = new Float64Array(400);
    const y = Float64Array.from({ length: 400 }, (_, k) => {
      const drive = x[2] / 120 + (k % 80 >= 40 && k % 80 < 43 ? 1 : 0);
      x = [a[0] * x[0] + b[0] * drive, a[3] * x[0] + a[4] * x[1] + b[1] * drive, a[6] * x[0] + a[8] * x[2] + b[2] * drive];
      phasic[k] = (1 - mix) * (x[1] - (2.773 / 120) * x[2]);
      return (1 - mix) * x[1] + mix * x[2];
    });
    expect(correlation(run(y).phasic, phasic)).toBeGreaterThan(0.97);
  });

  test('scales with its input', () => {
    const y = edaRecording('wrist', 0, 400);
    const once = run(y, { gate: Number.POSITIVE_INFINITY });
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (factor) => {
        const scaled = run(
          y.map((value) => factor * value),
          { gate: Number.POSITIVE_INFINITY },
        );
        expect(
          furthest(
            scaled.phasic.map((value) => value / factor),
            once.phasic,
          ),
        ).toBeLessThan(1e-10);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test('of a level at rest is that level, without a burst', () => {
    const { tonic, phasic, burst } = run(new Float64Array(2000).fill(4));
    expect(furthest(tonic, new Float64Array(2000).fill(4))).toBeLessThan(1e-9);
    expect(furthest(phasic, new Float64Array(2000))).toBeLessThan(1e-9);
    expect(furthest(burst, new Float64Array(2000))).toBeLessThan(1e-9);
  });

  test('never drives the nerve below rest', () => {
    expect(Math.min(...run(edaRecording('wrist')).burst)).toBe(0);
  });

  test('hardly depends on the rate it is run at', () => {
    const slow = syntheticEda({ sfreq: 4, lengthSec: 120, seed: 4, snrDb: 80 });
    const fast = syntheticEda({ sfreq: 32, lengthSec: 120, seed: 4, snrDb: 80 });
    const [a, b] = [run(slow.y), run(fast.y, { sfreq: 32 })];
    const every8 = b.phasic.filter((_, i) => i % 8 === 0);
    expect(correlation(a.phasic.subarray(40), every8.subarray(40))).toBeGreaterThan(0.995);
  });
});

describe('a sample that cannot be trusted', () => {
  test('is coasted through: the level stays, the response dies away', () => {
    const { y } = syntheticEda({ sfreq: 4, lengthSec: 120, seed: 5, snrDb: 40 });
    const spoilt = y.map((value, i) => (i >= 200 && i < 240 ? Number.NaN : value));
    const [clean, coasted] = [run(y), run(spoilt)];
    expect(coasted.used).toBe(y.length - 40);
    for (let i = 200; i < 240; i++) expect(Math.abs(coasted.tonic[i] - coasted.tonic[199])).toBeLessThan(0.2);
    expect(Math.abs(coasted.phasic[239])).toBeLessThan(0.05);
    expect(Math.abs(coasted.tonic[300] + coasted.phasic[300] - clean.tonic[300] - clean.phasic[300])).toBeLessThan(0.01);
  });

  test('in the middle of a burst lets the burst die within seconds, so that nothing runs away', () => {
    const filter = sudomotorKalman({ sfreq: 4 });
    for (let i = 0; i < 100; i++) filter.step(2 + (i > 95 ? 0.1 * (i - 95) : 0));
    const burst = filter.output[kalmanBurst];
    expect(burst).toBeGreaterThan(0.3);
    for (let i = 0; i < 12; i++) filter.step(Number.NaN);
    expect(filter.output[kalmanBurst]).toBeLessThan(0.05 * burst);
  });

  test('is one marked invalid, whatever its value', () => {
    const y = edaRecording('wrist', 0, 200);
    const spike = y.map((value, i) => (i === 100 ? 50 : value));
    const marked = run(spike, {}, (i) => i !== 100);
    expect(furthest(marked.tonic, run(y, {}, (i) => i !== 100).tonic)).toBe(0);
  });

  test('is one beyond the gate; a lasting jump is a new start after 5 s', () => {
    const jump = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 2 : 9));
    const { tonic, used } = run(jump);
    expect(tonic[100]).toBeCloseTo(2, 6);
    expect(used).toBeGreaterThan(170);
    expect(used).toBeLessThan(200);
    expect(tonic[199]).toBeGreaterThan(8);
  });

  test('before the first good one gives nothing', () => {
    const filter = sudomotorKalman({ sfreq: 4 });
    expect(filter.step(Number.NaN)).toBe(false);
    expect(filter.step(3, false)).toBe(false);
    expect([...filter.output]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(filter.step(3)).toBe(true);
    expect(filter.output[kalmanTonic]).toBeCloseTo(3, 12);
    expect(filter.output[kalmanInnovation]).toBe(0);
  });
});
