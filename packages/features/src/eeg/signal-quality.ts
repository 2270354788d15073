import type { Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { channelFault } from '../kernels/channel-fault.ts';
import { CHANNEL_FAULTS, type ChannelFaultName, channelFaults } from '../kernels/channel-quality.ts';
import { welchStream } from '../kernels/welch.ts';
import { channelAxis } from './spectral.ts';

export interface SignalQualityOptions {
  /** 2 s when absent; a whole multiple of the hop. */
  readonly windowSec?: number;
}

const SEGMENT_SEC = 1;
const MEASURES = ['quality', ...CHANNEL_FAULTS] as const;

/** Range of the last `nHops` values; small windows, so looked through each time. */
const slidingRange = (nHops: number): ((value: number) => number) => {
  const values: number[] = [];
  return (value) => {
    values.push(value);
    if (values.length > nHops) values.shift();
    return Math.max(...values) - Math.min(...values);
  };
};

/**
 * Signal quality of every channel with the reason: axes (channel, measure), each 0 to 1. `quality` is 1 less the worst fault; the faults
 * (railed, flat, off-head,
 * line-noise, drift, muscle) say how bad each is; see `kernels/channel-quality` for what they mean. Compute it on raw signals: a notch or
 * a band-pass before it hides what it
 * looks for. The vector's own quality is the mean over channels.
 */
export const signalQuality = ({ windowSec = 2 }: SignalQualityOptions = {}): Feature<'eeg'> => ({
  kind: 'eeg',
  describe: (signal) => ({
    name: 'eeg-quality',
    unit: '1',
    axes: [channelAxis(signal), { name: 'measure', labels: MEASURES }],
    recipe: { windowSec, segmentSec: SEGMENT_SEC },
  }),
  open: (signal, hopSec) => {
    const nChannels = signal.montage.channels.length;
    const nHops = wholeHops(windowSec, hopSec, 'eeg-quality');
    const spectrumOf = welchStream(nChannels, signal.sfreq, Math.round(SEGMENT_SEC * signal.sfreq), nHops);
    const wanders = signal.montage.channels.map(() => slidingRange(nHops));
    const flats = signal.montage.channels.map(() => slidingShare(nHops));
    const rails = signal.montage.channels.map(() => slidingShare(nHops));
    return (hop): Extracted | undefined => {
      const nTimes = hop.data.length / nChannels;
      if (nTimes === 0) return undefined;
      const courses = signal.montage.channels.map((_, c) => {
        const fault = channelFault(hop.data, c * nTimes, nTimes);
        const mean = hop.data.subarray(c * nTimes, (c + 1) * nTimes).reduce((sum, x) => sum + x, 0) / nTimes;
        return { flat: flats[c](fault === 'flat'), railed: rails[c](fault === 'railed'), wander: wanders[c](mean) };
      });
      const spectrum = spectrumOf(hop.data);
      if (!spectrum) return undefined;
      const values = new Float64Array(nChannels * MEASURES.length);
      let total = 0;
      for (const [c, course] of courses.entries()) {
        const faults = channelFaults(spectrum, c, course);
        const worst = Math.max(...Object.values(faults));
        values.set([1 - worst, ...CHANNEL_FAULTS.map((name) => faults[name])], c * MEASURES.length);
        total += 1 - worst;
      }
      return { tmin: hop.tmax - windowSec, values, quality: total / nChannels };
    };
  },
});

/** Share of the last `nHops` that were true. */
const slidingShare = (nHops: number): ((fact: boolean) => number) => {
  const facts: boolean[] = [];
  return (fact) => {
    facts.push(fact);
    if (facts.length > nHops) facts.shift();
    return facts.filter(Boolean).length / facts.length;
  };
};

/**
 * The worst fault of a channel in the values of an `eeg-quality` vector, or undefined where nothing is wrong to speak of (all below
 * `from`, 0.25 when absent).
 */
export const worstFault = (values: Float64Array, channel: number, from = 0.25): ChannelFaultName | undefined => {
  const row = values.subarray(channel * MEASURES.length + 1, (channel + 1) * MEASURES.length);
  const worst = row.indexOf(Math.max(...row));
  return row[worst] >= from ? CHANNEL_FAULTS[worst] : undefined;
};
