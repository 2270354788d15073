import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '@affect-edge/acquire';
import type { Architecture } from './architecture.ts';
import { checkWeights, parseCard } from './card.ts';
import { edaPhysicsModel } from './eda-physics-model.ts';
import type { Engine } from './engines/engine.ts';
import { ModelError } from './errors.ts';
import type { Model, ModelCard } from './model.ts';
import { readSafetensors } from './safetensors.ts';
import { electrodeTransformerModel } from './transformer-model.ts';

/** Every kind of network this package can serve. */
export const architectures: readonly Architecture[] = [edaPhysicsModel, electrodeTransformerModel];

/** Files of a model folder. */
export const cardFile = 'card.json';
export const weightsFile = 'weights.safetensors';

/** Beside `src` and `dist` alike. */
const shippedFolder = fileURLToPath(new URL('../weights/', import.meta.url));

/** Names of the models that come with this package. */
export const shippedModels = (): readonly string[] =>
  readdirSync(shippedFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const read = (path: string): Uint8Array | undefined => {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new ModelError('unknown-model', `Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
};

/** The folder of a shipped model by its name, else the name itself as a folder. */
const folderOf = (model: string): string => (shippedModels().includes(model) ? join(shippedFolder, model) : model);

/**
 * The card of a shipped model or of a folder holding `card.json`.
 * @throws ModelError('unknown-model') where there is none, ModelError('bad-card').
 */
export const readCard = (model: string): ModelCard => {
  const path = join(folderOf(model), cardFile);
  const json = read(path);
  if (json === undefined) {
    const names = shippedModels();
    throw new ModelError(
      'unknown-model',
      `Unknown model '${model}'. Expected ${names.map((name) => `'${name}'`).join(', ')} or a folder with ${cardFile} and ${weightsFile}.${didYouMean(model, names)}`,
    );
  }
  return parseCard(new TextDecoder().decode(json), path);
};

/**
 * Loads a shipped model by name, or any model by its folder, onto an engine. The weights are checked against the card's sha-256.
 * @throws ModelError('unknown-model'), ModelError('bad-card') or ModelError('bad-weights'), saying what was expected and what was got.
 */
export const loadModel = async (model: string, engine: Engine): Promise<Model> => {
  const card = readCard(model);
  const architecture = architectures.find(({ name }) => name === card.architecture);
  if (architecture === undefined) {
    const known = architectures.map(({ name }) => `'${name}'`).join(', ');
    throw new ModelError('bad-card', `'${card.name}' is a '${card.architecture}', which this version does not know. It knows ${known}.`);
  }
  const path = join(folderOf(model), weightsFile);
  const bytes = read(path);
  if (bytes === undefined)
    throw new ModelError('bad-weights', `'${basename(model)}' has a card but no ${weightsFile}: ${path} is missing.`);
  checkWeights(card, bytes, path);
  return { card, ...architecture.open(card, readSafetensors(bytes, path).weights, engine) };
};
