import { type TransformerConfig, transformerTensors } from './electrode-transformer.ts';
import { ModelError } from './errors.ts';
import type { ModelCard } from './model.ts';
import type { Weights } from './safetensors.ts';

/** What is done to the input before the network, as the card's `normalisation` names it. */
export const normalisations = ['none', 'train-fit', 'window'] as const;

/**
 * - `none`: the values as they come;
 * - `train-fit`: minus the mean, over the standard deviation of the training people, a pair for each electrode and band, kept with the weights
 *   (`input_mean`, `input_scale`);
 * - `window`: the same as `train-fit`, after taking from every band its mean over the electrodes of this window: blind to the overall level, which
 *   differs most between people, and therefore to any change of it.
 */
export type Normalisation = (typeof normalisations)[number];

/** The hyper-parameters of a card, as they are written. */
export const transformerHyperparameters = (config: TransformerConfig, normalisation: Normalisation): Record<string, string | number> => ({
  n_electrodes: config.nElectrodes,
  n_bands: config.nBands,
  embed_dim: config.dModel,
  depth: config.depth,
  heads: config.nHeads,
  head_dim: config.dHead,
  mlp_hidden_dim: config.dFeedForward,
  tasks: config.tasks.map(({ name, nClasses }) => `${name}:${nClasses}`).join(' '),
  normalisation,
});

/** Reads the hyper-parameters of a card. @throws ModelError('bad-card') naming the first that does not fit, also where the card's axes or outputs contradict them. */
export const transformerConfigOf = (card: ModelCard): { readonly config: TransformerConfig; readonly normalisation: Normalisation } => {
  const fail = (what: string): never => {
    throw new ModelError('bad-card', `The card of '${card.name}' does not describe an electrode transformer: ${what}.`);
  };
  const count = (name: string): number => {
    const value = card.hyperparameters[name];
    return Number.isInteger(value) && (value as number) > 0
      ? (value as number)
      : fail(`${name} is ${value}, expected a whole number above 0`);
  };
  const tasks = String(card.hyperparameters.tasks ?? '')
    .split(' ')
    .map((task) => {
      const [, name, nClasses] =
        /^([a-z][a-z_0-9]*):([1-9]\d*)$/.exec(task) ?? fail(`tasks is '${card.hyperparameters.tasks}', expected 'name:classes'`);
      return { name, nClasses: Number(nClasses) };
    });
  const normalisation = card.hyperparameters.normalisation as Normalisation;
  if (!normalisations.includes(normalisation)) fail(`normalisation is '${normalisation}', expected ${normalisations.join(', ')}`);
  const config: TransformerConfig = {
    nElectrodes: count('n_electrodes'),
    nBands: count('n_bands'),
    dModel: count('embed_dim'),
    depth: count('depth'),
    nHeads: count('heads'),
    dHead: count('head_dim'),
    dFeedForward: count('mlp_hidden_dim'),
    tasks,
  };
  const axes = card.inputs[0]?.axes.map(({ labels }) => labels.length) ?? [];
  if (card.inputs.length !== 1 || axes.length !== 2) fail('it needs one input with the axes channel and band');
  if (axes[0] !== config.nElectrodes || axes[1] !== config.nBands) {
    fail(`its input is ${axes.join(' × ')}, its network takes ${config.nElectrodes} × ${config.nBands}`);
  }
  const nOutputs = tasks.reduce((sum, { nClasses }) => sum + outputsOf(nClasses), 0);
  if (card.outputs.length !== nOutputs) fail(`it names ${card.outputs.length} outputs, its tasks give ${nOutputs}`);
  return { config, normalisation };
};

/** A task of two classes gives one probability, one of more classes gives one for each. */
export const outputsOf = (nClasses: number): number => (nClasses === 2 ? 1 : nClasses);

/** @throws ModelError('bad-weights') naming the first array that is missing or has another shape than the network's. */
export const checkTransformerWeights = (config: TransformerConfig, normalisation: Normalisation, weights: Weights): void => {
  const input =
    normalisation === 'none' ? [] : ['input_mean', 'input_scale'].map((name) => ({ name, shape: [config.nElectrodes, config.nBands] }));
  for (const { name, shape } of [...transformerTensors(config), ...input]) {
    const got = weights.get(name)?.shape;
    if (got?.join() !== shape.join()) {
      throw new ModelError('bad-weights', `The array '${name}' ${got ? `is [${got}]` : 'is missing'}; the network needs [${shape}].`);
    }
  }
};

/** Gives the function that turns one feature vector's values into the network's input, (nElectrodes, nBands), in the given place. */
export const normaliser = (config: TransformerConfig, normalisation: Normalisation, weights: Weights) => {
  const { nElectrodes, nBands } = config;
  const mean = weights.get('input_mean')?.data;
  const scale = weights.get('input_scale')?.data;
  return (values: ArrayLike<number>, out: Float32Array | Float64Array, at = 0): void => {
    for (let b = 0; b < nBands; b++) {
      let level = 0;
      if (normalisation === 'window') {
        for (let c = 0; c < nElectrodes; c++) level += values[c * nBands + b];
        level /= nElectrodes;
      }
      for (let c = 0; c < nElectrodes; c++) {
        const i = c * nBands + b;
        out[at + i] = mean && scale ? (values[i] - level - mean[i]) / scale[i] : values[i] - level;
      }
    }
  };
};
