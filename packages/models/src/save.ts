import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, writeCard } from './card.ts';
import { architectureOf, cardFile, onnxFile, weightsFile } from './load.ts';
import type { ModelCard } from './model.ts';
import { type Weights, writeSafetensors } from './safetensors.ts';

/** Writes `bytes` so that a reader sees the old file or the new one, never half of it. */
export const writeWhole = (path: string, bytes: Uint8Array | string): void => {
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
};

/**
 * Writes a model's folder: weights, the same network as ONNX for other runtimes (its metadata say what of the card they must know), and the card with the
 * sha-256 of the weights. Gives the card as written.
 * @throws ModelError('bad-card' | 'bad-weights') where card and weights are not of one network.
 */
export const saveModel = (folder: string, card: Omit<ModelCard, 'sha256'>, weights: Weights): ModelCard => {
  const bytes = writeSafetensors(weights, { model: card.name, version: card.version, architecture: card.architecture });
  const whole: ModelCard = { ...card, sha256: sha256(bytes) };
  const onnx = architectureOf(whole).onnx(whole, weights, {
    model: whole.name,
    version: whole.version,
    weights_sha256: whole.sha256,
    hyperparameters: JSON.stringify(whole.hyperparameters),
    intended_use: whole.intendedUse,
    limits: whole.limits,
  });
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, weightsFile), bytes);
  writeWhole(join(folder, onnxFile), onnx);
  writeWhole(join(folder, cardFile), writeCard(whole));
  return whole;
};
