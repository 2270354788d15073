import type { Feature } from '../feature.ts';
import { cascade } from '../kernels/biquad.ts';
import { butterworth } from '../kernels/butterworth.ts';
import { highPassSplit } from '../kernels/eda-filters.ts';
import { type EdaSite, edaLimits, edaRules } from '../kernels/eda-rules.ts';
import { kalmanPhasic, kalmanTonic, sudomotorKalman, sudomotorKalmanDefaults } from '../kernels/sudomotor-kalman.ts';
import { checkEdaSignal } from './bins.ts';

/** How fast the quality forgets, s. */
const qualitySec = 5;

export interface TonicPhasicOptions {
  readonly site?: EdaSite;
  /** The Kalman filter of the sudomotor system, or a plain causal high-pass at 0.05 Hz (tonic is what it takes away). */
  readonly method?: 'sudomotor-kalman' | 'high-pass';
}

/**
 * Tonic and phasic skin conductance at the end of every hop, µS, causal, at the signal's own rate: by the Kalman filter of the sudomotor system
 * (`sudomotorKalman`), whose parts add up to the filtered conductance, or by high-pass, whose parts add up to the sample. Samples that break a rule of
 * the site (range, slope, flat) are coasted through or, by high-pass, replaced by the last good one. Quality is the share of samples used, forgotten over
 * 5 s. Nothing is given before the first believable sample.
 */
export const tonicPhasic = ({ site = 'wrist', method = 'sudomotor-kalman' }: TonicPhasicOptions = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: (signal) => {
    checkEdaSignal(signal);
    return {
      name: 'tonic-phasic',
      unit: 'µS',
      axes: [{ name: 'component', labels: ['tonic', 'phasic'] }],
      recipe: { method, ...(method === 'high-pass' ? highPassSplit : kalmanRecipe), site },
    };
  },
  open: (signal) => {
    checkEdaSignal(signal);
    const rules = edaRules(edaLimits[site], signal.sfreq);
    const parts = new Float64Array(2).fill(Number.NaN);
    const split = method === 'high-pass' ? highPass(signal.sfreq, parts) : kalman(signal.sfreq, parts);
    const keep = Math.exp(-1 / (signal.sfreq * qualitySec));
    const quality = Float64Array.of(1);
    return ({ tmin, data }) => {
      for (let t = 0; t < data.length; t++) {
        const used = split(data[t], rules(data[t]) === 0);
        quality[0] = keep * quality[0] + (used ? 1 - keep : 0);
      }
      return Number.isNaN(parts[0]) ? undefined : { tmin, values: parts.slice(), quality: quality[0] };
    };
  },
});

/** Writes tonic and phasic into `parts`; false when the sample was not used. */
type Split = (microsiemens: number, valid: boolean) => boolean;

const kalman = (sfreq: number, parts: Float64Array): Split => {
  const { step, output } = sudomotorKalman({ sfreq });
  return (y, valid) => {
    const used = step(y, valid);
    parts[0] = output[kalmanTonic];
    parts[1] = output[kalmanPhasic];
    return used;
  };
};

const highPass = (sfreq: number, parts: Float64Array): Split => {
  const sections = butterworth({ type: 'highpass', ...highPassSplit, sfreq });
  const state = new Float64Array(2 * sections.length);
  /** First and last good sample, the sample in the filter. */
  const kept = new Float64Array(2).fill(Number.NaN);
  const sample = new Float64Array(1);
  return (y, valid) => {
    if (valid) kept[1] = y;
    if (Number.isNaN(kept[1])) return false;
    if (Number.isNaN(kept[0])) kept[0] = y;
    // A high-pass has no gain at 0 Hz: taking the first sample off starts it settled.
    sample[0] = kept[1] - kept[0];
    cascade(sections, state, 0, sample, 0, sample, 0, 1);
    parts[0] = kept[1] - sample[0];
    parts[1] = sample[0];
    return valid;
  };
};

const { times, ...numbers } = sudomotorKalmanDefaults;
const kalmanRecipe = { ...times, ...numbers };
