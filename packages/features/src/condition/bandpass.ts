import type { SignalKind } from '@affect-edge/acquire';
import type { SignalFilter } from './condition.ts';
import { butterworthFilter } from './sections-filter.ts';

export interface BandpassOptions {
  /** Hz. */
  readonly fmin: number;
  /** Hz. */
  readonly fmax: number;
  /** Order of the prototype: the band-pass has twice as many poles. 4 when absent. */
  readonly order?: number;
}

/** Causal Butterworth band-pass of every channel of one kind of signal. Takes the offset away, so a flat channel comes out as zeros. */
export const bandpass = <K extends SignalKind>(kind: K, { fmin, fmax, order = 4 }: BandpassOptions): SignalFilter<K> =>
  butterworthFilter(kind, `bandpass ${fmin}–${fmax} Hz, order ${order}`, (sfreq) => ({ type: 'bandpass', order, fmin, fmax, sfreq }));
