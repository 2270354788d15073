import type { FeatureSet } from '@affect-edge/features';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lcg } from '../../test/lcg.ts';
import type { TransformerConfig } from '../electrode-transformer.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { openOnnxEngine } from '../engines/onnx.ts';
import { openEngine } from '../engines/tfjs.ts';
import type { ModelCard, ModelOutput } from '../model.ts';
import { transformerHyperparameters } from '../transformer-card.ts';
import { electrodeTransformerModel } from '../transformer-model.ts';
import { fit } from './fit.ts';
import { randomStream } from './random.ts';
import { cosine } from './schedule.ts';
import { initialWeights, type TrainableTransformer, trainableTransformer, transformerLogits } from './transformer.ts';

const config: TransformerConfig = {
  nElectrodes: 3,
  nBands: 2,
  dModel: 8,
  depth: 1,
  nHeads: 2,
  dHead: 4,
  dFeedForward: 8,
  tasks: [
    { name: 'valence', nClasses: 2 },
    { name: 'arousal', nClasses: 3 },
    { name: 'dominance', nClasses: 2 },
  ],
};
const nExamples = 240;
const width = 6;
const inputs = lcg(5, nExamples * width).map((value) => 2 * value);
const at = (example: number, i: number): number => inputs[example * width + i];
const level = (value: number): number => (value < -0.4 ? 0 : value < 0.4 ? 1 : 2);
const whole = Array.from({ length: nExamples }, (_, n) => n);
/** What three numbers of the input say; dominance was asked of every other one only. */
const truth = [
  Int32Array.from(whole, (n) => (at(n, 0) > 0 ? 1 : 0)),
  Int32Array.from(whole, (n) => level(at(n, 3))),
  Int32Array.from(whole, (n) => (at(n, 4) > 0 ? 1 : 0)),
];
const labels = truth.map((task, t) => (t === 2 ? task.map((label, n) => (n % 2 === 0 ? label : -1)) : task));

describe('three tasks that share all but their heads', () => {
  let engine: TfjsEngine;
  let trained: TrainableTransformer;
  beforeAll(async () => {
    engine = await openEngine('tfjs-wasm');
    const examples = { inputs, labels, nExamples };
    trained = trainableTransformer(engine, config, initialWeights(config, randomStream(1, 1)), examples, { dropout: 0, labelSmoothing: 0 });
    await fit(engine, trained, { passes: 20, batchSize: 60, learningRate: 0.02, schedule: cosine({ warmUp: 0.1 }), clipNorm: 1, seed: 2 });
  }, 60_000);
  afterAll(() => trained.dispose());

  it('learn each its own, also where half the labels are missing', () => {
    const logits = transformerLogits(engine, config, trained.parameters, { inputs, nExamples });
    for (const [t, { name, nClasses }] of config.tasks.entries()) {
      const right = whole.filter((n) => {
        const row = Array.from(logits[t].subarray(n * nClasses, (n + 1) * nClasses));
        return row.indexOf(Math.max(...row)) === truth[t][n];
      });
      expect(right.length / nExamples, name).toBeGreaterThan(0.7);
    }
  });

  it('are served as one probability for two classes and one each for more, alike on both engines', () => {
    const axes = [
      { name: 'channel', labels: ['Fp1', 'Cz', 'O1'] },
      { name: 'band', labels: ['alpha', 'beta'] },
    ];
    const spec = { name: 'band-de', unit: 'bit', axes, recipe: {} };
    const names = ['p_high_valence', 'p_calm', 'p_awake', 'p_aroused', 'p_high_dominance'];
    const outputs = names.map((name): ModelOutput => ({ name, unit: '1', range: [0, 1], meaning: name }));
    const card = {
      name: 'three',
      architecture: 'electrode-transformer',
      hyperparameters: transformerHyperparameters(config, 'none'),
      inputs: [spec],
      outputs,
    } as unknown as ModelCard;
    const [reference, served] = [engine, openOnnxEngine()].map((one) => electrodeTransformerModel.open(card, trained.weights(), one));
    for (const n of [0, 1, 2, 3]) {
      const values = Float64Array.from(inputs.subarray(n * width, (n + 1) * width));
      const set: FeatureSet = [{ spec, signal: 'eeg', index: n, tmin: 0, tmax: 2, values, quality: 1 }];
      const [wanted, got] = [reference.predict(set), served.predict(set)];
      expect(got[1] + got[2] + got[3]).toBeCloseTo(1, 6);
      got.forEach((value, i) => {
        expect(Math.abs(value - wanted[i])).toBeLessThan(1e-5);
      });
    }
    reference.dispose();
    served.dispose();
  });
});
