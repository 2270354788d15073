import { type Band, bandsText, RBTRANSFORMER_CODE_BANDS } from '../bands.ts';
import type { Feature } from '../feature.ts';
import { powerBetween } from '../kernels/welch.ts';
import { channelAxis, type SpectralOptions, spectralFeature } from './spectral.ts';

/** How a band power is told: in µV², as a share of the power in all bands together, or in dB relative to 1 µV². */
export type PowerScale = 'absolute' | 'relative' | 'decibel';

export interface BandPowerOptions extends SpectralOptions {
  /** Those of RBTransformer's code when absent. */
  readonly bands?: readonly Band[];
  /** `absolute` when absent. */
  readonly scale?: PowerScale;
}

/** Powers below this, µV², are told as this in dB, so that a flat channel gives a number: -80 dB. */
const POWER_FLOOR = 1e-8;
const UNITS: Readonly<Record<PowerScale, string>> = { absolute: 'µV²', relative: '1', decibel: 'dB re 1 µV²' };

/**
 * Power of every channel in every band from Welch's spectrum: axes (channel, band), in µV², as a share of the sum over the bands, or in
 * dB. A flat channel
 * has power 0, shares of 0 and -80 dB.
 */
export const bandPower = (options: BandPowerOptions = {}): Feature<'eeg'> => {
  const { bands = RBTRANSFORMER_CODE_BANDS, scale = 'absolute' } = options;
  return spectralFeature(
    {
      name: 'band-power',
      unit: UNITS[scale],
      axes: (signal) => [channelAxis(signal), { name: 'band', labels: bands.map(({ name }) => name) }],
      recipe: { bands: bandsText(bands), scale },
      values: (spectrum, signal) => {
        const values = new Float64Array(signal.montage.channels.length * bands.length);
        for (const c of signal.montage.channels.keys()) {
          const powers = bands.map(({ fmin, fmax }) => powerBetween(spectrum, c, fmin, fmax));
          const total = powers.reduce((sum, power) => sum + power, 0);
          for (const [b, power] of powers.entries()) {
            const share = total > 0 ? power / total : 0;
            const decibel = 10 * Math.log10(Math.max(power, POWER_FLOOR));
            values[c * bands.length + b] = { absolute: power, relative: share, decibel }[scale];
          }
        }
        return values;
      },
    },
    options,
  );
};
