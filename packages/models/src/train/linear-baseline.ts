import type { Scalar, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { TfjsEngine } from '../engines/engine.ts';
import { fit } from './fit.ts';
import { crossEntropy } from './losses.ts';

/** Rows of numbers with their class. */
export interface LabelledRows {
  /** (nRows, width) */
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly width: number;
}

/**
 * Logistic regression on the same inputs, trained by the same `fit`: what a network has to beat before it is worth its parameters. Gives the class
 * (0 or 1) of each row of each test set.
 */
export const logisticBaseline = async (
  engine: TfjsEngine,
  train: LabelledRows,
  tests: readonly LabelledRows[],
  seed: number,
): Promise<Int32Array[]> => {
  const { tf } = engine;
  const { width } = train;
  const start = tf.zeros([width, 2]);
  const variable: Variable = tf.variable(start);
  const w = variable as unknown as Tensor2D;
  start.dispose();
  const rows = ({ inputs }: LabelledRows, batch: Int32Array): Tensor2D => {
    const out = new Float32Array(batch.length * width);
    batch.forEach((row, i) => {
      out.set(inputs.subarray(row * width, (row + 1) * width), i * width);
    });
    return tf.tensor2d(out, [batch.length, width]);
  };
  const trainable = {
    variables: [variable],
    nExamples: train.labels.length,
    loss: (batch: Int32Array): Scalar =>
      crossEntropy(
        engine,
        tf.matMul(rows(train, batch), w),
        Array.from(batch, (row) => train.labels[row]),
      ),
  };
  await fit(engine, trainable, { passes: 10, batchSize: 256, learningRate: 0.01, weightDecay: 0.01, seed });
  const classes = tests.map((test) =>
    tf.tidy(() => {
      const all = Int32Array.from({ length: test.labels.length }, (_, i) => i);
      return Int32Array.from(tf.argMax(tf.matMul(rows(test, all), w), 1).dataSync());
    }),
  );
  variable.dispose();
  return classes;
};
