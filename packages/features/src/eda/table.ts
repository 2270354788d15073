import { narrowBandCount } from '../kernels/eda-spectrum.ts';
import { sampleEntropy } from '../kernels/sample-entropy.ts';
import type { Scr } from '../kernels/scr-detector.ts';

/** What one window offers to the features of `edaTable`. Arrays hold four values a second, oldest first. */
export interface EdaTableInput {
  readonly windowSec: number;
  /** µS. */
  readonly microsiemens: Float64Array;
  /** µS. */
  readonly tonic: Float64Array;
  /** µS. */
  readonly phasic: Float64Array;
  /** Burst of the sudomotor driver above its resting rate, µS/s. */
  readonly burst: Float64Array;
  /** Responses that peaked in the window. */
  readonly responses: readonly Scr[];
  /** Powers of the last 64 s, µS²; see `edaSpectrum`. */
  readonly spectrum: { readonly sympathetic: number; readonly normalised: number; readonly narrow: Float64Array };
  /** TVSymp of each value, normalised; see `tvsymp`. */
  readonly tvsymp: Float64Array;
}

interface EdaTableRow {
  readonly label: string;
  readonly unit: string;
  readonly of: (input: EdaTableInput) => number;
}

const perSec = 4;
/** A burst this strong, µS/s, counts as activity: it raises the conductance by about 0.01 µS within a second. */
const activeBurst = 0.02;

const sum = (x: Float64Array): number => {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i];
  return total;
};
const mean = (x: Float64Array): number => sum(x) / x.length;
const deviation = (x: Float64Array): number => {
  const centre = mean(x);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += (x[i] - centre) ** 2;
  return Math.sqrt(total / x.length);
};
const smallest = (x: Float64Array): number => {
  let least = x[0];
  for (let i = 1; i < x.length; i++) if (x[i] < least) least = x[i];
  return least;
};
const largest = (x: Float64Array): number => {
  let most = x[0];
  for (let i = 1; i < x.length; i++) if (x[i] > most) most = x[i];
  return most;
};
/** Sum of something of each step. */
const overSteps = (x: Float64Array, of: (step: number) => number): number => {
  let total = 0;
  for (let i = 1; i < x.length; i++) total += of(x[i] - x[i - 1]);
  return total;
};
const share = (x: Float64Array, above: number): number => {
  let count = 0;
  for (let i = 0; i < x.length; i++) if (x[i] > above) count++;
  return count / x.length;
};
/** Least-squares slope, per value. */
const slope = (x: Float64Array): number => {
  const centre = (x.length - 1) / 2;
  let total = 0;
  for (let i = 0; i < x.length; i++) total += (i - centre) * x[i];
  return (12 * total) / (x.length * (x.length ** 2 - 1));
};
const everySecond = (x: Float64Array): Float64Array => {
  const out = new Float64Array(Math.floor(x.length / perSec));
  for (let i = 0; i < out.length; i++) out[i] = x[(i + 1) * perSec - 1];
  return out;
};
const positive = (x: Float64Array): number => {
  let total = 0;
  for (let i = 0; i < x.length; i++) if (x[i] > 0) total += x[i];
  return total;
};
/** Mean of what is known of it; 0 without any. */
const meanOf = (responses: readonly Scr[], of: (scr: Scr) => number): number => {
  let total = 0;
  let count = 0;
  for (const scr of responses) {
    const value = of(scr);
    if (Number.isNaN(value)) continue;
    total += value;
    count++;
  }
  return count === 0 ? 0 : total / count;
};

const band = (b: number): string => `power_${(5 * b).toString().padStart(2, '0')}_${(5 * b + 5).toString().padStart(2, '0')}`;

/**
 * Every feature of skin conductance: name, unit, and how it is read off a window. `power_05_10` is the power from 0.05 to 0.10 Hz. Means over
 * responses leave out what is not known of one (a response that has not recovered has no recovery time) and are 0 without any.
 */
export const edaTable: readonly EdaTableRow[] = [
  { label: 'scl_mean', unit: 'µS', of: ({ tonic }) => mean(tonic) },
  { label: 'scl_sd', unit: 'µS', of: ({ tonic }) => deviation(tonic) },
  { label: 'scl_min', unit: 'µS', of: ({ tonic }) => smallest(tonic) },
  { label: 'scl_max', unit: 'µS', of: ({ tonic }) => largest(tonic) },
  { label: 'scl_slope', unit: 'µS/min', of: ({ tonic }) => slope(tonic) * perSec * 60 },

  { label: 'scr_rate', unit: '1/min', of: ({ responses, windowSec }) => (responses.length * 60) / windowSec },
  { label: 'scr_amplitude_mean', unit: 'µS', of: ({ responses }) => meanOf(responses, ({ amplitude }) => amplitude) },
  { label: 'scr_amplitude_sum', unit: 'µS', of: ({ responses }) => responses.reduce((total, { amplitude }) => total + amplitude, 0) },
  { label: 'scr_rise_mean', unit: 's', of: ({ responses }) => meanOf(responses, ({ onsetSec, peakSec }) => peakSec - onsetSec) },
  { label: 'scr_half_recovery_mean', unit: 's', of: ({ responses }) => meanOf(responses, ({ halfRecoverySec }) => halfRecoverySec) },
  { label: 'scr_width_mean', unit: 's', of: ({ responses }) => meanOf(responses, ({ widthSec }) => widthSec) },
  { label: 'scr_area_mean', unit: 'µS·s', of: ({ responses }) => meanOf(responses, ({ amplitude, widthSec }) => amplitude * widthSec) },
  { label: 'scr_slope_max', unit: 'µS/s', of: ({ responses }) => responses.reduce((most, { maxSlope }) => Math.max(most, maxSlope), 0) },

  { label: 'phasic_mean', unit: 'µS', of: ({ phasic }) => mean(phasic) },
  { label: 'phasic_sd', unit: 'µS', of: ({ phasic }) => deviation(phasic) },
  { label: 'phasic_area', unit: 'µS·s', of: ({ phasic }) => positive(phasic) / perSec },
  { label: 'burst_sum', unit: 'µS', of: ({ burst }) => sum(burst) / perSec },
  { label: 'burst_active', unit: '1', of: ({ burst }) => share(burst, activeBurst) },
  {
    label: 'area_above_min',
    unit: 'µS·s',
    of: ({ microsiemens }) => (sum(microsiemens) - microsiemens.length * smallest(microsiemens)) / perSec,
  },

  { label: 'edasymp', unit: 'µS²', of: ({ spectrum }) => spectrum.sympathetic },
  { label: 'edasymp_normalised', unit: '1', of: ({ spectrum }) => spectrum.normalised },
  { label: 'tvsymp_mean', unit: '1', of: ({ tvsymp }) => mean(tvsymp) },
  { label: 'tvsymp_max', unit: '1', of: ({ tvsymp }) => largest(tvsymp) },
  ...Array.from(
    { length: narrowBandCount },
    (_, b): EdaTableRow => ({ label: band(b), unit: 'µS²', of: ({ spectrum }) => spectrum.narrow[b] }),
  ),

  {
    label: 'change_mean',
    unit: 'µS/s',
    of: ({ microsiemens }) => (overSteps(microsiemens, Math.abs) * perSec) / (microsiemens.length - 1),
  },
  { label: 'line_length', unit: 'µS', of: ({ microsiemens }) => overSteps(microsiemens, Math.abs) },
  {
    label: 'rising',
    unit: '1',
    of: ({ microsiemens }) => overSteps(microsiemens, (step) => (step > 0 ? 1 : 0)) / (microsiemens.length - 1),
  },
  { label: 'sample_entropy', unit: 'nat', of: ({ microsiemens }) => sampleEntropy(everySecond(microsiemens)) },
];
