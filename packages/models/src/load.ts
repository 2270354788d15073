import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '@affect-edge/acquire';
import type { FeatureSpec, FeatureVector } from '@affect-edge/features';
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
/** The same network for other runtimes; not read here. */
export const onnxFile = 'model.onnx';

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

/** The kind of network of a card. @throws ModelError('bad-card') for one this version does not know. */
export const architectureOf = ({ name, architecture }: Pick<ModelCard, 'name' | 'architecture'>): Architecture => {
  const found = architectures.find((known) => known.name === architecture);
  if (found !== undefined) return found;
  const known = architectures.map((one) => `'${one.name}'`).join(', ');
  throw new ModelError('bad-card', `'${name}' is a '${architecture}', which this version does not know. It knows ${known}.`);
};

/** A vector of zeros. */
const blank = (spec: FeatureSpec): FeatureVector => {
  const length = spec.axes.reduce((product, { labels }) => product * labels.length, 1);
  return { spec, signal: '', index: 0, tmin: 0, tmax: 0, quality: 0, values: new Float64Array(length) };
};

/**
 * Loads a shipped model by name, or any model by its folder, onto an engine and warms it up: what a first call compiles and allocates does not delay the
 * first estimate. The weights are checked against the card's sha-256.
 * @throws ModelError('unknown-model'), ModelError('bad-card') or ModelError('bad-weights'), saying what was expected and what was got.
 */
export const loadModel = async (model: string, engine: Engine): Promise<Model> => {
  const card = readCard(model);
  const architecture = architectureOf(card);
  const path = join(folderOf(model), weightsFile);
  const bytes = read(path);
  if (bytes === undefined)
    throw new ModelError('bad-weights', `'${basename(model)}' has a card but no ${weightsFile}: ${path} is missing.`);
  checkWeights(card, bytes, path);
  const ready = { card, ...architecture.open(card, readSafetensors(bytes, path).weights, engine) };
  ready.predict(card.inputs.map(blank));
  return ready;
};
