import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { electrodeTransformer, parametersOn, type TransformerConfig, transformerTensors, weightsFrom } from '../electrode-transformer.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import type { Weights } from '../safetensors.ts';
import type { Trainable } from './fit.ts';
import { crossEntropy } from './losses.ts';
import { randomNormal } from './random.ts';

/** Inputs with their labels. */
export interface TransformerExamples {
  /** (nExamples, nElectrodes, nBands), normalised. */
  readonly inputs: Float32Array;
  /** Class numbers of each task, (nExamples); −1 where an example has no label for it. */
  readonly labels: readonly Int32Array[];
  readonly nExamples: number;
}

export interface TransformerTrainingOptions {
  /** 0.1 when absent, as published. */
  readonly dropout?: number;
  /** 0.12 when absent, as published. */
  readonly labelSmoothing?: number;
  /** Class weights of each task. */
  readonly classWeights?: readonly (readonly number[])[];
}

/**
 * Weights to start from, as PyTorch starts them: uniform in ±1/√nIn for matrices and biases, a standard normal identity embedding, and
 * norms that do nothing.
 */
export const initialWeights = (config: TransformerConfig, random: () => number): Weights => {
  let fanIn = 1;
  return new Map(
    transformerTensors(config).map(({ name, shape }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const fill = (value: () => number) => ({ shape, data: Float32Array.from({ length }, value) });
      if (name.includes('norm.')) return [name, fill(() => (name.endsWith('weight') ? 1 : 0))];
      if (name.endsWith('embedding')) return [name, fill(() => randomNormal(random))];
      // A bias follows its matrix, whose number of inputs bounds it too.
      if (shape.length === 2) fanIn = shape[1];
      return [name, fill(() => (2 * random() - 1) / Math.sqrt(fanIn))];
    }),
  );
};

/** Logits of every task for a set of inputs, (nExamples, nClasses) each, in batches small enough for a small machine. */
export const transformerLogits = (
  engine: TfjsEngine,
  config: TransformerConfig,
  parameters: ReadonlyMap<string, Tensor>,
  { inputs, nExamples }: Pick<TransformerExamples, 'inputs' | 'nExamples'>,
  batchSize = 256,
): Float32Array[] => {
  const { tf } = engine;
  const forward = electrodeTransformer(engine, config);
  const width = config.nElectrodes * config.nBands;
  const out = config.tasks.map(({ nClasses }) => new Float32Array(nExamples * nClasses));
  for (let from = 0; from < nExamples; from += batchSize) {
    const n = Math.min(batchSize, nExamples - from);
    tf.tidy(() => {
      const x = tf.tensor3d(inputs.slice(from * width, (from + n) * width), [n, config.nElectrodes, config.nBands]);
      forward(parameters, x).forEach((logits, task) => {
        out[task].set(logits.dataSync(), from * config.tasks[task].nClasses);
      });
    });
  }
  return out;
};

/** A transformer made trainable, with a way to take its weights out again. `dispose` frees the engine's memory. */
export interface TrainableTransformer extends Trainable {
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly weights: () => Weights;
  readonly dispose: () => void;
}

/** The electrode transformer as `fit` wants it; the loss is the sum of the tasks' cross-entropies. */
export const trainableTransformer = (
  engine: TfjsEngine,
  config: TransformerConfig,
  start: Weights,
  { inputs, labels, nExamples }: TransformerExamples,
  options: TransformerTrainingOptions = {},
): TrainableTransformer => {
  const { tf } = engine;
  const { dropout = 0.1, labelSmoothing = 0.12, classWeights } = options;
  const forward = electrodeTransformer(engine, config);
  const parameters = new Map<string, Variable>();
  for (const [name, tensor] of parametersOn(engine, config, start)) {
    parameters.set(name, tf.variable(tensor));
    tensor.dispose();
  }
  const variables = [...parameters.values()];
  const width = config.nElectrodes * config.nBands;

  return {
    variables,
    parameters,
    nExamples,
    loss: (batch, { random }) => {
      const rows = new Float32Array(batch.length * width);
      batch.forEach((example, i) => {
        rows.set(inputs.subarray(example * width, (example + 1) * width), i * width);
      });
      const x = tf.tensor3d(rows, [batch.length, config.nElectrodes, config.nBands]);
      const losses = forward(parameters, x, dropout > 0 ? { dropout: { rate: dropout, random } } : {}).map((logits, task) =>
        crossEntropy(
          engine,
          logits,
          Array.from(batch, (example) => labels[task][example]),
          {
            labelSmoothing,
            ...(classWeights && { classWeights: classWeights[task] }),
          },
        ),
      );
      return tf.addN(losses) as Scalar;
    },
    weights: () =>
      weightsFrom(
        config,
        variables.map((variable) => variable.dataSync() as Float32Array),
      ),
    dispose: () => tf.dispose(variables),
  };
};
