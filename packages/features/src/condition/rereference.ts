import type { EegSignal } from '@affect-edge/acquire';
import { FeatureError } from '../errors.ts';
import type { SignalFilter } from './condition.ts';

const rowsOf = ({ montage }: EegSignal, channels: readonly string[]): number[] =>
  channels.map((name) => {
    const row = montage.channels.indexOf(name);
    if (row >= 0) return row;
    throw new FeatureError('bad-signal', `Channel ${name} is wanted, the signal has ${montage.channels.join(', ')}.`);
  });

/** Subtracts the mean of the named channels (one electrode, or both mastoids) from every channel; those named stay in the montage. */
export const rereference = ({ to }: { readonly to: readonly string[] }): SignalFilter<'eeg'> => ({
  kind: 'eeg',
  name: `reference ${to.join(' + ')}`,
  describe: (signal) => ({ ...signal, montage: { ...signal.montage, reference: to.join('+') } }),
  open: (signal) => {
    const rows = rowsOf(signal, to);
    return ({ data }) => {
      const nTimes = data.length / signal.montage.channels.length;
      const mean = new Float64Array(nTimes);
      for (const row of rows) for (let t = 0; t < nTimes; t++) mean[t] += data[row * nTimes + t] / rows.length;
      for (let c = 0; c < signal.montage.channels.length; c++) for (let t = 0; t < nTimes; t++) data[c * nTimes + t] -= mean[t];
      return data;
    };
  },
});

/** Keeps the named channels, in this order, and masks all others: a bad channel goes no further, a model gets the electrodes it knows. */
export const selectChannels = ({ channels }: { readonly channels: readonly string[] }): SignalFilter<'eeg'> => ({
  kind: 'eeg',
  name: `channels ${channels.join(', ')}`,
  describe: (signal) => ({ ...signal, montage: { ...signal.montage, channels } }),
  open: (signal) => {
    const rows = rowsOf(signal, channels);
    return ({ data }) => {
      const nTimes = data.length / signal.montage.channels.length;
      const kept = new Float64Array(rows.length * nTimes);
      for (const [c, row] of rows.entries()) kept.set(data.subarray(row * nTimes, (row + 1) * nTimes), c * nTimes);
      return kept;
    };
  },
});
