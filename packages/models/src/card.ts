import { createHash } from 'node:crypto';
import { ModelError } from './errors.ts';
import type { ModelCard } from './model.ts';
import { type OutputUncertainty, uncertaintyKinds } from './uncertainty.ts';

/** sha-256 in hex, as cards carry it. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value.length > 0;
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const flag: Check = (value) => typeof value === 'boolean';
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const recordOf =
  (check: Check): Check =>
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check);
const shaped =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    recordOf(() => true)(value) && Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const pair: Check = (value) => listOf(number)(value) && (value as number[]).length === 2;
const textOrNumber: Check = (value) => text(value) || number(value);

const axis = shaped({ name: text, labels: listOf(text) });
const spec = shaped({ name: text, unit: text, axes: listOf(axis), recipe: recordOf(textOrNumber) });
/** An interval for each stretch that the edges cut the range into. */
const uncertainty: Check = (value) => {
  const isShaped = shaped({
    kind: (kind) => uncertaintyKinds.some((known) => known === kind),
    edges: listOf(number),
    intervals: listOf(pair),
    protocol: text,
  });
  if (!isShaped(value)) return false;
  const { edges, intervals } = value as OutputUncertainty;
  return intervals.length === edges.length + 1 && edges.every((edge, i) => i === 0 || edge > edges[i - 1]);
};
const output = shaped({ name: text, unit: text, range: pair, meaning: text, uncertainty: optional(uncertainty) });
const figure = shaped({ metric: text, value: number, interval95: optional(pair), protocol: text, baselines: recordOf(number) });
const training = shaped({ description: text, licence: text, people: number, simulated: flag });

/** Every field of a card: how it is checked and how an error message describes what belongs there. */
const fields: Readonly<Record<keyof ModelCard, readonly [Check, string]>> = {
  name: [text, 'a name'],
  version: [text, 'a version'],
  architecture: [text, 'the name of a network'],
  hyperparameters: [recordOf(textOrNumber), 'an object of texts and numbers'],
  sha256: [(value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), '64 hexadecimal digits'],
  inputs: [listOf(spec), 'a list of feature specs (name, unit, axes, recipe)'],
  outputs: [listOf(output), 'a list of outputs (name, unit, range, meaning, uncertainty)'],
  trainedOn: [training, 'description, licence, people, simulated'],
  evaluation: [listOf(figure), 'a list of figures (metric, value, protocol, baselines)'],
  intendedUse: [text, 'a sentence'],
  limits: [text, 'a sentence'],
};

/**
 * Reads a card from JSON. Unknown fields are kept out.
 * @throws ModelError('bad-card') naming the first field that is missing or malformed; `where` names the file in the message.
 */
export const parseCard = (json: string, where = 'The card'): ModelCard => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ModelError('bad-card', `${where} is not JSON.`, { cause });
  }
  if (!recordOf(() => true)(value)) throw new ModelError('bad-card', `${where} is not a JSON object.`);
  const given = value as Record<string, unknown>;
  for (const [name, [check, expected]] of Object.entries(fields)) {
    if (check(given[name])) continue;
    const got = given[name] === undefined ? 'is missing' : `is ${JSON.stringify(given[name]).slice(0, 80)}`;
    throw new ModelError('bad-card', `${where}: '${name}' ${got}; expected ${expected}.`);
  }
  // each field was checked above
  return Object.fromEntries(Object.keys(fields).map((name) => [name, given[name]])) as unknown as ModelCard;
};

/** A card as JSON text, for the file beside the weights. */
export const writeCard = (card: ModelCard): string => `${JSON.stringify(card, null, 2)}\n`;

/** @throws ModelError('bad-weights') when the weights are not the ones the card was written for. */
export const checkWeights = (card: ModelCard, bytes: Uint8Array, where = 'The weights'): void => {
  const got = sha256(bytes);
  if (got !== card.sha256) {
    throw new ModelError(
      'bad-weights',
      `${where} of '${card.name}' do not belong to its card: sha-256 expected ${card.sha256}, got ${got}.`,
    );
  }
};
