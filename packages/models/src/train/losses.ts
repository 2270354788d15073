import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { TfjsEngine } from '../engines/engine.ts';

export interface CrossEntropyOptions {
  /** Share of a target's mass that is spread evenly over all classes (PyTorch's convention); 0 when absent. */
  readonly labelSmoothing?: number;
  /** Weight of each class, (nClasses); the mean is then over the weights. */
  readonly classWeights?: ArrayLike<number>;
}

/**
 * Mean cross-entropy of logits (nRows, nClasses) against class numbers (nRows). A label of −1 marks a row without one: it counts nothing, which
 * is how a task that some data sets lack is trained beside the others.
 */
export const crossEntropy = (
  { tf }: TfjsEngine,
  logits: Tensor2D,
  labels: ArrayLike<number>,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions = {},
): Scalar => {
  const [nRows, nClasses] = logits.shape;
  // Targets already carry the row's weight and the mean's divisor: the loss is one product and one sum.
  const targets = new Float32Array(nRows * nClasses);
  let total = 0;
  for (let i = 0; i < nRows; i++) {
    const label = labels[i];
    if (label < 0) continue;
    let rowWeight = 0;
    for (let k = 0; k < nClasses; k++) {
      const weight = classWeights?.[k] ?? 1;
      targets[i * nClasses + k] = weight * (labelSmoothing / nClasses + (k === label ? 1 - labelSmoothing : 0));
      if (k === label) rowWeight = weight;
    }
    total += rowWeight;
  }
  if (total > 0) for (let i = 0; i < targets.length; i++) targets[i] /= total;
  return tf.neg(tf.sum(tf.mul(tf.tensor2d(targets, [nRows, nClasses]), tf.logSoftmax(logits)))) as Scalar;
};
