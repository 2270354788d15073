import { readFileSync } from 'node:fs';
import { type SudomotorTimes, sudomotorStep, sudomotorTimes } from '@affect-edge/features';
import type * as tfjs from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from './engines/tfjs.ts';
import {
  conductance,
  rawTaus,
  stepWithSlopes,
  sudomotorAhead,
  sudomotorScan,
  tauArray,
  tauPrior,
  tausOf,
  timesFromRaw,
} from './sudomotor.ts';

interface GoldenRow {
  readonly taus: [number, number, number];
  readonly initial: number[];
  readonly driver: number[];
  readonly states: number[][];
  readonly 'aheadWithDriver0.02': Record<string, number[]>;
}
const golden = JSON.parse(readFileSync(new URL('../test/golden/sudomotor-layer.json', import.meta.url), 'utf8')) as {
  readonly dt: number;
  readonly rows: GoldenRow[];
};
const { dt, rows } = golden;

let tf: typeof tfjs;
beforeAll(async () => {
  ({ tf } = await openEngine('tfjs-wasm'));
});

const farthest = (got: ArrayLike<number>, wanted: readonly number[]): number =>
  wanted.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (got[i] as number))), 0);

const anyRaw = fc.tuple(...([0, 1, 2] as const).map(() => fc.double({ min: -6, max: 60, noNaN: true }))) as fc.Arbitrary<
  [number, number, number]
>;

/** The recurrence in double precision, written without the layer: the loss whose slopes the layer must give. */
const weighedStates = (u: number[], x0: number[], taus: number[], weights: number[]): number => {
  const [tauRise, tauPhasic, tauTonic] = taus as [number, number, number];
  const { transition: a, input: b } = sudomotorStep({ tauRise, tauPhasic, tauTonic }, dt);
  let x = [...x0];
  let sum = 0;
  for (const [t, drive] of u.entries()) {
    for (let i = 0; i < 3; i += 1) sum += weights[t * 3 + i] * x[i] + 0.5 * x[i] ** 2;
    x = [0, 1, 2].map((i) => a[3 * i] * x[0] + a[3 * i + 1] * x[1] + a[3 * i + 2] * x[2] + b[i] * drive);
  }
  return sum;
};

const centralDifference = (f: (values: number[]) => number, at: number[], i: number): number => {
  const step = 1e-5 * Math.max(1, Math.abs(at[i]));
  const moved = (by: number) => f(at.map((value, k) => (k === i ? value + by : value)));
  return (moved(step) - moved(-step)) / (2 * step);
};

describe('the sudomotor layer', () => {
  test('gives the states of the reference for three people at once, each with its own time constants', () => {
    const states = sudomotorScan(
      tf,
      tf.tensor2d(rows.map(({ driver }) => driver)),
      tf.tensor2d(rows.map(({ initial }) => initial)),
      tf.tensor2d(rows.map(({ taus }) => taus)),
      dt,
    );
    expect(states.shape).toEqual([3, 96, 3]);
    expect(
      farthest(
        states.dataSync(),
        rows.flatMap((row) => row.states.flat()),
      ),
    ).toBeLessThan(1e-5);
  });

  test('looks ahead in one step as far as asked', () => {
    for (const row of rows) {
      for (const [seconds, wanted] of Object.entries(row['aheadWithDriver0.02'])) {
        const state = tf.tensor2d([row.states[95]]);
        const got = sudomotorAhead(tf, state, tf.tensor1d([0.02]), tf.tensor2d([row.taus]), Number(seconds));
        expect(farthest(got.dataSync(), wanted)).toBeLessThan(1e-5);
      }
    }
  });

  test('slopes of driver, initial state and time constants agree with central differences', () => {
    const weights = Array.from({ length: 3 * 96 * 3 }, (_, i) => Math.sin(1.7 * i));
    const loss = (u: tfjs.Tensor, x0: tfjs.Tensor, taus: tfjs.Tensor): tfjs.Scalar => {
      const states = sudomotorScan(tf, u as tfjs.Tensor2D, x0 as tfjs.Tensor2D, taus as tfjs.Tensor2D, dt);
      return tf.sum(tf.add(tf.mul(states, tf.tensor3d(weights, [3, 96, 3])), tf.mul(tf.square(states), 0.5)));
    };
    const [du, dx, dtau] = tf.grads(loss as (...args: tfjs.Tensor[]) => tfjs.Scalar)([
      tf.tensor2d(rows.map(({ driver }) => driver)),
      tf.tensor2d(rows.map(({ initial }) => initial)),
      tf.tensor2d(rows.map(({ taus }) => taus)),
    ]);
    const slopes = [du, dx, dtau].map((tensor) => tensor.arraySync() as number[][]);
    for (const [r, { driver, initial, taus }] of rows.entries()) {
      const own = weights.slice(r * 288, (r + 1) * 288);
      const cases = [
        { at: driver, f: (values: number[]) => weighedStates(values, initial, taus, own), slope: slopes[0][r] },
        { at: initial, f: (values: number[]) => weighedStates(driver, values, taus, own), slope: slopes[1][r] },
        { at: [...taus], f: (values: number[]) => weighedStates(driver, initial, values, own), slope: slopes[2][r] },
      ];
      for (const { at, f, slope } of cases) {
        const scale = Math.max(...slope.map(Math.abs));
        for (const i of at.keys()) expect(Math.abs(slope[i] - centralDifference(f, at, i))).toBeLessThan(1e-3 * scale);
      }
    }
  });

  test('time constants shared by all rows get the sum of the rows’ slopes', () => {
    const u = tf.tensor2d(rows.map(({ driver }) => driver));
    const x0 = tf.tensor2d(rows.map(({ initial }) => initial));
    const shared = tf.tensor2d([rows[0].taus]);
    const slope = (taus: tfjs.Tensor2D) => tf.grad((t) => tf.sum(tf.square(sudomotorScan(tf, u, x0, t as tfjs.Tensor2D, dt))))(taus);
    const apart = slope(tf.tile(shared, [3, 1]) as tfjs.Tensor2D).arraySync() as number[][];
    const together = slope(shared).dataSync();
    for (const i of [0, 1, 2]) expect(together[i] / (apart[0][i] + apart[1][i] + apart[2][i])).toBeCloseTo(1, 4);
  });

  test('the closed form of a step and of its slopes is the kernel’s, at any time constants', () => {
    fc.assert(
      fc.property(anyRaw, fc.constantFrom(0.25, 1, 5, 30), (raw, seconds) => {
        const times = timesFromRaw(raw);
        const { value, slopes } = stepWithSlopes(times, seconds);
        const { transition: a, input: b } = sudomotorStep(times, seconds);
        expect([...value]).toEqual([a[0], a[3], a[4], a[6], a[8], ...b]);
        for (const [i, slope] of slopes.entries()) {
          for (let e = 0; e < 8; e += 1) {
            const entry = (taus: number[]) => stepWithSlopes({ tauRise: taus[0], tauPhasic: taus[1], tauTonic: taus[2] }, seconds).value[e];
            const wanted = centralDifference(entry, tauArray(times), i);
            expect(Math.abs(slope[e] - wanted)).toBeLessThan(1e-3 * Math.max(Math.abs(wanted), 1e-4));
          }
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('two steps are one of twice the length', () => {
    const taus = tf.tensor2d([rows[2].taus]);
    const start = tf.tensor2d([rows[2].initial]);
    const held = tf.tensor1d([0.3]);
    const once = sudomotorAhead(tf, start, held, taus, 10);
    const twice = sudomotorAhead(tf, sudomotorAhead(tf, start, held, taus, 5), held, taus, 5);
    expect(farthest(twice.dataSync(), [...once.dataSync()])).toBeLessThan(1e-5);
  });

  test('a driver of one settles at the time constants, so the level is their weighted mean', () => {
    const taus = tf.tensor2d([tauArray(sudomotorTimes)]);
    const settled = sudomotorAhead(tf, tf.zeros([1, 3]), tf.tensor1d([1]), taus, 3000);
    expect(farthest(settled.dataSync(), tauArray(sudomotorTimes))).toBeLessThan(1e-3);
    expect(conductance(tf, settled).dataSync()[0]).toBeCloseTo(0.5 * 2.773 + 0.5 * 120, 3);
  });

  test('no driver and no time constants make a state negative or let it grow by itself', () => {
    fc.assert(
      fc.property(anyRaw, fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 20, maxLength: 20 }), (raw, driver) => {
        const taus = tf.tensor2d([tauArray(timesFromRaw(raw))]);
        const driven = sudomotorScan(tf, tf.tensor2d([driver]), tf.tensor2d([[0.1, 0.2, 0.3]]), taus, dt).dataSync();
        expect(Math.min(...driven)).toBeGreaterThanOrEqual(0);
        const left = sudomotorAhead(tf, tf.tensor2d([[1, 1, 1]]), tf.tensor1d([0]), taus, 1e5).dataSync();
        expect(Math.max(...left)).toBeLessThan(1e-3);
        const { value } = stepWithSlopes(timesFromRaw(raw), dt);
        expect(Math.max(value[0], value[2], value[4])).toBeLessThan(1);
      }),
      { seed: 7, numRuns: 100 },
    );
    tf.disposeVariables();
  });
});

describe('time constants', () => {
  const ordered = ({ tauRise, tauPhasic, tauTonic }: SudomotorTimes) =>
    tauRise >= 0.2 && tauPhasic >= 2 * tauRise && tauTonic >= 15 * tauPhasic;

  test('keep their order whatever the free numbers are', () => {
    fc.assert(
      fc.property(anyRaw, (raw) => {
        const times = timesFromRaw(raw);
        expect(ordered(times)).toBe(true);
        const inLayer = tausOf(tf, tf.tensor1d(raw)).dataSync();
        for (const [i, tau] of tauArray(times).entries()) expect(inLayer[i] / tau).toBeCloseTo(1, 5);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test('start from the paper’s prior means, where the prior costs nothing', () => {
    const raw = tf.tensor1d(rawTaus());
    expect(farthest(tausOf(tf, raw).dataSync(), tauArray(sudomotorTimes))).toBeLessThan(1e-4);
    expect(tauPrior(tf, tausOf(tf, raw)).dataSync()[0]).toBeLessThan(1e-8);
  });

  test('cost half a nat one prior standard deviation away', () => {
    const away = tauArray(sudomotorTimes).map((tau, i) => tau * Math.exp([0.3, 0.3, 0.6][i]));
    for (const i of [0, 1, 2]) {
      const taus = tauArray(sudomotorTimes).map((tau, k) => (k === i ? away[k] : tau));
      expect(tauPrior(tf, tf.tensor2d([taus])).dataSync()[0]).toBeCloseTo(0.5, 4);
    }
  });

  test('learn: the slope of the free numbers agrees with central differences', () => {
    const at = [0.3, -0.5, 4];
    const loss = (raw: number[]) => Math.log(tauArray(timesFromRaw(raw)).reduce((product, tau) => product * tau));
    const slope = tf
      .grad((raw) => tf.sum(tf.log(tausOf(tf, raw as tfjs.Tensor1D))))(tf.tensor1d(at))
      .dataSync();
    for (const i of [0, 1, 2]) expect(slope[i]).toBeCloseTo(centralDifference(loss, at, i), 4);
  });
});
