import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureSet, FeatureVector } from '@affect-edge/features';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lcg } from '../test/lcg.ts';
import { sha256, writeCard } from './card.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openOnnxEngine } from './engines/onnx.ts';
import { openEngine } from './engines/tfjs.ts';
import { ModelError } from './errors.ts';
import { loadModel, readCard, shippedModels } from './load.ts';
import type { ModelCard } from './model.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

let engine: TfjsEngine;
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const shipped = (file: string): string => new URL(`../weights/eeg-arousal-simulated/${file}`, import.meta.url).pathname;
/** A copy of the EEG model with a changed card or changed weights. */
const altered = (change: (card: ModelCard) => object, weights?: (bytes: Uint8Array) => Uint8Array): string => {
  const folder = mkdtempSync(join(tmpdir(), 'affect-model-'));
  folders.push(folder);
  cpSync(shipped(''), folder, { recursive: true });
  const bytes = weights?.(readFileSync(shipped('weights.safetensors')));
  if (bytes) writeFileSync(join(folder, 'weights.safetensors'), bytes);
  writeFileSync(
    join(folder, 'card.json'),
    writeCard({
      ...readCard('eeg-arousal-simulated'),
      ...(bytes && { sha256: sha256(bytes) }),
      ...change(readCard('eeg-arousal-simulated')),
    }),
  );
  return folder;
};

/** Feature vectors with any numbers, as a card wants them. */
const featuresFor = ({ inputs }: ModelCard, seed: number): FeatureSet =>
  inputs.map((spec, i): FeatureVector => {
    const length = spec.axes.reduce((product, { labels }) => product * labels.length, 1);
    return { spec, signal: 's', index: 4, tmin: 0, tmax: 2, quality: 1, values: Float64Array.from(lcg(seed + i, length), Math.abs) };
  });

describe.each(shippedModels())('%s', (name) => {
  it('gives numbers within the range its card promises', async () => {
    const model = await loadModel(name, engine);
    for (let seed = 0; seed < 5; seed++) {
      const values = model.predict(featuresFor(model.card, 10 * seed));
      expect(values.length).toBe(model.card.outputs.length);
      model.card.outputs.forEach(({ range: [low, high] }, i) => {
        expect(values[i]).toBeGreaterThanOrEqual(low);
        expect(values[i]).toBeLessThanOrEqual(high);
      });
    }
    model.dispose();
  });

  it('gives the same numbers on onnxruntime where it can run there', async () => {
    const onnx = openOnnxEngine();
    const served = await loadModel(name, onnx).catch((error: unknown) => error as ModelError);
    if (served instanceof ModelError) return expect(served.code).toBe('no-engine');
    const model = await loadModel(name, engine);
    const features = featuresFor(model.card, 3);
    model.predict(features).forEach((value, i) => {
      expect(Math.abs(served.predict(features)[i] - value)).toBeLessThan(1e-4);
    });
    model.dispose();
    served.dispose();
  });

  it('leaves nothing behind on the engine', async () => {
    const before = engine.tf.memory().numTensors;
    const model = await loadModel(name, engine);
    model.predict(featuresFor(model.card, 1));
    model.dispose();
    expect(engine.tf.memory().numTensors).toBe(before);
  });
});

describe('loading a model', () => {
  it('an unknown name is answered with the known ones', async () => {
    await expect(loadModel('eeg-arousal', engine)).rejects.toThrow(
      expect.objectContaining({
        code: 'unknown-model',
        message: expect.stringMatching(/Unknown model 'eeg-arousal'.*'eeg-arousal-simulated'/),
      }),
    );
  });

  it('one changed byte of the weights is noticed', async () => {
    const folder = altered(
      ({ sha256 }) => ({ sha256 }),
      (bytes) => bytes.with(5000, bytes[5000] ^ 1),
    );
    await expect(loadModel(folder, engine)).rejects.toMatchObject({ code: 'bad-weights' });
  });

  it('a card for another network is refused before anything is computed', async () => {
    const folder = altered(() => ({ architecture: 'perceptron' }));
    await expect(loadModel(folder, engine)).rejects.toThrow("is a 'perceptron', which this version does not know");
  });

  it('hyper-parameters that contradict the input are named', async () => {
    const folder = altered(({ hyperparameters }) => ({ hyperparameters: { ...hyperparameters, n_electrodes: 14 } }));
    await expect(loadModel(folder, engine)).rejects.toThrow('its input is 8 × 4, its network takes 14 × 4');
  });

  it('a missing array is named', async () => {
    const folder = altered(
      () => ({}),
      (bytes) =>
        writeSafetensors(new Map([...readSafetensors(bytes).weights].filter(([name]) => name !== 'classification_head.mlp.9.bias'))),
    );
    await expect(loadModel(folder, engine)).rejects.toThrow("The array 'classification_head.mlp.9.bias' is missing");
  });
});
