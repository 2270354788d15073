import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Parameters } from './electrode-transformer.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { layersOn } from './layers.ts';

/** Size of the encoder. */
export interface EncoderShape {
  readonly nInputs: number;
  readonly width: number;
  readonly kernel: number;
  /** One block each. */
  readonly dilations: readonly number[];
}

/** Samples the encoder looks back on, the present one included: 161 for kernel 5 and dilations 1, 3, 9, 27. */
export const receptiveField = ({ kernel, dilations }: EncoderShape): number =>
  1 + dilations.reduce((sum, dilation) => sum + (kernel - 1) * dilation, 0);

/** Name and shape of every weight. */
export const encoderWeights = ({ nInputs, width, kernel, dilations }: EncoderShape): Record<string, number[]> => ({
  'encoder.in.w': [nInputs, width],
  'encoder.in.b': [width],
  ...Object.fromEntries(
    dilations.flatMap((_, i) => [
      [`encoder.${i}.depth.w`, [kernel, width]],
      [`encoder.${i}.point.w`, [width, width]],
      [`encoder.${i}.point.b`, [width]],
    ]),
  ),
});

/**
 * Causal depthwise-separable convolutions over time with residuals: (nRows, nTimes, nInputs) → (nRows, nTimes, width). What lies before the first
 * sample counts as zero. Built from shifts, products and sums, because the WebAssembly backend has no gradient for convolutions.
 */
export const edaEncoder = (engine: TfjsEngine, shape: EncoderShape): ((parameters: Parameters, x: Tensor3D) => Tensor3D) => {
  const { tf } = engine;
  const { linear } = layersOn(engine);
  const { width, kernel, dilations } = shape;

  const pointwise = (x: Tensor3D, w: Tensor, b: Tensor): Tensor3D => {
    const [nRows, nTimes, nIn] = x.shape;
    return tf.reshape(linear(tf.reshape(x, [nRows * nTimes, nIn]), w as Tensor2D, b as Tensor1D), [nRows, nTimes, width]);
  };

  const depthwise = (x: Tensor3D, w: Tensor, dilation: number): Tensor3D => {
    const [nRows, nTimes] = x.shape;
    const padded = tf.pad3d(x, [
      [0, 0],
      [(kernel - 1) * dilation, 0],
      [0, 0],
    ]);
    const taps = tf.unstack(w as Tensor2D); // kernel × (width)
    return taps
      .map((tap, k) => tf.mul(tf.slice(padded, [0, k * dilation, 0], [nRows, nTimes, width]), tap))
      .reduce((sum, shifted) => tf.add(sum, shifted)) as Tensor3D;
  };

  return (parameters, x) =>
    tf.tidy(() => {
      let h = tf.relu(pointwise(x, parameters.get('encoder.in.w')!, parameters.get('encoder.in.b')!)) as Tensor3D; // (nRows, nTimes, width)
      for (const [i, dilation] of dilations.entries()) {
        const mixed = depthwise(h, parameters.get(`encoder.${i}.depth.w`)!, dilation);
        h = tf.add(h, tf.relu(pointwise(mixed, parameters.get(`encoder.${i}.point.w`)!, parameters.get(`encoder.${i}.point.b`)!)));
      }
      return h;
    });
};
