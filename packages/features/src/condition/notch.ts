import type { SignalKind } from '@affect-edge/acquire';
import { FeatureError } from '../errors.ts';
import { notch as notchSection } from '../kernels/notch.ts';
import type { SignalFilter } from './condition.ts';
import { sectionsFilter } from './sections-filter.ts';

export interface NotchOptions {
  /** Frequency of the mains, Hz: 50 or 60. There is no default: it is a fact about the place. */
  readonly frequency: number;
  /** Frequency over -3 dB width; 30 when absent. */
  readonly q?: number;
  /** How many multiples of the frequency to remove, those below half the sampling frequency; 1 when absent. */
  readonly harmonics?: number;
}

/** Removes line noise from every channel of one kind of signal: one second-order notch for each harmonic (`kernels/notch`), causal. */
export const notch = <K extends SignalKind>(kind: K, { frequency, q = 30, harmonics = 1 }: NotchOptions): SignalFilter<K> =>
  sectionsFilter(kind, `notch ${frequency} Hz, q ${q}, harmonics ${harmonics}`, (sfreq) => {
    const frequencies = Array.from({ length: harmonics }, (_, i) => frequency * (i + 1)).filter((f) => f < sfreq / 2);
    if (frequencies.length === 0) {
      throw new FeatureError(
        'bad-option',
        `A notch at ${frequency} Hz cannot be made at ${sfreq} Hz: expected a frequency below ${sfreq / 2} Hz. Leave the notch out for this signal.`,
      );
    }
    return frequencies.map((f) => notchSection(f, q, sfreq));
  });
