import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { TfjsEngine } from './engines/engine.ts';

/**
 * A value and how fast it changes with one scalar input (time), carried through a network together. TensorFlow.js has no sound second
 * derivatives: `tf.grad` inside `tf.grad` is silently wrong, or throws, for tanh, sigmoid, exp and elu, because their kernels save the output
 * (tensorflow/tfjs#3252). With the rate carried forward there is one gradient only, the one for the weights, and it is right.
 */
export interface Dual {
  /** (nRows, n). */
  readonly value: Tensor2D;
  /** (nRows, n): ∂value/∂t. */
  readonly rate: Tensor2D;
}

/** The layers of a plain network on duals. */
export const dualLayers = ({ tf }: Pick<TfjsEngine, 'tf'>) => ({
  /** x · w + b: (nRows, nIn) → (nRows, nOut). */
  linear: ({ value, rate }: Dual, w: Tensor2D, b: Tensor1D): Dual => ({
    value: tf.add(tf.matMul(value, w), b) as Tensor2D,
    rate: tf.matMul(rate, w),
  }),
  /** Hyperbolic tangent. */
  tanh: ({ value, rate }: Dual): Dual => {
    const out = tf.tanh(value);
    return { value: out, rate: tf.mul(tf.sub(1, tf.square(out)), rate) };
  },
  /** Inputs that do not change with time, with time itself as the last column: (nRows, nInputs), (nRows, 1) → (nRows, nInputs + 1). */
  withTime: (inputs: Tensor2D, time: Tensor2D): Dual => ({
    value: tf.concat([inputs, time], 1),
    rate: tf.concat([tf.zerosLike(inputs), tf.onesLike(time)], 1) as Tensor as Tensor2D,
  }),
});
