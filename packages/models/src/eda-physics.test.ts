import type * as tfjs from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { edaEncoder, encoderWeights, receptiveField } from './eda-encoder.ts';
import { type EdaPhysicsShape, edaPhysics, edaPhysicsDefaults, edaPhysicsStart, edaPhysicsWeights } from './eda-physics.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openEngine } from './engines/tfjs.ts';
import { type EdaExamples, edaTraining } from './train/eda-physics.ts';
import { randomNormal, randomStream } from './train/random.ts';

let engine: TfjsEngine;
let tf: TfjsEngine['tf'];
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
  ({ tf } = engine);
});

/** Small enough for central differences, with every part of the network in it. */
const small: EdaPhysicsShape = {
  encoder: { nInputs: 4, width: 6, kernel: 3, dilations: [1, 3] },
  nTimes: 80,
  headWidth: 5,
  dropout: 0,
  usesHistory: 1,
};

/** Windows of a wandering, bursting conductance; every window has another level. */
const examples = (nRows: number, nTimes: number, seed = 1): EdaExamples => {
  const random = randomStream(seed, 9);
  const course = new Float32Array(nRows * 4 * nTimes);
  for (let row = 0; row < nRows; row++) {
    let y = 0.5 + 3 * random();
    const at = row * 4 * nTimes;
    for (let t = 0; t < nTimes; t++) {
      y *= 1 + 0.004 * randomNormal(random) + (t % 30 === row ? 0.08 : -0.002);
      course[at + t] = Math.log1p(y / 0.05);
      course[at + nTimes + t] = t === 0 ? 0 : course[at + t] - course[at + t - 1];
      course[at + 2 * nTimes + t] = t === 7 ? 0 : 1;
      course[at + 3 * nTimes + t] = y;
    }
  }
  const last = (row: number) => course[(row + 1) * 4 * nTimes - 1];
  return {
    nRows,
    course,
    history: Float32Array.from({ length: 7 * nRows }, (_, i) => [3.5, 0.1, 3.6, 0.2, 3.7, 3, 4.5][i % 7]),
    person: Int32Array.from({ length: nRows }, (_, i) => i % 2),
    stress: Float32Array.from({ length: nRows }, (_, i) => i % 2),
    arousal: Float32Array.from({ length: nRows }, (_, i) => (i === 0 ? Number.NaN : (i % 3) / 3)),
    future: Float32Array.from({ length: 4 * nRows }, (_, i) =>
      i === 5 ? Number.NaN : last(Math.floor(i / 4)) * (1 + 0.02 * ((i % 4) - 1)),
    ),
  };
};

const parametersOf = (shape: EdaPhysicsShape, seed = 3) =>
  new Map([...edaPhysicsStart(shape, seed)].map(([name, { shape: size, data }]) => [name, tf.tensor(data, size)]));
const rowsOf = (given: EdaExamples, nTimes: number) => ({
  course: tf.tensor3d(given.course, [given.nRows, 4, nTimes]),
  history: tf.tensor2d(given.history!, [given.nRows, 7]),
});
const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('the encoder', () => {
  test('looks back 40 s and never ahead', () => {
    const shape = edaPhysicsDefaults.encoder;
    expect(receptiveField(shape)).toBe(161);
    const random = randomStream(1, 1);
    const weights = new Map(
      Object.entries(encoderWeights(shape)).map(([name, size]) => {
        const count = size.reduce((product, length) => product * length, 1);
        return [
          name,
          tf.tensor(
            Float32Array.from({ length: count }, () => Math.abs(randomNormal(random))),
            size,
          ),
        ];
      }),
    );
    const encode = edaEncoder(engine, shape);
    const nTimes = 240;
    const changed = 50;
    const flat = tf.zeros([1, nTimes, 4]) as tfjs.Tensor3D;
    const spike = tf.tensor3d(
      Float32Array.from({ length: nTimes * 4 }, (_, i) => (Math.floor(i / 4) === changed ? 1 : 0)),
      [1, nTimes, 4],
    );
    const effect = tf.sum(tf.abs(tf.sub(encode(weights, spike), encode(weights, flat))), [0, 2]).dataSync();
    const touched = Array.from(effect.keys()).filter((t) => effect[t] > 0);
    expect(touched[0]).toBe(changed);
    expect(touched.at(-1)).toBe(changed + 160);
    expect(touched).toHaveLength(161);
  });
});

describe('the EDA physics network', () => {
  test('is as small as a wearable allows', () => {
    const count = Object.values(edaPhysicsWeights(edaPhysicsDefaults)).reduce((sum, size) => sum + size.reduce((a, b) => a * b, 1), 0);
    expect(count).toBeLessThan(10_000);
  });

  test('gives every row what it gives that row alone', () => {
    const given = examples(5, small.nTimes);
    const network = edaPhysics(engine, small);
    const parameters = parametersOf(small);
    const together = network.forward(parameters, rowsOf(given, small.nTimes));
    for (const row of [0, 3]) {
      const { course, history } = rowsOf(given, small.nTimes);
      const alone = network.forward(parameters, {
        course: tf.slice(course, [row, 0, 0], [1, -1, -1]),
        history: tf.slice(history, [row, 0], [1, -1]),
      });
      for (const name of ['slow', 'bursts', 'states', 'reconstruction', 'forecasts', 'stressLogit', 'arousalLogit'] as const) {
        const [all, one] = [together[name].dataSync(), alone[name].dataSync()];
        const own = all.slice((row * all.length) / 5, ((row + 1) * all.length) / 5);
        expect(largest(own.map((value, i) => value - one[i]))).toBeLessThan(1e-5 * Math.max(1, largest(one)));
      }
    }
  });

  test('knows a window up to t only: later samples change neither driver nor states before them', () => {
    const given = examples(1, small.nTimes);
    const later = { ...given, course: given.course.slice() };
    // Mean, minimum and rest of the window stay: two late samples trade places.
    for (const channel of [0, 1, 2, 3]) {
      const at = channel * small.nTimes;
      [later.course[at + 70], later.course[at + 75]] = [given.course[at + 75], given.course[at + 70]];
    }
    const network = edaPhysics(engine, small);
    const parameters = parametersOf(small);
    parameters.set('driver.b', tf.tensor1d([0, 1]));
    const [a, b] = [given, later].map((rows) => network.forward(parameters, rowsOf(rows, small.nTimes)).states.dataSync());
    const difference = a.map((value, i) => Math.abs(value - b[i]));
    expect(largest(difference.slice(0, 70 * 3))).toBeLessThan(1e-5);
    expect(largest(difference.slice(70 * 3))).toBeGreaterThan(1e-5);
  });

  test('a constant driver keeps a constant level, and forecasts that level', () => {
    const nTimes = small.nTimes;
    const course = new Float32Array(4 * nTimes).map((_, i) =>
      i < nTimes ? Math.log1p(2 / 0.05) : i < 2 * nTimes ? 0 : i < 3 * nTimes ? 1 : 2,
    );
    const parameters = parametersOf(small);
    // Rest drive of one level, no sensitivity, no bursts.
    parameters.set('driver.rest', tf.tensor1d([Math.log(Math.expm1(1))]));
    parameters.set('driver.sensitivity', tf.tensor1d([-40]));
    parameters.set('driver.w', tf.zeros([6, 2]));
    parameters.set('driver.b', tf.tensor1d([0, -40]));
    const network = edaPhysics(engine, small);
    const out = network.forward(parameters, {
      course: tf.tensor3d(course, [1, 4, nTimes]),
      history: tf.tensor2d([[3, 0, 3, 0.1, 3, 3, 3]]),
    });
    expect(largest(out.reconstruction.dataSync().map((value) => value - 2))).toBeLessThan(1e-3);
    expect(largest(out.forecasts.dataSync().map((value) => value - 2))).toBeLessThan(1e-3);
  });

  test('twice the conductance is twice the reconstruction and the forecast, not another decomposition', () => {
    const given = examples(3, small.nTimes);
    const network = edaPhysics(engine, small);
    const parameters = parametersOf(small);
    const rows = rowsOf(given, small.nTimes);
    const doubled = tf.mul(rows.course, tf.tensor3d([1, 1, 1, 2], [1, 4, 1])) as tfjs.Tensor3D;
    const [once, twice] = [rows.course, doubled].map((course) => network.forward(parameters, { ...rows, course }));
    expect(largest(tf.sub(once.states, twice.states).dataSync())).toBeLessThan(1e-4);
    for (const name of ['reconstruction', 'forecasts'] as const) {
      expect(largest(tf.sub(tf.mul(once[name], 2), twice[name]).dataSync())).toBeLessThan(1e-3);
    }
  });
});

describe('the multi-task loss', () => {
  test('its slope for every weight agrees with central differences', () => {
    // Every rectifier stays on its side of the kink, half of them on either side, so that differences measure a slope.
    const start = edaPhysicsStart(small, 2);
    for (const [name, { data }] of start) {
      if (/encoder.*b$|head\.0\.b/.test(name)) for (const i of data.keys()) data[i] = i % 2 === 0 ? 8 : -8;
    }
    const training = edaTraining(engine, small, examples(6, small.nTimes), { seed: 2, personal: true, start });
    const batch = Int32Array.from([0, 1, 2, 3, 4, 5]);
    const pass = { step: 0, random: randomStream(1, 1) };
    const lossAt = () => tf.tidy(() => training.loss(batch, pass).dataSync()[0]);
    const { grads } = tf.variableGrads(() => training.loss(batch, pass), [...training.variables]);
    const random = randomStream(4, 4);
    for (const variable of training.variables) {
      const at = variable.dataSync().slice();
      const slope = grads[variable.name].dataSync() as Float32Array;
      // Along the slope itself and one random direction: in single precision a sum over all weights is measurable where one weight is not.
      const norm = Math.hypot(...slope);
      const directions = [slope.map((value) => value / norm), slope.map(() => randomNormal(random) / Math.sqrt(slope.length))];
      for (const [d, direction] of directions.entries()) {
        const expected = slope.reduce((sum, value, i) => sum + value * direction[i], 0);
        const step = 1e-2;
        const moved = (by: number) => {
          variable.assign(
            tf.tensor(
              at.map((value, i) => value + by * direction[i]),
              variable.shape,
            ),
          );
          return lossAt();
        };
        // Fourth order, so that the step can be large against rounding.
        const got = (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
        variable.assign(tf.tensor(at, variable.shape));
        if (d === 0) expect(norm).toBeGreaterThan(0);
        expect(Math.abs(got - expected)).toBeLessThan(1e-3 * norm + 2e-4);
      }
    }
    training.dispose();
  });

  test('leaves no tensor behind', () => {
    const training = edaTraining(engine, small, examples(4, small.nTimes), { seed: 2 });
    const before = tf.memory().numTensors;
    training.loss(Int32Array.from([0, 1]), { step: 0, random: randomStream(1, 1) }).dispose();
    training.predict(examples(4, small.nTimes));
    expect(tf.memory().numTensors).toBe(before);
    training.dispose();
  });
});
