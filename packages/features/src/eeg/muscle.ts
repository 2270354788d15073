import { FeatureError } from '../errors.ts';
import type { Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { type BandpassCoefficients, bandpassCoefficients, bandpassSums, settleBandpass } from '../kernels/bandpass-sums.ts';
import { runningLevel } from '../kernels/running-level.ts';
import { slidingSums } from '../kernels/sliding-sums.ts';
import { channelAxis } from './spectral.ts';

export interface MuscleOptions {
  /** 2 s when absent; a whole multiple of the hop. */
  readonly windowSec?: number;
  /** Running z-score above which a hop counts as muscle; 4 when absent. */
  readonly threshold?: number;
}

const ORDER = 5;
const FMIN = 70;
const FMAX = 95;
/** Memory of the running level, s, and how much of it must be there before anything is judged. */
const MEMORY_SEC = 60;
const WARM_UP_SEC = 5;
/** 0.1 µV rms, in µV²: below an amplifier's noise; a hop with less has no electrode. */
const SILENCE = 0.01;
/** How much a hop with muscle counts in the running level: minutes of it are the new level, of an electrode that moved. */
const MUSCLE_WEIGHT = 0.02;
/** Log power, in nats, never varies less than this: a very still rest must not make a breath an artifact. */
const SMALLEST_DEVIATION = 0.3;

/** The muscle band of a sampling frequency: between the mains lines and their doubles where the rate allows, else below them. */
export const muscleBand = (sfreq: number): readonly [fmin: number, fmax: number] =>
  FMAX <= 0.45 * sfreq ? [FMIN, FMAX] : [30, Math.min(48, 0.45 * sfreq)];

/**
 * Share of the window's hops in which each channel shows muscle: axis (channel), 0 to 1. The log power of a hop in the muscle band (70–95
 * Hz, or 30–48 Hz at rates below 212 Hz) is
 * compared with its own running mean and deviation, which learn from quiet hops, a fiftieth as much from loud ones and nothing from flat
 * ones: the online form of MNE's `annotate_muscle_zscore`
 * (110–140 Hz, z > 4).
 * Quality 1.
 */
export const muscle = ({ windowSec = 2, threshold = 4 }: MuscleOptions = {}): Feature<'eeg'> => ({
  kind: 'eeg',
  describe: (signal) => {
    const [fmin, fmax] = muscleBand(signal.sfreq);
    if (!(fmin < fmax)) {
      throw new FeatureError(
        'bad-signal',
        `Signal '${signal.id}' has ${signal.sfreq} Hz; muscle shows above ${fmin} Hz, which needs at least 70 Hz.`,
      );
    }
    return { name: 'muscle', unit: '1', axes: [channelAxis(signal)], recipe: { windowSec, threshold, fmin, fmax, order: ORDER } };
  },
  open: (signal, hopSec) => {
    const nChannels = signal.montage.channels.length;
    const [fmin, fmax] = muscleBand(signal.sfreq);
    const filter: BandpassCoefficients = bandpassCoefficients(ORDER, fmin, fmax, signal.sfreq);
    const nHops = wholeHops(windowSec, hopSec, 'muscle');
    const windowSums = slidingSums(nChannels, nHops);
    const levels = signal.montage.channels.map(() => runningLevel(MEMORY_SEC));
    const state = new Float64Array(nChannels * 2 * ORDER);
    const sums = new Float64Array(2);
    const wasSilent = new Uint8Array(nChannels);
    let isOpen = false;
    const isMuscle = (logPower: number, c: number): boolean => {
      const level = levels[c];
      const z = (logPower - level.mean()) / Math.max(level.deviation(), SMALLEST_DEVIATION);
      const warm = level.age() >= WARM_UP_SEC;
      const found = warm && z >= threshold;
      level.learn(logPower, found ? MUSCLE_WEIGHT * hopSec : hopSec);
      return found;
    };
    return (hop): Extracted | undefined => {
      const nTimes = hop.data.length / nChannels;
      if (!isOpen && nTimes > 0) {
        for (let c = 0; c < nChannels; c++) settleBandpass(state, c * 2 * ORDER, ORDER, hop.data[c * nTimes]);
        isOpen = true;
      }
      const found = new Float64Array(nChannels);
      for (let c = 0; c < nChannels && nTimes > 0; c++) {
        bandpassSums(filter, state, c * 2 * ORDER, hop.data, c * nTimes, nTimes, sums, 0);
        const power = sums[1] / nTimes;
        // A flat channel teaches nothing, nor does the hop in which it comes back: the filter still answers to the step.
        if (power > SILENCE && wasSilent[c] === 0) found[c] = isMuscle(Math.log(power), c) ? 1 : 0;
        wasSilent[c] = power > SILENCE ? 0 : 1;
      }
      const window = windowSums(found);
      return window && { tmin: hop.tmax - windowSec, values: window.map((count) => count / nHops), quality: 1 };
    };
  },
});
