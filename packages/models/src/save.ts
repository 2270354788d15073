import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, writeCard } from './card.ts';
import { cardFile, weightsFile } from './load.ts';
import type { ModelCard } from './model.ts';
import { type Weights, writeSafetensors } from './safetensors.ts';

/** Writes `bytes` so that a reader sees the old file or the new one, never half of it. */
export const writeWhole = (path: string, bytes: Uint8Array | string): void => {
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
};

/** Writes a model's folder: weights, and the card with their sha-256. Gives the card as written. */
export const saveModel = (folder: string, card: Omit<ModelCard, 'sha256'>, weights: Weights): ModelCard => {
  mkdirSync(folder, { recursive: true });
  const bytes = writeSafetensors(weights, { model: card.name, version: card.version, architecture: card.architecture });
  const whole: ModelCard = { ...card, sha256: sha256(bytes) };
  writeWhole(join(folder, weightsFile), bytes);
  writeWhole(join(folder, cardFile), writeCard(whole));
  return whole;
};
