import { FeatureError } from '../errors.ts';
import { cascade, sosInitialState } from './biquad.ts';
import type { Section } from './sections.ts';

/**
 * Filters a whole record forwards and backwards, so that nothing is delayed: `scipy.signal.sosfiltfilt` with its default padding (the record is
 * continued at both ends by its own point reflection). Not causal. Gives a new array.
 *
 * @throws FeatureError `bad-signal` for a record not longer than the padding (9 samples for one section).
 */
export const zeroPhase = (sections: readonly Section[], x: Float64Array): Float64Array => {
  const firstOrder = Math.min(sections.filter(({ b2 }) => b2 === 0).length, sections.filter(({ a2 }) => a2 === 0).length);
  const edge = 3 * (2 * sections.length + 1 - firstOrder);
  const n = x.length;
  if (n <= edge)
    throw new FeatureError('bad-signal', `This zero-phase filter needs more than ${edge} samples, got ${n}. Use a causal filter.`);
  const padded = new Float64Array(n + 2 * edge);
  padded.set(x, edge);
  for (let i = 0; i < edge; i++) {
    padded[i] = 2 * x[0] - x[edge - i];
    padded[edge + n + i] = 2 * x[n - 1] - x[n - 2 - i];
  }
  const settled = sosInitialState(sections);
  for (let pass = 0; pass < 2; pass++) {
    const state = settled.map((value) => value * padded[0]);
    cascade(sections, state, 0, padded, 0, padded, 0, padded.length);
    padded.reverse();
  }
  return padded.slice(edge, edge + n);
};
