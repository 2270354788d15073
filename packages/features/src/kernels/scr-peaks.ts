/** One response found in a whole record. Positions are samples; times s; conductances in the input's unit. */
export interface ScrPeak {
  readonly onset: number;
  readonly peak: number;
  /** Peak minus onset. */
  readonly amplitude: number;
  readonly riseSec: number;
  /** From the peak to the first sample that has lost half the amplitude, before the next peak; NaN where there is none. */
  readonly halfRecoverySec: number;
  /** From half the amplitude on the way up to half on the way down, interpolated; NaN like `halfRecoverySec`. */
  readonly widthSec: number;
}

export interface ScrPeakOptions {
  readonly sfreq: number;
  /** Smallest amplitude, absolute; 0 takes every one. */
  readonly minAmplitude?: number;
  /** Smallest prominence as a share of the record's largest. With nothing else a flat record still yields responses. */
  readonly minRelative?: number;
}

/**
 * Responses in the phasic part of a whole record: local maxima whose prominence is at least `minRelative` of the largest, each with the last
 * trough before it as onset. The rule of NeuroKit2's `eda_peaks` (Makowski et al. 2021, doi 10.3758/s13428-020-01516-y), which has no absolute
 * threshold, with one added. A maximum without a trough before it is left out. A plateau counts as one maximum, at its middle.
 */
export const scrPeaks = (phasic: Float64Array, { sfreq, minAmplitude = 0, minRelative = 0.1 }: ScrPeakOptions): ScrPeak[] => {
  const maxima = localMaxima(phasic, 1);
  const minima = localMaxima(phasic, -1);
  const prominences = maxima.map((peak) => prominence(phasic, peak));
  const floor = minRelative * prominences.reduce((largest, value) => Math.max(largest, value), 0);
  const kept = maxima.filter((_, i) => prominences[i] >= floor);
  const found: ScrPeak[] = [];
  let trough = 0;
  for (const [i, peak] of kept.entries()) {
    while (trough < minima.length && minima[trough] < peak) trough++;
    if (trough === 0) continue;
    const onset = minima[trough - 1];
    const amplitude = phasic[peak] - phasic[onset];
    if (amplitude < minAmplitude) continue;
    found.push({ onset, peak, amplitude, riseSec: (peak - onset) / sfreq, ...recovery(phasic, onset, peak, kept[i + 1], sfreq) });
  }
  return found;
};

const recovery = (x: Float64Array, onset: number, peak: number, next = x.length, sfreq: number) => {
  const half = (x[onset] + x[peak]) / 2;
  let down = peak;
  while (down < next && x[down] > half) down++;
  if (down === next) return { halfRecoverySec: Number.NaN, widthSec: Number.NaN };
  let up = peak;
  while (x[up - 1] > half) up--;
  const rising = up - (x[up] - half) / (x[up] - x[up - 1]);
  const falling = down - (half - x[down]) / (x[down - 1] - x[down]);
  return { halfRecoverySec: (down - peak) / sfreq, widthSec: (falling - rising) / sfreq };
};

/** Middles of the plateaus that both neighbours lie below (`sign` 1) or above (−1); ends do not count. */
const localMaxima = (x: Float64Array, sign: 1 | -1): number[] => {
  const found: number[] = [];
  for (let i = 1; i < x.length - 1; i++) {
    if (!(sign * x[i - 1] < sign * x[i])) continue;
    let end = i;
    while (end < x.length - 1 && x[end + 1] === x[i]) end++;
    if (end < x.length - 1 && sign * x[end + 1] < sign * x[i]) found.push((i + end) >> 1);
    i = end;
  }
  return found;
};

/** Height over the higher of the two lowest points one must pass on the way to higher ground, or to the ends. */
const prominence = (x: Float64Array, peak: number): number => {
  let left = x[peak];
  for (let i = peak; i >= 0 && x[i] <= x[peak]; i--) left = Math.min(left, x[i]);
  let right = x[peak];
  for (let i = peak; i < x.length && x[i] <= x[peak]; i++) right = Math.min(right, x[i]);
  return x[peak] - Math.max(left, right);
};
