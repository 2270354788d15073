/** Statistics of one stretch of a signal, in the order `statistics` writes them. */
export const statisticLabels = [
  'mean',
  'sd',
  'min',
  'max',
  'range',
  'sum',
  'energy',
  'skewness',
  'kurtosis',
  'peaks',
  'rms',
  'line_integral',
  'above_mean',
  'below_mean',
  'sign_changes',
  'iqr',
  'iqr_5_95',
  'percentile_5',
  'percentile_95',
  'permutation_entropy',
] as const;

/**
 * The statistics of FLIRT (Föll et al. 2021, doi 10.1016/j.cmpb.2021.106461) of one stretch, written into `out` in the order of `statisticLabels`.
 * `sd` is of the population; skewness and excess kurtosis are its moments' ratios, 0 for a constant; `energy` is the sum of squares; `peaks` counts
 * strict local maxima; `line_integral` sums the absolute steps; `sign_changes` counts changes between strictly positive and strictly negative; percentiles
 * interpolate linearly; `permutation_entropy` is of order 3, delay 1, as a share of its maximum. `sorted` is working space of the stretch's length.
 */
export const statistics = (x: Float64Array, sorted: Float64Array, out: Float64Array): void => {
  const n = x.length;
  let [sum, energy, line] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    sum += x[i];
    energy += x[i] * x[i];
    if (i > 0) line += Math.abs(x[i] - x[i - 1]);
  }
  const mean = sum / n;
  let [m2, m3, m4] = [0, 0, 0];
  let [above, below, peaks, signChanges, sign] = [0, 0, 0, 0, 0];
  patterns.fill(0);
  for (let i = 0; i < n; i++) {
    const d = x[i] - mean;
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
    if (d > 0) above++;
    if (d < 0) below++;
    const now = Math.sign(x[i]);
    if (now !== 0) {
      if (sign !== 0 && now !== sign) signChanges++;
      sign = now;
    }
    if (i < 2) continue;
    if (x[i - 1] > x[i - 2] && x[i - 1] > x[i]) peaks++;
    patterns[(x[i - 2] < x[i - 1] ? 4 : 0) | (x[i - 1] < x[i] ? 2 : 0) | (x[i - 2] < x[i] ? 1 : 0)]++;
  }
  const variance = m2 / n;
  sorted.set(x);
  sorted.sort();
  const [p5, p25, p75, p95] = [percentile(sorted, 0.05), percentile(sorted, 0.25), percentile(sorted, 0.75), percentile(sorted, 0.95)];
  out[0] = mean;
  out[1] = Math.sqrt(variance);
  out[2] = sorted[0];
  out[3] = sorted[n - 1];
  out[4] = sorted[n - 1] - sorted[0];
  out[5] = sum;
  out[6] = energy;
  out[7] = variance > 0 ? m3 / n / variance ** 1.5 : 0;
  out[8] = variance > 0 ? m4 / n / variance ** 2 - 3 : 0;
  out[9] = peaks;
  out[10] = Math.sqrt(energy / n);
  out[11] = line;
  out[12] = above;
  out[13] = below;
  out[14] = signChanges;
  out[15] = p75 - p25;
  out[16] = p95 - p5;
  out[17] = p5;
  out[18] = p95;
  out[19] = entropyShare(n - 2);
};

/** Counts of the six orders three neighbours can have, at the index of their three comparisons. */
const patterns = new Float64Array(8);

const entropyShare = (total: number): number => {
  let entropy = 0;
  for (let i = 0; i < patterns.length; i++) if (patterns[i] > 0) entropy -= (patterns[i] / total) * Math.log(patterns[i] / total);
  return entropy / Math.log(6);
};

const percentile = (sorted: Float64Array, share: number): number => {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
};
