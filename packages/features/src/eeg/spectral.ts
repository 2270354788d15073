import type { EegSignal } from '@affect-edge/acquire';
import { FeatureError } from '../errors.ts';
import type { Axis, Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { type Spectrum, welchStream } from '../kernels/welch.ts';
import { goodChannels } from './goodness.ts';

export interface SpectralOptions {
  /** 4 s when absent; a whole multiple of the hop. */
  readonly windowSec?: number;
  /** Length of a Welch segment, s; 1 when absent. */
  readonly segmentSec?: number;
}

/** What a spectral feature adds to the common part. */
interface SpectralFeature {
  readonly name: string;
  readonly unit: string;
  readonly axes: (signal: EegSignal) => readonly Axis[];
  readonly recipe: Readonly<Record<string, string | number>>;
  /** Spectrum of the window → values, row-major over the axes. */
  readonly values: (spectrum: Spectrum, signal: EegSignal) => Float64Array;
}

/** The axis of a signal's channels. */
export const channelAxis = ({ montage }: EegSignal): Axis => ({ name: 'channel', labels: montage.channels });

/** A feature that is a function of Welch's spectrum over a sliding window; flat and railed channels lower its quality. */
export const spectralFeature = (what: SpectralFeature, options: SpectralOptions): Feature<'eeg'> => {
  const { windowSec = 4, segmentSec = 1 } = options;
  if (!(segmentSec > 0 && segmentSec <= windowSec)) {
    throw new FeatureError('bad-option', `A segment of ${what.name} must fit its window of ${windowSec} s, got segmentSec ${segmentSec}.`);
  }
  return {
    kind: 'eeg',
    describe: (signal) => ({
      name: what.name,
      unit: what.unit,
      axes: what.axes(signal),
      recipe: { windowSec, spectrum: 'welch', taper: 'hann', segmentSec, overlap: 0.5, detrend: 'mean', ...what.recipe },
    }),
    open: (signal, hopSec) => {
      const nChannels = signal.montage.channels.length;
      const nHops = wholeHops(windowSec, hopSec, what.name);
      const spectrumOf = welchStream(nChannels, signal.sfreq, Math.round(segmentSec * signal.sfreq), nHops);
      const goodness = goodChannels(nChannels, nHops);
      return (hop): Extracted | undefined => {
        const spectrum = spectrumOf(hop.data);
        const quality = goodness(hop.data);
        if (!spectrum || quality === undefined) return undefined;
        return { tmin: hop.tmax - windowSec, values: what.values(spectrum, signal), quality };
      };
    },
  };
};
