import type { EdaSignal } from '@affect-edge/acquire';
import type { Epoch } from '../epoch.ts';
import { FeatureError } from '../errors.ts';
import { type EdaSite, edaLimits, edaMissing, edaRules, widenBroken } from '../kernels/eda-rules.ts';
import { slidingWindow } from '../kernels/sliding-window.ts';
import { wholeMultiple } from '../kernels/whole-multiple.ts';

/** Bins a second: the slowest rate a skin conductance sensor has. */
export const binsPerSec = 4;
/** Samples this near to a broken rule are not trusted either, s (Kleckner et al. 2018). */
const widenSec = 5;
/** A bin without a sample repeats the one before it; more than this many in a row are missing. */
const jitterBins = 1;

/** Which stretch a feature of skin conductance looks at, and how often. */
export interface EdaWindow {
  readonly windowSec: number;
  /** Time between two vectors, a whole multiple of `hopSec`. They lie on session times that are multiples of it. */
  readonly everySec: number;
  /** Answer from this much signal on, s; the rest of the window is marked as missing. */
  readonly minSec: number;
  readonly site: EdaSite;
}

/** The last `windowSec` of one signal in bins of a quarter second. */
export interface EdaBins {
  /** Takes one hop; true when a vector is due at its end. */
  readonly push: (hop: Epoch<EdaSignal>) => boolean;
  /** Mean conductance of each bin, µS, oldest first; bins before the first sample repeat the first. A view, valid until the next hop. */
  readonly microsiemens: () => Float64Array;
  /** Rules broken by each bin, bits of `kernels/eda-rules.ts`; a view like `microsiemens`. */
  readonly broken: () => Float64Array;
  /** 1 for each bin that can be trusted, 0 within 5 s of a broken rule or without samples. Written into `target`; gives the share of ones. */
  readonly valid: (target: Float64Array) => number;
  readonly nBins: number;
}

/**
 * Averages a signal of 4 Hz or more into quarter seconds of session time and keeps the last `windowSec` of them, at a cost that depends on
 * neither the window nor how often it is read. `onBin` sees every bin as it closes: what a feature wants to know incrementally.
 *
 * @throws FeatureError `bad-signal` below 4 Hz or with more than one channel, `bad-option` when the times do not fit each other.
 */
export const edaBins = (
  signal: EdaSignal,
  hopSec: number,
  { windowSec, everySec, minSec, site }: EdaWindow,
  onBin?: (microsiemens: number, broken: number) => void,
): EdaBins => {
  checkEdaSignal(signal);
  const nBins = wholeMultiple('windowSec', windowSec, '1/4 s', 1 / binsPerSec);
  wholeMultiple('everySec', everySec, '1/4 s', 1 / binsPerSec);
  const everyHops = wholeMultiple('everySec', everySec, 'hopSec', hopSec);
  const enough = Math.min(nBins, Math.ceil(minSec * binsPerSec));
  const rules = edaRules(edaLimits[site], binsPerSec);

  const levels = slidingWindow(nBins);
  const flags = slidingWindow(nBins);
  flags.push(edaMissing);
  let begun = false;
  let count = 0;
  /** Bins since the last one that broke a rule, or since before the first. */
  let clean = 0;
  let open = 0;
  let empty = 0;
  /** Sum and number of the open bin's samples, last level. */
  const sums = new Float64Array(3);

  const close = (): void => {
    const filled = sums[1] > 0;
    const level = filled ? sums[0] / sums[1] : sums[2];
    empty = filled ? 0 : empty + 1;
    const broken = filled ? rules(level) : empty > jitterBins ? edaMissing : 0;
    levels.push(level);
    flags.push(broken);
    clean = broken === 0 ? clean + 1 : 0;
    count++;
    open++;
    sums[0] = sums[1] = 0;
    sums[2] = level;
    onBin?.(level, broken);
  };

  const push = ({ index, tmin, tmax, data }: Epoch<EdaSignal>): boolean => {
    for (let t = 0; t < data.length; t++) {
      const bin = Math.floor((tmin + t / signal.sfreq) * binsPerSec + 1e-6);
      if (!begun) open = bin;
      begun = true;
      while (open < bin) close();
      if (Number.isFinite(data[t])) {
        sums[0] += data[t];
        sums[1]++;
      }
    }
    const end = Math.floor(tmax * binsPerSec + 1e-6);
    while (begun && open < end) close();
    return index % everyHops === 0 && count >= enough;
  };

  return {
    push,
    nBins,
    microsiemens: levels.view,
    broken: flags.view,
    valid: (target) => {
      if (clean >= nBins) {
        target.fill(1);
        return 1;
      }
      widenBroken(flags.view(), widenSec * binsPerSec, target);
      let trusted = 0;
      for (let i = 0; i < nBins; i++) trusted += target[i];
      return trusted / nBins;
    },
  };
};

/** Refuses a signal that features of skin conductance cannot use. */
export const checkEdaSignal = ({ id, sfreq, montage }: EdaSignal): void => {
  if (montage.channels.length !== 1) {
    const names = montage.channels.join(', ');
    throw new FeatureError(
      'bad-signal',
      `Signal '${id}' has ${montage.channels.length} channels (${names}); a feature of skin conductance needs one. Make each site a signal of its own.`,
    );
  }
  if (!(sfreq >= binsPerSec)) {
    throw new FeatureError('bad-signal', `Signal '${id}' has ${sfreq} Hz; features of skin conductance need at least ${binsPerSec} Hz.`);
  }
};
