import { butterworth } from './butterworth.ts';
import type { Section } from './sections.ts';
import { zeroPhase } from './zero-phase.ts';

/** Upper edge of what skin conductance holds, Hz. */
const cleanEdge = 3;

/**
 * The low-pass that cleans skin conductance: 4th-order Butterworth at 3 Hz, or at a quarter of the sampling frequency where that is less
 * (1 Hz at 4 Hz), so that it exists at every rate.
 */
export const edaLowpass = (sfreq: number): Section[] =>
  butterworth({ type: 'lowpass', order: 4, edge: Math.min(cleanEdge, sfreq / 4), sfreq });

/** A whole record cleaned without delay; at 12 Hz and above what NeuroKit2's `eda_clean` gives. µS in, µS out. */
export const cleanEda = (y: Float64Array, sfreq: number): Float64Array => zeroPhase(edaLowpass(sfreq), y);

/** Order and edge of the high-pass split, as in NeuroKit2 and AcqKnowledge. */
export const highPassSplit = { order: 2, edge: 0.05 } as const;

/**
 * The whole record split at 0.05 Hz without delay: phasic what a 2nd-order Butterworth high-pass leaves, tonic what the low-pass of the same edge
 * leaves, µS (NeuroKit2's `eda_phasic(method='highpass')`). Filtered twice, the two miss the input by up to half its power at the edge itself.
 */
export const highPassEda = (y: Float64Array, sfreq: number): { readonly tonic: Float64Array; readonly phasic: Float64Array } => ({
  tonic: zeroPhase(butterworth({ type: 'lowpass', ...highPassSplit, sfreq }), y),
  phasic: zeroPhase(butterworth({ type: 'highpass', ...highPassSplit, sfreq }), y),
});
