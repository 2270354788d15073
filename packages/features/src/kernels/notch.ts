import { FeatureError } from '../errors.ts';
import type { Section } from './sections.ts';

/**
 * A second-order notch of unit gain elsewhere, `q` = frequency over -3 dB width (Orfanidis, Introduction to Signal Processing, 1996, eq.
 * 11.3.4): the
 * coefficients of `scipy.signal.iirnotch(frequency, q, fs=sfreq)`.
 */
export const notch = (frequency: number, q: number, sfreq: number): Section => {
  if (!(frequency > 0 && frequency < sfreq / 2 && q > 0)) {
    throw new FeatureError(
      'bad-option',
      `A notch at ${frequency} Hz with q ${q} cannot be made at ${sfreq} Hz: expected 0 < frequency < ${sfreq / 2} Hz and q above 0.`,
    );
  }
  const w = (2 * Math.PI * frequency) / sfreq;
  const gain = 1 / (1 + Math.tan(w / q / 2));
  const middle = -2 * Math.cos(w) * gain;
  return { b0: gain, b1: middle, b2: gain, a1: middle, a2: 2 * gain - 1 };
};
