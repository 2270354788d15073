import type * as tfjs from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type EdaPinnShape, edaPinn, edaPinnStart, lawRate, type PinnLaw, type ResidualForm, weakestDirection } from './eda-pinn.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openEngine } from './engines/tfjs.ts';
import { dualLayers } from './forward-mode.ts';
import { fit } from './train/fit.ts';
import { randomNormal, randomStream } from './train/random.ts';
import { cosine } from './train/schedule.ts';

let engine: TfjsEngine;
let tf: TfjsEngine['tf'];
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
  ({ tf } = engine);
});

const forms = ['R1', 'R2', 'R3'] as const;
const truth: PinnLaw = { decay: 3, sensitivity: [1.2, 1.8], scaling: 0.8 };
/** Self-reports of four conditions. */
const reports = [
  [0.2, 0.1],
  [0.9, 0.3],
  [0.4, 0.9],
  [0.8, 0.8],
];

/** The law integrated over each condition by small Runge–Kutta steps, seen `nTimes` times a condition. */
const simulate = (form: ResidualForm, law: PinnLaw, nTimes: number, start = (condition: number) => [0.9, 0.1, 0.2, 1.2][condition]) =>
  reports.flatMap((report, condition) => {
    let eda = start(condition);
    const h = 1 / (nTimes * 8);
    return Array.from({ length: nTimes }, (_, i) => {
      const sample = { eda, report, time: i / nTimes, condition };
      for (let k = 0; k < 8; k++) {
        const t = sample.time + k * h;
        const f = (y: number, at: number) => lawRate(form, law, y, report, at);
        const k1 = f(eda, t);
        const k2 = f(eda + (h / 2) * k1, t + h / 2);
        const k3 = f(eda + (h / 2) * k2, t + h / 2);
        const k4 = f(eda + h * k3, t + h);
        eda += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
      }
      return sample;
    });
  });
const rowsOf = (samples: ReturnType<typeof simulate>) => ({
  report: tf.tensor2d(samples.map(({ report }) => report)),
  time: tf.tensor2d(samples.map(({ time }) => [time])),
  eda: tf.tensor2d(samples.map(({ eda }) => [eda])),
  emotion: tf.tensor2d(samples.map(({ condition }) => [condition < 2 ? 1 : 0, condition < 2 ? 0 : 1])),
});
const shapeOf = (form: ResidualForm, width: number): EdaPinnShape => ({ form, nReport: 2, nClasses: 2, width, depth: 2 });
const arraysOf = (shape: EdaPinnShape, seed = 5) =>
  new Map([...edaPinnStart(shape, seed)].map(([name, { shape: size, data }]) => [name, tf.variable(tf.tensor(data, size))]));

describe('forward-mode rates', () => {
  test('are the time derivative of the network', () => {
    const shape = shapeOf('R1', 8);
    const arrays = arraysOf(shape);
    const { forward } = edaPinn(engine, shape);
    const { report, time } = rowsOf(simulate('R1', truth, 5));
    const { rate } = forward(arrays, report, time).eda;
    const h = 1e-2;
    const at = (by: number) => forward(arrays, report, tf.add(time, by) as tfjs.Tensor2D).eda.value;
    const wanted = tf.div(tf.sub(tf.mul(8, tf.sub(at(h), at(-h))), tf.sub(at(2 * h), at(-2 * h))), 12 * h);
    expect(tf.max(tf.abs(tf.sub(rate, wanted))).dataSync()[0]).toBeLessThan(1e-4);
  });

  test('give slopes for the weights where nested gradients of tanh fail', () => {
    const { linear, tanh, withTime } = dualLayers(engine);
    const time = tf.tensor2d([[0.3], [0.9]]);
    const w = tf.tensor2d([[0.7, -1.1]]);
    const none = tf.zeros([2, 0]) as tfjs.Tensor2D;
    const meanSquaredRate = (weights: tfjs.Tensor) =>
      tf.mean(tf.square(tanh(linear(withTime(none, time), weights as tfjs.Tensor2D, tf.zeros([2]))).rate)) as tfjs.Scalar;
    const slope = tf.grad(meanSquaredRate)(w).dataSync();
    // d/dw of mean over rows and units of (w (1 − tanh² wt))², by hand.
    for (const [unit, weight] of [0.7, -1.1].entries()) {
      const wanted = [0.3, 0.9].reduce((sum, t) => {
        const y = Math.tanh(weight * t);
        const rate = weight * (1 - y * y);
        return sum + (2 * rate * (1 - y * y) * (1 - 2 * weight * t * y)) / 4;
      }, 0);
      expect(slope[unit]).toBeCloseTo(wanted, 5);
    }
  });
});

describe.each(forms)('the reconstructed soft residual %s', (form) => {
  test('vanishes for the solution of its own equation and not for another', () => {
    const samples = simulate(form, truth, 12);
    const shape = shapeOf(form, 4);
    const { residual } = edaPinn(engine, shape);
    const { report, time, eda } = rowsOf(samples);
    const rate = tf.tensor2d(samples.map((sample) => [lawRate(form, truth, sample.eda, sample.report, sample.time)]));
    const size = (law: PinnLaw) => {
      const arrays = new Map<string, tfjs.Tensor>([
        ['law.decay', tf.tensor1d([law.decay])],
        ['law.sensitivity', tf.tensor1d([...law.sensitivity])],
        ['law.scaling', tf.tensor1d([law.scaling])],
      ]);
      return tf.max(tf.abs(residual(arrays, { value: eda, rate }, report, time))).dataSync()[0];
    };
    expect(size(truth)).toBeLessThan(1e-5);
    expect(size({ ...truth, decay: 2 })).toBeGreaterThan(0.1);
    expect(size({ ...truth, scaling: 0.3 })).toBeGreaterThan(0.1);
  });

  test('slopes of the loss for every weight and parameter agree with central differences', () => {
    const shape = shapeOf(form, 5);
    const arrays = arraysOf(shape);
    const rows = rowsOf(simulate(form, truth, 8));
    const { loss } = edaPinn(engine, shape);
    const variables = [...arrays.values()];
    const { grads } = tf.variableGrads(() => loss(arrays, rows), variables);
    for (const variable of variables) {
      const at = variable.dataSync().slice();
      const slope = grads[variable.name].dataSync();
      const norm = Math.hypot(...slope);
      const step = 1e-2;
      const moved = (by: number) => {
        const values = at.map((value, i) => value + (by * slope[i]) / norm);
        variable.assign(tf.tensor(values, variable.shape));
        return loss(arrays, rows).dataSync()[0];
      };
      const got = (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
      variable.assign(tf.tensor(at, variable.shape));
      expect(Math.abs(got - norm)).toBeLessThan(1e-3 * norm + 1e-4);
    }
  });
});

describe('what the published parameters can mean', () => {
  test('R1 finds the decay rate of a simulated system within a tenth', async () => {
    const shape = shapeOf('R1', 12);
    const random = randomStream(3, 3);
    const samples = simulate('R1', truth, 16).map((sample) => ({ ...sample, eda: sample.eda + 0.003 * randomNormal(random) }));
    const rows = rowsOf(samples);
    const arrays = arraysOf(shape);
    const { loss } = edaPinn(engine, shape);
    const variables = [...arrays.values()];
    await fit(
      engine,
      {
        variables,
        rates: [...arrays.keys()].map((name) => (name.startsWith('law') ? 3 : 1)),
        nExamples: 1,
        loss: () => loss(arrays, rows, { eda: 100, emotion: 1, law: 1 }),
      },
      { passes: 900, batchSize: 1, learningRate: 2e-2, seed: 1, clipNorm: 10, schedule: cosine({ floor: 0.01 }) },
    );
    const decay = arrays.get('law.decay')!.dataSync()[0];
    expect(Math.abs(decay / truth.decay - 1)).toBeLessThan(0.1);
  });

  test('R1 and R3 determine all parameters while conductance moves and conditions differ', () => {
    for (const form of ['R1', 'R3'] as const)
      expect(weakestDirection(form, truth, simulate(form, truth, 24)).eigenvalue).toBeGreaterThan(1e-4);
  });

  test('R2 cannot tell its time scale: decay and sensitivity up by a factor, scale down by it, leave every residual as it was', () => {
    const samples = simulate('R2', truth, 24);
    const { eigenvalue, direction } = weakestDirection('R2', truth, samples);
    expect(eigenvalue).toBeLessThan(1e-9);
    const [decay, first, second, scaling] = direction.map((value) => value / direction[0]);
    for (const [got, wanted] of [
      [decay, 1],
      [first, 1],
      [second, 1],
      [scaling, -1],
    ])
      expect(got).toBeCloseTo(wanted, 3);
    const scaled = { decay: 5 * truth.decay, sensitivity: truth.sensitivity.map((value) => 5 * value), scaling: truth.scaling / 5 };
    for (const { eda, report, time } of samples) {
      expect(lawRate('R2', scaled, eda, report, time)).toBeCloseTo(lawRate('R2', truth, eda, report, time), 10);
    }
  });

  test('R1 cannot tell decay from sensitivity in one settled condition', () => {
    const law = { ...truth, scaling: 1e-9 };
    const level = (1.2 * 0.9 + 1.8 * 0.3) / 3;
    const settled = Array.from({ length: 24 }, (_, i) => ({ eda: level, report: reports[1], time: i / 24 }));
    expect(weakestDirection('R1', { ...law, scaling: 0.8 }, settled).eigenvalue).toBeLessThan(1e-9);
  });
});
