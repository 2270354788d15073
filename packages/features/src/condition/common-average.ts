import type { SignalFilter } from './condition.ts';

/**
 * Subtracts the mean of all channels from each, sample by sample: the common average reference. Channels named in `exclude` (known to be
 * bad) do not
 * enter the mean but are re-referenced too. With fewer than two channels left in the mean the signal passes as it is.
 */
export const commonAverage = ({ exclude = [] }: { readonly exclude?: readonly string[] } = {}): SignalFilter<'eeg'> => ({
  kind: 'eeg',
  name: exclude.length === 0 ? 'common average' : `common average without ${exclude.join(', ')}`,
  describe: (signal) => ({ ...signal, montage: { ...signal.montage, reference: 'average' } }),
  open: (signal) => {
    const { channels } = signal.montage;
    const included = channels.flatMap((channel, c) => (exclude.includes(channel) ? [] : [c]));
    return ({ data }) => {
      if (included.length < 2) return data;
      const nTimes = data.length / channels.length;
      const mean = new Float64Array(nTimes);
      for (const c of included) {
        for (let t = 0; t < nTimes; t++) mean[t] += data[c * nTimes + t];
      }
      for (let c = 0; c < channels.length; c++) {
        for (let t = 0; t < nTimes; t++) data[c * nTimes + t] -= mean[t] / included.length;
      }
      return data;
    };
  },
});
