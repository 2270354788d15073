import { rbtransformer2025, type TransformerConfig } from '../electrode-transformer.ts';
import { ModelError } from '../errors.ts';
import type { Normalisation } from '../transformer-card.ts';
import { balancedWeights, smote } from './class-balance.ts';
import type { FitOptions } from './fit.ts';
import { randomStream } from './random.ts';
import { cosine } from './schedule.ts';
import type { TransformerExamples, TransformerTrainingOptions } from './transformer.ts';

/** How classes of different size are made to count alike: not at all, by class weights in the loss, or by new rows of the smaller classes. */
export const balances = ['none', 'weights', 'smote'] as const;
export type Balance = (typeof balances)[number];

/** Everything that decides a training of the electrode transformer besides its data and its seed. */
export interface TransformerRecipe {
  readonly network: Omit<TransformerConfig, 'nElectrodes' | 'tasks'>;
  readonly passes: number;
  /** Examples a step, or their number for each pass (from 0). */
  readonly batchSize: FitOptions['batchSize'];
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Share of the training in which the learning rate rises; it then falls along half a cosine to `floor` of its peak. */
  readonly warmUp: number;
  readonly floor: number;
  /** Largest joint gradient norm; not clipped where absent. */
  readonly clipNorm?: number;
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** Passes without a better figure on the held-out people after which the training ends, with the best pass's weights; never early where absent. */
  readonly patience?: number;
  readonly normalisation: Normalisation;
  readonly balance: Balance;
}

/**
 * Recipes by name. `rbtransformer-2025` is the published one (`electrode-transformer.ts`; the optimiser from the authors' code): 300 passes, a batch of 256
 * and in the second half of 64, no warm-up, no clipping, no early stop, SMOTE on the training fold, inputs as they come.
 */
export const transformerPresets = {
  'rbtransformer-2025': {
    network: rbtransformer2025,
    passes: 300,
    batchSize: (pass: number) => (pass < 150 ? 256 : 64),
    learningRate: 1e-3,
    weightDecay: 1e-3,
    warmUp: 0,
    floor: 1e-3,
    dropout: 0.1,
    labelSmoothing: 0.12,
    normalisation: 'none',
    balance: 'smote',
  },
} as const satisfies Readonly<Record<string, TransformerRecipe>>;
export type TransformerPreset = keyof typeof transformerPresets;

/** What of a recipe `fit` needs. The early stop is on `balancedAccuracy` of whatever `evaluate` holds out. */
export const fitOptionsOf = (recipe: TransformerRecipe, seed: number): FitOptions => {
  const { passes, batchSize, learningRate, weightDecay, warmUp, floor, clipNorm, patience } = recipe;
  return {
    passes,
    batchSize,
    learningRate,
    weightDecay,
    schedule: cosine({ floor, warmUp }),
    ...(clipNorm !== undefined && { clipNorm }),
    seed,
    ...(patience !== undefined && { earlyStop: { metric: 'balancedAccuracy', mode: 'max', patience } }),
  };
};

/** Drawn from for SMOTE: before every step of the training and after the start weights. */
const smoteStream = -2e6;

/**
 * Training examples as the recipe balances them, with the options of their loss. Give it the training people only.
 * @throws ModelError('bad-option') for SMOTE with several tasks: a new row would have a class of only one of them.
 */
export const balancedExamples = (
  examples: TransformerExamples,
  { balance, dropout, labelSmoothing }: Pick<TransformerRecipe, 'balance' | 'dropout' | 'labelSmoothing'>,
  { tasks }: Pick<TransformerConfig, 'tasks'>,
  seed: number,
): { readonly examples: TransformerExamples; readonly options: TransformerTrainingOptions } => {
  const options = { dropout, labelSmoothing };
  if (balance === 'weights') {
    return {
      examples,
      options: { ...options, classWeights: tasks.map(({ nClasses }, t) => balancedWeights(examples.labels[t], nClasses)) },
    };
  }
  if (balance === 'none') return { examples, options };
  if (tasks.length > 1) {
    throw new ModelError('bad-option', `SMOTE makes rows of one task's classes, here are ${tasks.length} tasks. Balance by 'weights'.`);
  }
  const width = examples.inputs.length / examples.nExamples;
  const { inputs, labels } = smote({ inputs: examples.inputs, labels: examples.labels[0], width }, randomStream(seed, smoteStream));
  return { examples: { inputs, labels: [labels], nExamples: labels.length }, options };
};
