import type { Feature } from '../feature.ts';
import { spectralEntropy as entropyOf } from '../kernels/welch.ts';
import { channelAxis, type SpectralOptions, spectralFeature } from './spectral.ts';

export interface SpectralEntropyOptions extends SpectralOptions {
  /** Hz; 1 when absent. */
  readonly fmin?: number;
  /** Hz; 45 when absent. */
  readonly fmax?: number;
}

/** How spread each channel's spectrum is in [fmin, fmax): axis (channel), 0 (one line) to 1 (white). See `kernels/welch`. */
export const spectralEntropy = (options: SpectralEntropyOptions = {}): Feature<'eeg'> => {
  const { fmin = 1, fmax = 45 } = options;
  return spectralFeature(
    {
      name: 'spectral-entropy',
      unit: '1',
      axes: (signal) => [channelAxis(signal)],
      recipe: { fmin, fmax },
      values: (spectrum, signal) => Float64Array.from(signal.montage.channels, (_, c) => entropyOf(spectrum, c, fmin, fmax)),
    },
    options,
  );
};
