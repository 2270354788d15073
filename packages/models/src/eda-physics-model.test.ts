import { createWearer, type EdaSignal } from '@affect-edge/acquire';
import { edaCourse, edaHistory, type FeatureVector, specDifferences } from '@affect-edge/features';
import { beforeAll, describe, expect, test } from 'vitest';
import { edaPhysicsStart } from './eda-physics.ts';
import { edaPhysicsModel, edaPhysicsShapeOf } from './eda-physics-model.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openEngine } from './engines/tfjs.ts';
import { loadModel, readCard } from './load.ts';
import type { Model, ModelCard } from './model.ts';
import { vectorsOf } from './train/eda-examples.ts';

const shipped = 'eda-physics-simulated';
const signal: EdaSignal = { kind: 'eda', id: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };

let engine: TfjsEngine;
let model: Model;
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
  model = await loadModel(shipped, engine);
});

/** Feature vectors of minutes of a simulated wearer on the default script (rest, arousal, recovery: a minute each). */
const courses = (seed: number, seconds: number) => {
  const wearer = createWearer({ seed });
  const data = wearer.eda({ sfreq: 4 })(4 * seconds);
  const vectors = vectorsOf([{ signal, firstSample: 0, tmin: 0, arrivedAt: seconds, data }], [edaCourse()]).get('eda-course')!;
  return { wearer, vectors };
};
const named = (vector: FeatureVector) => {
  const values = model.predict([vector]);
  return Object.fromEntries(model.card.outputs.map(({ name }, i) => [name, values[i]]));
};

describe('the shipped EDA model', () => {
  test('says on its card that it knows simulated people only', () => {
    expect(model.card.trainedOn.simulated).toBe(true);
    expect(model.card.limits).toContain('says nothing about people');
    for (const { metric, baselines, protocol } of model.card.evaluation) {
      expect(Object.keys(baselines).length).toBeGreaterThan(0);
      expect(protocol).toContain(metric.startsWith('learned') ? 'learned from 120 simulated people' : 'never trained on');
    }
  });

  test('gives every output within its range, for simulated people and for signals no skin makes', () => {
    const { vectors } = courses(21, 200);
    const strange = [0, 1e-3, 59, 1e3].map((y) => ({ ...vectors[0], values: vectors[0].values.map((value, i) => (i < 720 ? value : y)) }));
    for (const vector of [...vectors.filter((_, i) => i % 20 === 0), ...strange]) {
      const values = model.predict([vector]);
      for (const [i, { range }] of model.card.outputs.entries()) {
        expect(values[i]).toBeGreaterThanOrEqual(range[0]);
        expect(values[i]).toBeLessThanOrEqual(range[1]);
      }
    }
  });

  test('follows people it has never seen: more arousal in the aroused minute than in the calm ones', () => {
    for (const seed of [31, 32, 33, 34]) {
      const { wearer, vectors } = courses(seed, 540);
      const settled = vectors.filter(({ tmax }) => tmax % 60 >= 45 || tmax % 60 === 0);
      const meanOf = (keep: (arousal: number) => boolean) => {
        const kept = settled.filter(({ tmax }) => keep(wearer.arousalAt(tmax - 1))).map((vector) => named(vector).arousal);
        return kept.reduce((sum, value) => sum + value, 0) / kept.length;
      };
      expect(meanOf((arousal) => arousal > 0.8) - meanOf((arousal) => arousal < 0.2)).toBeGreaterThan(0.2);
    }
  });

  test('forecasts stay near the present where skin cannot move fast', () => {
    const { vectors } = courses(35, 180);
    for (const vector of vectors) {
      const now = vector.values[vector.values.length - 1];
      expect(Math.abs(named(vector).eda_forecast_1s / now - 1)).toBeLessThan(0.1);
    }
  });

  test('answers the same to the same window, and keeps no tensor', () => {
    const { vectors } = courses(36, 70);
    const first = model.predict([vectors[0]]);
    const before = engine.tf.memory().numTensors;
    model.predict([vectors[5]]);
    expect([...model.predict([vectors[0]])]).toEqual([...first]);
    expect(engine.tf.memory().numTensors).toBe(before);
  });
});

describe('a card that does not fit', () => {
  const card = readCard(shipped);
  const weights = () => edaPhysicsStart(edaPhysicsShapeOf(card), 1);
  test.each<[string, Partial<ModelCard>, string]>([
    ['a width that is no number', { hyperparameters: { ...card.hyperparameters, width: 'wide' } }, 'width is wide'],
    ['another length of course', { hyperparameters: { ...card.hyperparameters, n_times: 120 } }, 'its course is 4 × 240'],
    ['a history it does not list', { hyperparameters: { ...card.hyperparameters, uses_history: 1 } }, 'eda-course and eda-history'],
    ['an output it cannot give', { outputs: [{ ...card.outputs[0], name: 'valence' }] }, "no output 'valence'"],
  ])('is refused: %s', (_, change, message) => {
    expect(() => edaPhysicsModel.open({ ...card, ...change }, weights(), engine)).toThrow(message);
  });

  test('is refused: an array that is missing or misshapen', () => {
    const missing = new Map(weights());
    missing.delete('driver.w');
    expect(() => edaPhysicsModel.open(card, missing, engine)).toThrow("'driver.w' is missing");
    const misshapen = new Map(weights()).set('driver.b', { shape: [3], data: new Float32Array(3) });
    expect(() => edaPhysicsModel.open(card, misshapen, engine)).toThrow('is [3]; the network needs [2]');
  });
});

describe('the model trained on people', () => {
  test('names its data, their licence and its rivals, and claims no more than its figures', () => {
    const card = readCard('eda-stress-predict');
    expect(card.trainedOn).toMatchObject({ licence: 'MIT', people: 11, simulated: false });
    expect(card.limits).toContain('Not a medical device');
    const accuracy = card.evaluation.find(({ metric }) => metric === 'stress balanced accuracy')!;
    expect(accuracy.protocol).toContain('leave one person out');
    expect(Object.keys(accuracy.baselines)).toEqual(['majority', 'LDA', 'logistic regression']);
    expect(accuracy.value).toBeGreaterThanOrEqual(accuracy.baselines.LDA);
    expect(card.evaluation.filter(({ baselines }) => 'persistence' in baselines)).toHaveLength(4);
  });

  test('reads course and history as the features make them today, and answers within its ranges', async () => {
    const trained = await loadModel('eda-stress-predict', engine);
    const wearer = createWearer({ seed: 3 });
    const data = wearer.eda({ sfreq: 4 })(4 * 300);
    const vectors = vectorsOf([{ signal, firstSample: 0, tmin: 0, arrivedAt: 300, data }], [edaCourse(), edaHistory()]);
    const inputs = ['eda-course', 'eda-history'].map((name) => vectors.get(name)!.at(-1)!);
    for (const [i, { spec }] of inputs.entries()) expect(specDifferences(trained.card.inputs[i], spec)).toEqual([]);
    const values = trained.predict(inputs);
    for (const [i, { range }] of trained.card.outputs.entries()) {
      expect(values[i]).toBeGreaterThanOrEqual(range[0]);
      expect(values[i]).toBeLessThanOrEqual(range[1]);
    }
    trained.dispose();
  });
});
