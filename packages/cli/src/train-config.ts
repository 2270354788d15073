import { dirname, resolve } from 'node:path';
import { balances, transformerNormalisations } from '@affect-edge/models';
import { z } from 'zod';
import { readYamlFile } from './config/yaml-file.ts';

const count = (example: number, camel?: string) =>
  z
    .int()
    .min(1)
    .max(1e6)
    .meta({ example, ...(camel && { aliases: [camel] }) })
    .exactOptional();
const folder = (example: string) => z.string().min(1).meta({ expected: 'a folder', example });

const common = {
  /** Folder of the result: weights, ONNX file, card, log. */
  out: folder('models/mine'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .meta({ example: 1 })
    .exactOptional(),
  passes: count(8, 'epochs'),
};

/** The electrode transformer on simulated people (`trainEegSimulated`). */
const eegSimulated = z.strictObject({
  recipe: z.literal('eeg-simulated'),
  ...common,
  batch_size: count(128, 'batchSize'),
  preset: z.enum(['rbtransformer-2025']).exactOptional(),
  learning_rate: z
    .number()
    .positive()
    .max(1)
    .meta({ example: 0.001, aliases: ['learningRate', 'lr'] })
    .exactOptional(),
  normalisation: z
    .enum(transformerNormalisations)
    .meta({ aliases: ['normalization'] })
    .exactOptional(),
  balance: z.enum(balances).exactOptional(),
  /** People to train on, to choose the best pass on and to test on. */
  people: z
    .array(z.int().min(1).max(10_000))
    .length(3)
    .meta({
      expected: 'a list of three whole numbers above 0: people to train on, to choose the best pass on, to test on',
      example: [64, 12, 24],
    })
    .exactOptional(),
});

/** The EDA physics network on simulated people (`trainSimulatedEda`). */
const edaSimulated = z.strictObject({
  recipe: z.literal('eda-simulated'),
  ...common,
  batch_size: count(32, 'batchSize'),
  people: count(120),
  test_people: count(30, 'testPeople'),
  seconds: z.int().min(120).max(7200).meta({ example: 450 }).exactOptional(),
});

/** The EDA physics network on the Stress-Predict people, tested by leaving each one out (`trainStressPredict`). */
const edaStressPredict = z.strictObject({
  recipe: z.literal('eda-stress-predict'),
  ...common,
  /** Folder of the corpus. */
  data: folder('corpora/stress-predict'),
});

const schema = z.discriminatedUnion('recipe', [eegSimulated, edaSimulated, edaStressPredict]);

/** What `affect train` reads: a recipe, where the result goes, and what of the recipe is to be otherwise. */
export type TrainConfig = z.output<typeof schema>;

/**
 * Reads a training configuration, YAML or JSON; relative folders begin at the file's own.
 * @throws ConfigError `not-found` for a file that cannot be read, `bad-config` with line and column of everything that does not fit.
 */
export const readTrainConfig = (path: string): TrainConfig => {
  const config = readYamlFile(path, schema);
  const here = (given: string): string => resolve(dirname(path), given);
  return config.recipe === 'eda-stress-predict'
    ? { ...config, out: here(config.out), data: here(config.data) }
    : { ...config, out: here(config.out) };
};
