import { nextPowerOfTwo, powerSpectrum } from './fft.ts';

/** Power spectral density of several channels, unit²/Hz, one-sided. */
export interface Spectrum {
  /** (nChannels, nFrequencies), row-major. */
  readonly density: Float64Array;
  /** Hz between two frequencies; the first is 0. */
  readonly step: number;
  readonly nFrequencies: number;
}

/** Adds the samples of a hop (nChannels, nTimes) and gives the spectrum of the window, once it is full. The array given is used again. */
export type WelchStream = (hop: Float64Array) => Spectrum | undefined;

/** One segment's periodograms and the sample it began with. */
interface Periodogram {
  readonly start: number;
  readonly density: Float64Array;
}

const hann = (n: number): Float64Array => Float64Array.from({ length: n }, (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / n));

/**
 * Welch's averaged periodograms over a sliding window (Welch 1967, doi 10.1109/TAU.1967.1161901): segments of `segmentTimes` samples, half
 * overlapping, counted
 * from the opening; each less its mean, under a periodic Hann window, padded to a power of two. Every segment is transformed once,
 * whatever the
 * window and the hop. `scipy.signal.welch(nperseg=segmentTimes, nfft=…)` on the same samples where hops begin on a segment; otherwise the
 * mean of the
 * segments that lie wholly inside the window, or the last whole one where none does.
 */
export const welchStream = (nChannels: number, sfreq: number, segmentTimes: number, nHops: number): WelchStream => {
  const nFft = nextPowerOfTwo(segmentTimes);
  const nFrequencies = nFft / 2 + 1;
  const step = Math.ceil(segmentTimes / 2);
  const taper = hann(segmentTimes);
  const scale = 1 / (sfreq * taper.reduce((sum, w) => sum + w * w, 0));
  const transform = powerSpectrum(nFft);
  const segment = new Float64Array(nChannels * segmentTimes);
  const tapered = new Float64Array(segmentTimes);
  const hopTimes: number[] = [];
  const periodograms: Periodogram[] = [];
  const mean = new Float64Array(nChannels * nFrequencies);
  let filled = 0;
  let nSeen = 0;

  const periodogram = (): Float64Array => {
    const density = new Float64Array(nChannels * nFrequencies);
    for (let c = 0; c < nChannels; c++) {
      const x = segment.subarray(c * segmentTimes, (c + 1) * segmentTimes);
      const level = x.reduce((sum, value) => sum + value, 0) / segmentTimes;
      for (let t = 0; t < segmentTimes; t++) tapered[t] = (x[t] - level) * taper[t];
      const row = density.subarray(c * nFrequencies, (c + 1) * nFrequencies);
      transform(tapered, row);
      // one-sided: all but 0 and half the sampling frequency stand for two
      for (let k = 0; k < nFrequencies; k++) row[k] *= k === 0 || k === nFrequencies - 1 ? scale : 2 * scale;
    }
    return density;
  };

  const addSamples = (hop: Float64Array, nTimes: number) => {
    for (let at = 0; at < nTimes; ) {
      const take = Math.min(nTimes - at, segmentTimes - filled);
      for (let c = 0; c < nChannels; c++) {
        segment.set(hop.subarray(c * nTimes + at, c * nTimes + at + take), c * segmentTimes + filled);
      }
      filled += take;
      at += take;
      nSeen += take;
      if (filled < segmentTimes) continue;
      periodograms.push({ start: nSeen - segmentTimes, density: periodogram() });
      for (let c = 0; c < nChannels; c++) segment.copyWithin(c * segmentTimes, c * segmentTimes + step, (c + 1) * segmentTimes);
      filled = segmentTimes - step;
    }
  };

  return (hop) => {
    const nTimes = hop.length / nChannels;
    addSamples(hop, nTimes);
    hopTimes.push(nTimes);
    if (hopTimes.length > nHops) hopTimes.shift();
    const windowStart = nSeen - hopTimes.reduce((sum, n) => sum + n, 0);
    while (periodograms.length > 1 && periodograms[0].start < windowStart) periodograms.shift();
    if (hopTimes.length < nHops || periodograms.length === 0) return undefined;
    mean.fill(0);
    for (const { density } of periodograms) for (let i = 0; i < mean.length; i++) mean[i] += density[i];
    for (let i = 0; i < mean.length; i++) mean[i] /= periodograms.length;
    return { density: mean, step: sfreq / nFft, nFrequencies };
  };
};

/** Power of one channel in [fmin, fmax), unit²: the sum of its densities times the step. */
export const powerBetween = ({ density, step, nFrequencies }: Spectrum, channel: number, fmin: number, fmax: number): number => {
  let sum = 0;
  for (let k = Math.ceil(fmin / step); k < nFrequencies && k * step < fmax; k++) sum += density[channel * nFrequencies + k];
  return sum * step;
};

/**
 * Shannon entropy of one channel's spectrum in [fmin, fmax) as a share of the largest possible: 0 for one line, 1 for white noise (Inouye
 * et al. 1991,
 * doi 10.1016/0013-4694(91)90138-T). 0 where there is no power.
 */
export const spectralEntropy = (spectrum: Spectrum, channel: number, fmin: number, fmax: number): number => {
  const { density, step, nFrequencies } = spectrum;
  const total = powerBetween(spectrum, channel, fmin, fmax) / step;
  if (!(total > 0)) return 0;
  let entropy = 0;
  let n = 0;
  for (let k = Math.ceil(fmin / step); k < nFrequencies && k * step < fmax; k++, n++) {
    const share = density[channel * nFrequencies + k] / total;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  return n > 1 ? entropy / Math.log2(n) : 0;
};
