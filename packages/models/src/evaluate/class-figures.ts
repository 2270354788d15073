/** Figures of classes from counts: `counts[truth * nClasses + answer]`. */

/** Counts answers against the truth. Rows of `probabilities` are (nClasses) each; the answer is the likeliest class, the earlier of equals. */
export const confusionMatrix = (truth: ArrayLike<number>, probabilities: Float32Array, nClasses: number): Float64Array => {
  const counts = new Float64Array(nClasses * nClasses);
  for (let row = 0; row < truth.length; row++) counts[truth[row] * nClasses + likeliest(probabilities, row * nClasses, nClasses)]++;
  return counts;
};

/** Class number with the largest probability among `nClasses` from `at`. */
export const likeliest = (probabilities: Float32Array, at: number, nClasses: number): number => {
  let best = 0;
  for (let k = 1; k < nClasses; k++) if (probabilities[at + k] > probabilities[at + best]) best = k;
  return best;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const sizeOf = (counts: ArrayLike<number>): number => Math.round(Math.sqrt(counts.length));
const row = (counts: ArrayLike<number>, k: number, n: number): number[] => Array.from({ length: n }, (_, j) => counts[k * n + j]);
const column = (counts: ArrayLike<number>, k: number, n: number): number[] => Array.from({ length: n }, (_, j) => counts[j * n + k]);

/** Share of right answers; NaN of nothing. */
export const accuracyOf = (counts: ArrayLike<number>): number => {
  const n = sizeOf(counts);
  const right = sum(Array.from({ length: n }, (_, k) => counts[k * n + k]));
  return right / sum(Array.from(counts));
};

/** Mean recall over the classes that occur: 1 / nClasses for any constant answer where all do. NaN of nothing. */
export const balancedAccuracyOf = (counts: ArrayLike<number>): number => {
  const n = sizeOf(counts);
  const recalls = Array.from({ length: n }, (_, k) => [counts[k * n + k], sum(row(counts, k, n))]).filter(([, all]) => all > 0);
  return sum(recalls.map(([right, all]) => right / all)) / recalls.length;
};

/** Mean F1 over the classes that occur or are answered. */
export const macroF1Of = (counts: ArrayLike<number>): number => {
  const n = sizeOf(counts);
  const scores = Array.from({ length: n }, (_, k) => {
    const either = sum(row(counts, k, n)) + sum(column(counts, k, n));
    return either > 0 ? [(2 * counts[k * n + k]) / either] : [];
  }).flat();
  return sum(scores) / scores.length;
};

/** Number of equal-width bins of confidence. */
export const nCalibrationBins = 10;

/** Answers by how sure they were: for each bin of confidence its count, summed confidence and number of right answers, (nBins, 3). */
export const calibrationBins = (truth: ArrayLike<number>, probabilities: Float32Array, nClasses: number): Float64Array => {
  const bins = new Float64Array(3 * nCalibrationBins);
  for (let i = 0; i < truth.length; i++) {
    const answer = likeliest(probabilities, i * nClasses, nClasses);
    const confidence = probabilities[i * nClasses + answer];
    const bin = 3 * Math.min(nCalibrationBins - 1, Math.floor(confidence * nCalibrationBins));
    bins[bin]++;
    bins[bin + 1] += confidence;
    if (answer === truth[i]) bins[bin + 2]++;
  }
  return bins;
};

/** Expected calibration error (Guo et al. 2017, arXiv:1706.04599): mean distance between confidence and accuracy over the bins, by their counts. */
export const calibrationError = (bins: ArrayLike<number>): number => {
  let distance = 0;
  let all = 0;
  for (let bin = 0; bin < bins.length; bin += 3) {
    distance += Math.abs(bins[bin + 1] - bins[bin + 2]);
    all += bins[bin];
  }
  return distance / all;
};
