import type { EegSignal } from '@affect-edge/acquire';
import { FeatureError } from '../errors.ts';
import type { Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { cascade, sosInitialState } from '../kernels/biquad.ts';
import { type BlinkDetector, blinkDetector } from '../kernels/blink-detector.ts';
import { butterworth, checkEdges } from '../kernels/butterworth.ts';
import { slidingSums } from '../kernels/sliding-sums.ts';

export interface BlinkOptions {
  /** Channels above the eyes; those of Fp1, Fp2, Fpz, AF7, AF8 that the montage has when absent. */
  readonly channels?: readonly string[];
  /** 10 s when absent; a whole multiple of the hop. */
  readonly windowSec?: number;
}

/** Hz. */
const BAND = [1, 10] as const;

const FRONTAL = ['Fp1', 'Fp2', 'Fpz', 'AF7', 'AF8'];

const frontalRows = ({ montage }: EegSignal, wanted: readonly string[] | undefined): number[] => {
  const rows = (wanted ?? FRONTAL).map((name) => montage.channels.indexOf(name)).filter((row) => row >= 0);
  if (rows.length > 0 && (!wanted || rows.length === wanted.length)) return rows;
  throw new FeatureError(
    'bad-signal',
    `Blinks need ${wanted ? wanted.join(', ') : `one of ${FRONTAL.join(', ')}`}, the signal has ${montage.channels.join(', ')}. Name the channels nearest the eyes.`,
  );
};

/**
 * Blinks seen on frontal channels: axis (measure) with `rate` (blinks a minute over the window) and `share` (of the window's time inside a
 * blink). The channels' mean, band-passed
 * 1–10 Hz as MNE's `find_eog_events` does, goes through `blinkDetector`. A blink counts in the hop in which it ends. Quality 1: what
 * spoils the channels is
 * told by `eeg-quality`.
 */
export const blinks = ({ channels, windowSec = 10 }: BlinkOptions = {}): Feature<'eeg'> => ({
  kind: 'eeg',
  describe: (signal) => {
    const rows = frontalRows(signal, channels);
    checkEdges('bandpass', BAND, signal.sfreq);
    return {
      name: 'blinks',
      unit: '1/min, 1',
      axes: [{ name: 'measure', labels: ['rate', 'share'] }],
      recipe: {
        windowSec,
        fmin: BAND[0],
        fmax: BAND[1],
        channels: rows.map((c) => signal.montage.channels[c]).join(' '),
      },
    };
  },
  open: (signal, hopSec) => {
    const rows = frontalRows(signal, channels);
    const sections = butterworth({ type: 'bandpass', order: 2, fmin: BAND[0], fmax: BAND[1], sfreq: signal.sfreq });
    const state = sosInitialState(sections);
    const windowSums = slidingSums(3, wholeHops(windowSec, hopSec, 'blinks'));
    const detector: BlinkDetector = blinkDetector(signal.sfreq);
    let isOpen = false;
    return (hop): Extracted | undefined => {
      const nTimes = hop.data.length / signal.montage.channels.length;
      const mean = new Float64Array(nTimes);
      for (const c of rows) for (let t = 0; t < nTimes; t++) mean[t] += hop.data[c * nTimes + t] / rows.length;
      if (!isOpen && nTimes > 0) {
        for (let i = 0; i < state.length; i++) state[i] *= mean[0];
        isOpen = true;
      }
      cascade(sections, state, 0, mean, 0, mean, 0, nTimes);
      const { count, samples } = detector(mean);
      const sums = windowSums(Float64Array.of(count, samples, nTimes));
      if (!sums) return undefined;
      const values = Float64Array.of((sums[0] * 60) / windowSec, sums[2] > 0 ? sums[1] / sums[2] : 0);
      return { tmin: hop.tmax - windowSec, values, quality: 1 };
    };
  },
});
