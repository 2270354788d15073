import { expect, test } from 'vitest';
import { edaPhysics, edaPhysicsDefaults, edaPhysicsStart } from '../eda-physics.ts';
import { openEngine } from '../engines/tfjs.ts';
import type { EdaExamples } from './eda-physics.ts';
import { edaSummary, edaSummaryLabels } from './eda-summary.ts';
import { randomStream } from './random.ts';

test('the network’s head sees the very numbers that its linear rivals get', async () => {
  const { tf, ...engine } = await openEngine('tfjs-wasm');
  const shape = { ...edaPhysicsDefaults, usesHistory: 1 as const };
  const random = randomStream(2, 2);
  const nRows = 6;
  const nTimes = shape.nTimes;
  const course = new Float32Array(nRows * 4 * nTimes);
  for (let row = 0; row < nRows; row++) {
    for (let t = 0; t < nTimes; t++) {
      const y = 1 + row + Math.sin(t / (9 + row)) + 0.01 * random();
      const at = row * 4 * nTimes + t;
      course[at] = Math.log1p(y / 0.05);
      course[at + nTimes] = t === 0 ? 0 : course[at] - course[at - 1];
      course[at + 2 * nTimes] = 1;
      course[at + 3 * nTimes] = y;
    }
  }
  const history = Float32Array.from({ length: 7 * nRows }, (_, i) => [3, 0.1, 3.2, 0.3, 3.4, 2.5, 4.5][i % 7]);
  const unknown = new Float32Array(nRows).fill(Number.NaN);
  const examples: EdaExamples = {
    nRows,
    course,
    history,
    person: new Int32Array(nRows),
    stress: unknown,
    arousal: unknown,
    future: new Float32Array(4 * nRows),
  };
  const summary = edaSummary(examples);
  const network = edaPhysics({ tf, ...engine }, shape);
  for (const [i, label] of edaSummaryLabels.entries()) {
    // A head that hands one number on.
    const parameters = new Map([...edaPhysicsStart(shape, 1)].map(([name, { shape: size, data }]) => [name, tf.tensor(data, size)]));
    parameters.set('head.1.w', tf.zerosLike(parameters.get('head.1.w')!));
    parameters.set('head.direct.w', tf.tensor2d(Array.from({ length: 17 }, (_, k) => [k === i ? 1 : 0, 0])));
    const { stressLogit } = network.forward(parameters, {
      course: tf.tensor3d(course, [nRows, 4, nTimes]),
      history: tf.tensor2d(history, [nRows, 7]),
    });
    const got = stressLogit.dataSync();
    for (let row = 0; row < nRows; row++) expect(Math.abs(got[row] - summary[row][i]), label).toBeLessThan(2e-4);
  }
});
