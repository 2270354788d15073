import { ModelError } from './errors.ts';
import type { Weights } from './safetensors.ts';
import { scalpPosition } from './scalp-positions.ts';

/** How far an electrode's identity reaches, m: the authors' value. */
const reach = 0.04;

const embeddingName = 'electrode_id_embedding.embedding';

/** Share of each source electrode in each target electrode, (nTargets, nSources), rows summing to 1: softmax over −d²/(2·reach²) of the distance d. */
export const transferShares = (source: readonly string[], target: readonly string[]): Float64Array => {
  const from = source.map(scalpPosition);
  const shares = new Float64Array(target.length * source.length);
  target.forEach((name, t) => {
    const [x, y, z] = scalpPosition(name);
    const row = shares.subarray(t * source.length, (t + 1) * source.length);
    from.forEach(([u, v, w], s) => {
      row[s] = -((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2) / (2 * reach ** 2);
    });
    const largest = Math.max(...row);
    let sum = 0;
    for (let s = 0; s < row.length; s++) sum += row[s] = Math.exp(row[s] - largest);
    for (let s = 0; s < row.length; s++) row[s] /= sum;
  });
  return shares;
};

/**
 * Weights of a transformer trained on one montage, for another one: the identity embedding of each target electrode is the mean of the source electrodes',
 * weighted by nearness on the scalp; everything else is shared by all electrodes and stays. (The idea is in the authors' later, unpublished
 * code.) Input means and scales go the same way. A start for training on the new montage, not a model: test it before use.
 * @throws ModelError('bad-option') for an unknown electrode, ModelError('bad-weights') where the weights are not of the source montage.
 */
export const transferMontage = (weights: Weights, source: readonly string[], target: readonly string[]): Weights => {
  const embedding = weights.get(embeddingName);
  if (embedding?.shape[1] !== source.length) {
    throw new ModelError(
      'bad-weights',
      `The weights are for ${embedding?.shape[1] ?? 'no'} electrodes, the source montage has ${source.length}.`,
    );
  }
  const shares = transferShares(source, target);
  const mix = (data: Float32Array, width: number): Float32Array => {
    const out = new Float32Array(target.length * width);
    for (let t = 0; t < target.length; t++) {
      for (let s = 0; s < source.length; s++) {
        const share = shares[t * source.length + s];
        for (let i = 0; i < width; i++) out[t * width + i] += share * data[s * width + i];
      }
    }
    return out;
  };
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      if (name === embeddingName) return [name, { shape: [1, target.length, shape[2]], data: mix(data, shape[2]) }];
      if (name === 'input_mean' || name === 'input_scale') return [name, { shape: [target.length, shape[1]], data: mix(data, shape[1]) }];
      return [name, { shape, data }];
    }),
  );
};
