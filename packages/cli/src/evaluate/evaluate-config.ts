import { dirname, resolve } from 'node:path';
import { findEntrant, findProtocol, parseNormalisation, protocols } from '@affect-edge/models';
import { z } from 'zod';
import { readYamlFile } from '../config/yaml-file.ts';
import { errorText } from '../system-error.ts';

const positive = z.number().positive();
const count = z.number().int().positive();
const seed = z.number().int().nonnegative();

/** Says what a library function says of a text it does not take. */
const readBy =
  (read: (text: string) => unknown) =>
  (text: string, context: z.RefinementCtx): void => {
    try {
      read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: errorText(error) });
    }
  };

const noise = z.strictObject({
  subjects: count.default(8),
  trials: count.default(16),
  trialSec: positive.default(20),
  seed: seed.default(1),
});
const simulated = z.strictObject({
  people: count.default(8),
  sessions: count.default(2),
  trials: count.default(10),
  trialSec: positive.default(20),
  seed: seed.default(1),
});

/** What `affect evaluate` reads. */
const evaluateSchema = z.strictObject({
  title: z.string().min(1).describe('What stands above the report.'),
  data: z
    .strictObject({
      corpus: z.string().min(1).optional().describe('Folder of a corpus, in its original files.'),
      simulated: simulated.optional().describe('Simulated wearers.'),
      noise: noise.optional().describe('Noise with a coin thrown for each trial.'),
      people: z.array(z.string()).optional().describe('Only these subjects of the corpus.'),
      signal: z.enum(['eeg', 'eda', 'precomputed']).default('eeg'),
      signalId: z.string().optional().describe('Which signal where a corpus has several of a kind; of WESAD the wrist’s when absent.'),
      feature: z.string().optional().describe('Which of the owner’s features, for precomputed; the usual one when absent.'),
      recipe: z.enum(['rbtransformer', 'streaming']).default('streaming').describe('How EEG becomes windows.'),
      strideSec: positive.optional().describe('Distance between windows.'),
      settledSec: z.number().nonnegative().optional().describe('Windows of skin conductance that end earlier are left out.'),
      questionnaire: z
        .enum(['none', 'stand-in'])
        .default('none')
        .describe('Adds answers that name subject and condition, as the published network reads.'),
    })
    .refine((data) => [data.corpus, data.simulated, data.noise].filter((one) => one !== undefined).length === 1, {
      message: 'name exactly one of corpus, simulated and noise.',
    }),
  label: z
    .strictObject({
      name: z.string(),
      atLeast: z.number().optional(),
      positive: z.array(z.number()).optional(),
      only: z.array(z.number()).optional(),
    })
    .optional(),
  protocols: z
    .array(z.string().superRefine(readBy(findProtocol)))
    .min(1)
    .default(protocols.map(({ name }) => name)),
  normalisations: z
    .array(z.string().superRefine(readBy(parseNormalisation)))
    .min(1)
    .default(['train-fit']),
  networks: z
    .array(z.string().superRefine(readBy(findEntrant)))
    .optional()
    .describe('All that fit when absent; [] for none.'),
  settings: z
    .strictObject({
      passes: count.optional(),
      batchSize: count.optional(),
      learningRate: positive.optional(),
      transformer: z.strictObject({ dModel: count, depth: z.number().int().nonnegative(), nHeads: count, dHead: count }).optional(),
      seed: seed.optional(),
    })
    .default({}),
  engine: z.enum(['tfjs-node', 'tfjs-wasm', 'tfjs-cpu']).optional(),
  out: z.string().min(1).describe('Folder of the results.'),
});

export type EvaluateConfig = z.output<typeof evaluateSchema>;
export type EvaluateData = EvaluateConfig['data'];

/**
 * Reads an evaluation's configuration; folders in it are taken from where the file lies.
 * @throws ConfigError `not-found` for a file that cannot be read, `bad-config` with file, line and column of everything that does not fit.
 */
export const readEvaluateConfig = (path: string): EvaluateConfig => {
  const config = readYamlFile(path, evaluateSchema);
  const from = (folder: string): string => resolve(dirname(path), folder);
  return {
    ...config,
    out: from(config.out),
    data: { ...config.data, ...(config.data.corpus !== undefined && { corpus: from(config.data.corpus) }) },
  };
};
