import type { EegSignal } from '@affect-edge/acquire';
import type { Extracted, Feature } from '../src/feature.ts';
import { columns } from './signals.ts';

/** Feeds (nChannels, nTimes) to a feature in hops of `hopSec`; gives what it says. */
export const runFeature = (feature: Feature<'eeg'>, signal: EegSignal, data: Float64Array, hopSec: number): Extracted[] => {
  const extract = feature.open(signal, hopSec);
  const nChannels = signal.montage.channels.length;
  const nTimes = data.length / nChannels;
  const step = Math.round(hopSec * signal.sfreq);
  return Array.from({ length: Math.floor(nTimes / step) }, (_, k) =>
    extract({ signal, index: k + 1, tmin: k * hopSec, tmax: (k + 1) * hopSec, data: columns(data, nChannels, k * step, (k + 1) * step) }),
  ).filter((extracted) => extracted !== undefined);
};

/** A signal whose channels have names. */
export const named = (signal: EegSignal, channels: readonly string[]): EegSignal => ({
  ...signal,
  montage: { ...signal.montage, channels },
});
