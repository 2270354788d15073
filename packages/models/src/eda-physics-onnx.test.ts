import { describe, expect, test } from 'vitest';
import { type EdaPhysicsShape, edaPhysics, edaPhysicsDefaults, edaPhysicsStart } from './eda-physics.ts';
import { edaCourseInput, edaHistoryInput, edaOnnxOutputs, edaPhysicsOnnx } from './eda-physics-onnx.ts';
import { openOnnxEngine } from './engines/onnx.ts';
import { openEngine } from './engines/tfjs.ts';
import { randomNormal, randomStream } from './train/random.ts';

describe('the EDA physics network on onnxruntime', () => {
  test.each([0, 1] as const)('gives what TensorFlow.js gives, for windows of any kind (history: %i)', async (usesHistory) => {
    const shape: EdaPhysicsShape = { ...edaPhysicsDefaults, usesHistory };
    const random = randomStream(8, usesHistory);
    const weights = edaPhysicsStart(shape, 4);
    // Start values leave parts of the network asleep.
    for (const [name, { data }] of weights) {
      if (name !== 'sudomotor.raw') for (const i of data.keys()) data[i] += 0.3 * randomNormal(random);
    }
    weights.get('driver.b')!.data[1] = -2;
    const nRows = 40;
    const nTimes = shape.nTimes;
    const course = new Float32Array(nRows * 4 * nTimes);
    for (let row = 0; row < nRows; row++) {
      let y = 0.05 + 8 * random() ** 3;
      for (let t = 0; t < nTimes; t++) {
        y = Math.max(0, y * (1 + 0.01 * randomNormal(random) + (random() < 0.02 ? 0.1 : 0)));
        const level = Math.log1p(y / 0.05);
        const place = row * 4 * nTimes + t;
        course[place] = level;
        course[place + nTimes] = t === 0 ? 0 : level - course[place - 1];
        course[place + 2 * nTimes] = random() < 0.9 ? 1 : 0;
        course[place + 3 * nTimes] = y;
      }
    }
    const history = Float32Array.from({ length: 7 * nRows }, (_, i) => [2, 0.1, 2.5, 0.3, 2.6, 1.5, 4][i % 7] + 0.1 * random());

    const engine = await openEngine('tfjs-wasm');
    const { tf } = engine;
    const parameters = new Map([...weights].map(([name, { shape: size, data }]) => [name, tf.tensor(data, size)]));
    const rows = { course: tf.tensor3d(course, [nRows, 4, nTimes]), ...(usesHistory && { history: tf.tensor2d(history, [nRows, 7]) }) };
    const wanted = edaPhysics(engine, shape).forward(parameters, rows);
    const session = openOnnxEngine().load(edaPhysicsOnnx(shape, weights));
    const got = session.run({
      [edaCourseInput]: { data: course, shape: [nRows, 4, nTimes] },
      ...(usesHistory && { [edaHistoryInput]: { data: history, shape: [nRows, 7] } }),
    });
    const pairs = [
      [wanted.stressLogit, edaOnnxOutputs.stress],
      [wanted.arousalLogit, edaOnnxOutputs.arousal],
      [wanted.forecasts, edaOnnxOutputs.forecasts],
    ] as const;
    for (const [tensor, name] of pairs) {
      const values = tensor.dataSync() as Float32Array;
      expect(got[name]).toHaveLength(values.length);
      const worst = values.reduce(
        (most: number, value: number, i: number) => Math.max(most, Math.abs(value - got[name][i]) / Math.max(1, Math.abs(value))),
        0,
      );
      expect(worst).toBeLessThan(1e-4);
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.01);
    }
    session.dispose();
  });
});
