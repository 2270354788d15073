import type { Signal } from '@affect-edge/acquire';
import { FeatureError } from './errors.ts';
import type { AnyFeature, Opened } from './feature.ts';

/**
 * Why a feature cannot be computed of a signal of its kind at a hop (s); nothing where it can. `bad-signal`: of this signal at no hop, it is too slow or has
 * other channels; `bad-option`: not at this hop.
 */
export const refusal = (feature: AnyFeature, signal: Signal, hopSec: number): FeatureError | undefined => {
  // A union of functions takes only what all of them take; that the kinds agree is the caller's word.
  const { describe, open } = feature as unknown as Opened;
  try {
    describe(signal);
    open(signal, hopSec);
    return undefined;
  } catch (error) {
    if (error instanceof FeatureError) return error;
    throw error;
  }
};
