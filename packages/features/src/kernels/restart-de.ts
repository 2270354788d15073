import { type BandpassCoefficients, bandpassSums } from './bandpass-sums.ts';
import { differentialEntropy, type LogBase } from './differential-entropy.ts';

/** Over what the mean and standard deviation of a z-score are taken: nothing, the whole (nChannels, nTimes) block, or each channel. */
export type ZScore = 'none' | 'global' | 'per-channel';

/** Population z-score of `data[from, to)` in place; a flat stretch becomes zeros. */
const standardise = (data: Float64Array, from: number, to: number): void => {
  const n = to - from;
  const flat = data[from];
  if (data.subarray(from, to).every((value) => value === flat)) {
    // Its mean and variance are those of rounding, which would become a step of one deviation.
    data.fill(0, from, to);
    return;
  }
  let mean = 0;
  for (let i = from; i < to; i++) mean += data[i] / n;
  let variance = 0;
  for (let i = from; i < to; i++) variance += (data[i] - mean) ** 2 / n;
  const scale = variance > 0 ? Math.sqrt(variance) : 1;
  for (let i = from; i < to; i++) data[i] = (data[i] - mean) / scale;
};

/** (nChannels, nTimes) with population mean 0 and standard deviation 1 over the whole block or each channel; a new array. */
export const zScored = (data: Float64Array, nChannels: number, zScore: ZScore): Float64Array => {
  const scored = data.slice();
  const nTimes = data.length / nChannels;
  if (zScore === 'global') standardise(scored, 0, scored.length);
  if (zScore === 'per-channel') for (let c = 0; c < nChannels; c++) standardise(scored, c * nTimes, (c + 1) * nTimes);
  return scored;
};

export interface RestartRecipe {
  /** One filter a band. */
  readonly filters: readonly BandpassCoefficients[];
  readonly zScore: ZScore;
  readonly ddof: 0 | 1;
  readonly logBase: LogBase;
  /** Variances below this are told as this. */
  readonly varianceFloor: number;
}

/**
 * Differential entropy of one window by itself: z-score, band-pass every channel from rest, ½·log(2πe·variance) of the whole window with
 * its start-up transient.
 * `data` (nChannels, nTimes) → (nChannels, nBands). The computation of torcheeg's `BandDifferentialEntropy`, which RBTransformer uses, in
 * a stable filter form.
 */
export const restartDe = (data: Float64Array, nChannels: number, recipe: RestartRecipe): Float64Array => {
  const { filters, zScore, ddof, logBase, varianceFloor } = recipe;
  const nTimes = data.length / nChannels;
  const scored = zScored(data, nChannels, zScore);
  const values = new Float64Array(nChannels * filters.length);
  const sums = new Float64Array(2);
  for (let c = 0; c < nChannels; c++) {
    for (const [b, filter] of filters.entries()) {
      bandpassSums(filter, new Float64Array(filter.length - 1), 0, scored, c * nTimes, nTimes, sums, 0);
      const variance = (sums[1] - (sums[0] * sums[0]) / nTimes) / (nTimes - ddof);
      values[c * filters.length + b] = differentialEntropy(Math.max(variance, varianceFloor), logBase);
    }
  }
  return values;
};

/**
 * The waveforms of consecutive pieces of `pieceTimes` samples averaged sample by sample, (nChannels, pieceTimes): RBTransformer's
 * published baseline.
 */
export const averagedPieces = (data: Float64Array, nChannels: number, pieceTimes: number): Float64Array => {
  const nTimes = data.length / nChannels;
  const nPieces = Math.floor(nTimes / pieceTimes);
  const mean = new Float64Array(nChannels * pieceTimes);
  for (let c = 0; c < nChannels; c++) {
    for (let t = 0; t < nPieces * pieceTimes; t++) mean[c * pieceTimes + (t % pieceTimes)] += data[c * nTimes + t] / nPieces;
  }
  return mean;
};

/** How a baseline recording becomes the entropy that is subtracted. */
export type BaselineMethod = 'averaged-waveform' | 'mean-of-pieces';

/**
 * Entropy of a baseline recording (nChannels, nTimes) cut into pieces of `pieceTimes` samples, (nChannels, nBands). `averaged-waveform`
 * (published): entropy of the
 * averaged waveform, which keeps only what is locked to the pieces. `mean-of-pieces` (better): the mean of the pieces' entropies.
 */
export const baselineDe = (
  data: Float64Array,
  nChannels: number,
  pieceTimes: number,
  method: BaselineMethod,
  recipe: RestartRecipe,
): Float64Array => {
  if (method === 'averaged-waveform') return restartDe(averagedPieces(data, nChannels, pieceTimes), nChannels, recipe);
  const nTimes = data.length / nChannels;
  const nPieces = Math.floor(nTimes / pieceTimes);
  const mean = new Float64Array(nChannels * recipe.filters.length);
  const piece = new Float64Array(nChannels * pieceTimes);
  for (let p = 0; p < nPieces; p++) {
    for (let c = 0; c < nChannels; c++) {
      piece.set(data.subarray(c * nTimes + p * pieceTimes, c * nTimes + (p + 1) * pieceTimes), c * pieceTimes);
    }
    for (const [f, value] of restartDe(piece, nChannels, recipe).entries()) mean[f] += value / nPieces;
  }
  return mean;
};
