import type { TransformerConfig } from '../electrode-transformer.ts';
import { deviationOf } from '../evaluate/scaling.ts';
import type { Weights } from '../safetensors.ts';
import { type Normalisation, normaliser } from '../transformer-card.ts';

/**
 * Mean and standard deviation of each value over the training examples, (nElectrodes, nBands), as `input_mean` and `input_scale`; for the normalisation
 * `window` of what it leaves. A value that never changes gets scale 1.
 */
export const inputScale = (vectors: readonly Float64Array[], config: TransformerConfig, normalisation: Normalisation): Weights => {
  const { nElectrodes, nBands } = config;
  const width = nElectrodes * nBands;
  const centre = normaliser(config, normalisation === 'window' ? 'window' : 'none', new Map());
  const row = new Float64Array(width);
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (const values of vectors) {
    centre(values, row);
    for (let i = 0; i < width; i++) mean[i] += row[i] / vectors.length;
  }
  for (const values of vectors) {
    centre(values, row);
    for (let i = 0; i < width; i++) square[i] += (row[i] - mean[i]) ** 2 / vectors.length;
  }
  const shape = [nElectrodes, nBands];
  return new Map([
    ['input_mean', { shape, data: Float32Array.from(mean) }],
    ['input_scale', { shape, data: Float32Array.from(square, (variance, i) => deviationOf(mean[i], variance)) }],
  ]);
};
