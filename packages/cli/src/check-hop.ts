import type { Signal } from '@affect-edge/acquire';
import { type AnyFeature, FeatureError } from '@affect-edge/features';
import { ConfigError } from './errors.ts';

/** A hop that fits every window there is, s. */
const usualHopSec = 0.5;

/**
 * Windows are whole multiples of the hop; what only finds out with its first samples would end there.
 * @throws ConfigError('bad-option') where a feature of these signals cannot be computed at this hop and could be at another
 */
export const checkHop = (features: readonly AnyFeature[], signals: readonly Signal[], hopSec: number): void => {
  if (hopSec === usualHopSec) return;
  for (const feature of features) {
    for (const signal of signals.filter(({ kind }) => kind === feature.kind)) {
      const refusal = refusalOf(feature, signal, hopSec);
      if (refusal !== undefined && refusalOf(feature, signal, usualHopSec) === undefined) {
        throw new ConfigError(
          'bad-option',
          `A hop of ${hopSec} s cannot be used here. ${refusal} Expected a hop that goes into a second a whole number of times, such as 500ms or 1s.`,
        );
      }
    }
  }
};

/** Why a feature cannot be computed at this hop; nothing where it can. */
const refusalOf = (feature: AnyFeature, signal: Signal, hopSec: number): string | undefined => {
  try {
    // A union of functions takes only what all of them take; the kinds agree.
    (feature.open as (signal: Signal, hopSec: number) => unknown)(signal, hopSec);
    return undefined;
  } catch (error) {
    if (error instanceof FeatureError) return error.message;
    throw error;
  }
};
