import type { SignalKind } from '@affect-edge/acquire';
import { cascade, sosInitialState } from '../kernels/biquad.ts';
import { type ButterworthDesign, butterworth } from '../kernels/butterworth.ts';
import type { Section } from '../kernels/sections.ts';
import type { SignalFilter } from './condition.ts';

/**
 * Filters every channel through its own cascade, started as if the first sample had been there for ever, so that an offset causes no
 * transient.
 */
export const sectionsFilter = <K extends SignalKind>(
  kind: K,
  name: string,
  design: (sfreq: number) => readonly Section[],
): SignalFilter<K> => ({
  kind,
  name,
  describe: (signal) => signal,
  open: (signal) => {
    const sections = design(signal.sfreq);
    const settled = sosInitialState(sections);
    const nChannels = signal.montage.channels.length;
    let state: Float64Array | undefined;
    return ({ data }) => {
      const nTimes = data.length / nChannels;
      if (nTimes === 0) return data;
      if (!state) {
        state = new Float64Array(nChannels * settled.length);
        for (let c = 0; c < nChannels; c++) {
          for (let i = 0; i < settled.length; i++) state[c * settled.length + i] = settled[i] * data[c * nTimes];
        }
      }
      for (let c = 0; c < nChannels; c++) cascade(sections, state, c * settled.length, data, c * nTimes, data, c * nTimes, nTimes);
      return data;
    };
  },
});

/** Butterworth filter of any type as a conditioning step: causal, state kept from block to block. */
export const butterworthFilter = <K extends SignalKind>(
  kind: K,
  name: string,
  design: (sfreq: number) => ButterworthDesign,
): SignalFilter<K> => sectionsFilter(kind, name, (sfreq) => butterworth(design(sfreq)));
