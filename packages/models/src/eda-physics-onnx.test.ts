import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EdaPhysicsShape, edaPhysics, edaPhysicsDefaults, edaPhysicsStart } from './eda-physics.ts';
import { edaPhysicsShapeOf } from './eda-physics-model.ts';
import { edaCourseInput, edaHistoryInput, edaOnnxOutputs, edaPhysicsOnnx } from './eda-physics-onnx.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openOnnxEngine } from './engines/onnx.ts';
import { openEngine } from './engines/tfjs.ts';
import { readCard } from './load.ts';
import { readSafetensors, type Weights } from './safetensors.ts';
import { randomNormal, randomStream } from './train/random.ts';

const batchSize = 100;
const { nTimes } = edaPhysicsDefaults;
const width = 4 * nTimes;

interface Windows {
  readonly nRows: number;
  /** (nRows, 4, nTimes) */
  readonly courses: Float32Array;
  /** (nRows, 7) */
  readonly histories: Float32Array;
}

/** Random windows of any kind, with their history. */
const windowsOf = (nRows: number, random: () => number): Windows => {
  const courses = new Float32Array(nRows * width);
  for (let row = 0; row < nRows; row++) {
    let y = 0.05 + 8 * random() ** 3;
    for (let t = 0; t < nTimes; t++) {
      y = Math.max(0, y * (1 + 0.01 * randomNormal(random) + (random() < 0.02 ? 0.1 : 0)));
      const level = Math.log1p(y / 0.05);
      const place = row * width + t;
      courses[place] = level;
      courses[place + nTimes] = t === 0 ? 0 : level - courses[place - 1];
      courses[place + 2 * nTimes] = random() < 0.9 ? 1 : 0;
      courses[place + 3 * nTimes] = y;
    }
  }
  const histories = Float32Array.from({ length: 7 * nRows }, (_, i) => [2, 0.1, 2.5, 0.3, 2.6, 1.5, 4][i % 7] + 0.1 * random());
  return { nRows, courses, histories };
};

interface Answers {
  readonly stress: Float32Array;
  readonly arousal: Float32Array;
  readonly forecasts: Float32Array;
}

const onOnnx = (shape: EdaPhysicsShape, weights: Weights, { nRows, courses, histories }: Windows): Answers => {
  const session = openOnnxEngine().load(edaPhysicsOnnx(shape, weights));
  const got = session.run({
    [edaCourseInput]: { data: courses, shape: [nRows, 4, shape.nTimes] },
    ...(shape.usesHistory && { [edaHistoryInput]: { data: histories, shape: [nRows, 7] } }),
  });
  const { stress, arousal, forecasts } = edaOnnxOutputs;
  const answers = { stress: got[stress].slice(), arousal: got[arousal].slice(), forecasts: got[forecasts].slice() };
  session.dispose();
  return answers;
};

const onTfjs = (engine: TfjsEngine, shape: EdaPhysicsShape, weights: Weights, { nRows, courses, histories }: Windows): Answers => {
  const { tf } = engine;
  const parameters = new Map([...weights].map(([name, { shape: size, data }]) => [name, tf.tensor(data, [...size])]));
  const network = edaPhysics(engine, shape);
  const answers = { stress: new Float32Array(nRows), arousal: new Float32Array(nRows), forecasts: new Float32Array(4 * nRows) };
  for (let from = 0; from < nRows; from += batchSize) {
    const n = Math.min(batchSize, nRows - from);
    const rows = (values: Float32Array, each: number) => values.slice(from * each, (from + n) * each);
    tf.tidy(() => {
      const { stressLogit, arousalLogit, forecasts } = network.forward(parameters, {
        course: tf.tensor3d(rows(courses, 4 * shape.nTimes), [n, 4, shape.nTimes]),
        ...(shape.usesHistory && { history: tf.tensor2d(rows(histories, 7), [n, 7]) }),
      });
      answers.stress.set(stressLogit.dataSync(), from);
      answers.arousal.set(arousalLogit.dataSync(), from);
      answers.forecasts.set(forecasts.dataSync(), 4 * from);
    });
  }
  network.dispose();
  tf.dispose([...parameters.values()]);
  return answers;
};

/** Within 1e-4, of the value where that is above 1, and on the same side of every decision. */
const expectAgreement = (answers: Answers, served: Answers): void => {
  for (const what of ['stress', 'arousal', 'forecasts'] as const) {
    const [wanted, got] = [answers[what], served[what]];
    expect(got).toHaveLength(wanted.length);
    const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]) / Math.max(1, Math.abs(value))), 0);
    expect(worst, what).toBeLessThan(1e-4);
  }
  for (const what of ['stress', 'arousal'] as const) expect(answers[what].map(Math.sign)).toEqual(served[what].map(Math.sign));
};

describe.each(['eda-stress-predict', 'eda-physics-simulated'])('a thousand random windows through %s', (name) => {
  const shape = edaPhysicsShapeOf(readCard(name));
  const { weights } = readSafetensors(readFileSync(new URL(`../weights/${name}/weights.safetensors`, import.meta.url)), name);
  const windows = windowsOf(1000, randomStream(8, shape.usesHistory));
  const served = onOnnx(shape, weights, windows);

  it('are not all alike, so that agreement means something', () => {
    const nHigh = served.stress.filter((logit) => logit > 0).length;
    expect(Math.min(nHigh, 1000 - nHigh)).toBeGreaterThan(20);
  });

  it('WebAssembly and onnxruntime agree within 1e-4 and on the likelier class', async () => {
    expectAgreement(onTfjs(await openEngine('tfjs-wasm'), shape, weights, windows), served);
  });

  it('libtensorflow and onnxruntime agree within 1e-4 and on the likelier class', async (context) => {
    const engine = await openEngine('tfjs-node').catch(() => undefined);
    if (engine === undefined) return context.skip("tfjs-node's binding is not built here");
    expectAgreement(onTfjs(engine, shape, weights, windows), served);
  });
});

describe.each([0, 1] as const)('a network all of whose parts are awake (history: %i)', (usesHistory) => {
  it('gives on onnxruntime what it gives on WebAssembly', async () => {
    const shape: EdaPhysicsShape = { ...edaPhysicsDefaults, usesHistory };
    const random = randomStream(8, usesHistory);
    const weights = edaPhysicsStart(shape, 4);
    for (const [name, { data }] of weights) {
      if (name !== 'sudomotor.raw') for (const i of data.keys()) data[i] += 0.3 * randomNormal(random);
    }
    weights.get('driver.b')!.data[1] = -2;
    const windows = windowsOf(40, random);
    const served = onOnnx(shape, weights, windows);
    for (const values of Object.values(served)) expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.01);
    expectAgreement(onTfjs(await openEngine('tfjs-wasm'), shape, weights, windows), served);
  });
});

describe('a network of windows shorter than its late part', () => {
  it('gives on onnxruntime what it gives on WebAssembly', async () => {
    const shape: EdaPhysicsShape = { ...edaPhysicsDefaults, nTimes: 40 };
    const weights = edaPhysicsStart(shape, 4);
    const random = randomStream(8, 2);
    for (const { data } of weights.values()) for (const i of data.keys()) data[i] += 0.1 * randomNormal(random);
    // Ten seconds of each window, channel by channel.
    const { nRows, courses, histories } = windowsOf(20, random);
    const short = Float32Array.from({ length: nRows * 160 }, (_, i) => courses[Math.floor(i / 40) * nTimes + (i % 40)]);
    const windows = { nRows, courses: short, histories };
    expectAgreement(onTfjs(await openEngine('tfjs-wasm'), shape, weights, windows), onOnnx(shape, weights, windows));
  });
});
