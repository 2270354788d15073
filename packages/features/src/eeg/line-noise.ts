import type { Feature } from '../feature.ts';
import { powerBetween } from '../kernels/welch.ts';
import { channelAxis, type SpectralOptions, spectralFeature } from './spectral.ts';

export interface LineNoiseOptions extends SpectralOptions {
  /** Frequency of the mains, Hz: 50 or 60. There is no default: it is a fact about the place. */
  readonly frequency: number;
}

/** Half the width of the line, Hz, and the lowest frequency that counts as signal. */
const HALF_WIDTH = 1;
const LOWEST = 1;

/**
 * Share of each channel's power above 1 Hz that lies within 1 Hz of the mains frequency: axis (channel), 0 to 1. 0 for a flat channel and
 * where the mains
 * frequency is above half the sampling frequency.
 */
export const lineNoise = (options: LineNoiseOptions): Feature<'eeg'> => {
  const { frequency } = options;
  return spectralFeature(
    {
      name: 'line-noise',
      unit: '1',
      axes: (signal) => [channelAxis(signal)],
      recipe: { frequency, halfWidth: HALF_WIDTH, lowest: LOWEST },
      values: (spectrum, signal) =>
        Float64Array.from(signal.montage.channels, (_, c) => {
          const total = powerBetween(spectrum, c, LOWEST, Number.POSITIVE_INFINITY);
          return total > 0 ? powerBetween(spectrum, c, frequency - HALF_WIDTH, frequency + HALF_WIDTH) / total : 0;
        }),
    },
    options,
  );
};
