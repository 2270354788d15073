import { readFileSync } from 'node:fs';
import { didYouMean } from '@affect-edge/acquire';
import { ConfigError } from './errors.ts';

/** What can be trained by a configuration alone. */
export const recipes = ['eeg-simulated'] as const;
export type RecipeName = (typeof recipes)[number];

/** What `affect train` reads: JSON with a recipe, where the result goes, and the recipe's own numbers. */
export interface TrainConfig {
  readonly recipe: RecipeName;
  /** Folder of the result: weights, card, log. */
  readonly out: string;
  readonly seed?: number;
  readonly passes?: number;
  readonly batchSize?: number;
  /** People to train on, to choose the best pass on and to test on. */
  readonly people?: readonly [train: number, validate: number, test: number];
}

const wholeNumber = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

const fields: Readonly<Record<keyof TrainConfig, { readonly expected: string; readonly fits: (value: unknown) => boolean }>> = {
  recipe: { expected: `one of ${recipes.join(', ')}`, fits: (value) => recipes.includes(value as RecipeName) },
  out: { expected: 'a folder', fits: (value) => typeof value === 'string' && value !== '' },
  seed: { expected: 'a whole number', fits: (value) => Number.isInteger(value) && (value as number) >= 0 },
  passes: { expected: 'a whole number above 0', fits: wholeNumber },
  batchSize: { expected: 'a whole number above 0', fits: wholeNumber },
  people: {
    expected: 'a list of three whole numbers above 0',
    fits: (value) => Array.isArray(value) && value.length === 3 && value.every(wholeNumber),
  },
};

/**
 * Reads a training configuration. Throws `ConfigError`: `not-found` for a file that cannot be read, `bad-option` for one that is no JSON or has an unknown
 * key or a value that does not fit, naming it.
 */
export const readTrainConfig = (path: string): TrainConfig => {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ConfigError('bad-option', `${path} is not JSON: ${cause.message}.`, { cause });
    throw new ConfigError('not-found', `Cannot read ${path}: ${(cause as Error).message}.`, { cause });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ConfigError('bad-option', `${path}: expected a JSON object.`);
  const known = Object.keys(fields);
  for (const [key, value] of Object.entries(given)) {
    const field = Object.hasOwn(fields, key) ? fields[key as keyof TrainConfig] : undefined;
    if (field === undefined)
      throw new ConfigError('bad-option', `${path}: unknown key '${key}'. Known are ${known.join(', ')}.${didYouMean(key, known)}`);
    if (!field.fits(value))
      throw new ConfigError('bad-option', `${path}: '${key}' must be ${field.expected}, got ${JSON.stringify(value)}.`);
  }
  for (const key of ['recipe', 'out'] as const) {
    if (!Object.hasOwn(given, key))
      throw new ConfigError('bad-option', `${path}: '${key}' is missing; it must be ${fields[key].expected}.`);
  }
  return given as TrainConfig;
};
