import type { Weights } from '../safetensors.ts';

/**
 * Mean and standard deviation of each value over the training examples, (nElectrodes, nBands), as `input_mean` and `input_scale`. A value that never
 * changes gets scale 1.
 */
export const inputScale = (vectors: readonly Float64Array[], nElectrodes: number, nBands: number): Weights => {
  const width = nElectrodes * nBands;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (const values of vectors) for (let i = 0; i < width; i++) mean[i] += values[i] / vectors.length;
  for (const values of vectors) for (let i = 0; i < width; i++) square[i] += (values[i] - mean[i]) ** 2 / vectors.length;
  const shape = [nElectrodes, nBands];
  return new Map([
    ['input_mean', { shape, data: Float32Array.from(mean) }],
    ['input_scale', { shape, data: Float32Array.from(square, (variance) => Math.sqrt(variance) || 1) }],
  ]);
};
