import type { Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { HJORTH_MEASURES, hjorthStream } from '../kernels/hjorth.ts';
import { goodChannels } from './goodness.ts';
import { channelAxis } from './spectral.ts';

/**
 * Hjorth's activity (µV²), mobility (per sample) and complexity of every channel: axes (channel, measure). See `kernels/hjorth`.
 * `windowSec` is 4 when absent.
 */
export const hjorth = ({ windowSec = 4 }: { readonly windowSec?: number } = {}): Feature<'eeg'> => ({
  kind: 'eeg',
  describe: (signal) => ({
    name: 'hjorth',
    unit: 'µV², 1, 1',
    axes: [channelAxis(signal), { name: 'measure', labels: HJORTH_MEASURES }],
    recipe: { windowSec, sfreq: signal.sfreq },
  }),
  open: (signal, hopSec) => {
    const nChannels = signal.montage.channels.length;
    const nHops = wholeHops(windowSec, hopSec, 'hjorth');
    const measures = hjorthStream(nChannels, nHops);
    const goodness = goodChannels(nChannels, nHops);
    return (hop): Extracted | undefined => {
      const values = measures(hop.data);
      const quality = goodness(hop.data);
      return values && quality !== undefined ? { tmin: hop.tmax - windowSec, values, quality } : undefined;
    };
  },
});
