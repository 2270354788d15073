import type { Signal } from '@affect-edge/acquire';
import { type AnyFeature, refusal } from '@affect-edge/features';
import { ConfigError } from './errors.ts';

/** A hop that fits every window there is, s. */
const usualHopSec = 0.5;

/**
 * Windows are whole multiples of the hop; what only finds out with its first samples would end there. At the usual hop nothing is looked at, nor made.
 * @throws ConfigError('bad-option') where a feature of these signals cannot be computed at this hop and could be at another
 */
export const checkHop = (features: () => readonly AnyFeature[], signals: readonly Signal[], hopSec: number): void => {
  if (hopSec === usualHopSec) return;
  for (const feature of features()) {
    for (const signal of signals.filter(({ kind }) => kind === feature.kind)) {
      const why = refusal(feature, signal, hopSec);
      if (why !== undefined && refusal(feature, signal, usualHopSec) === undefined) {
        throw new ConfigError(
          'bad-option',
          `A hop of ${hopSec} s cannot be used here. ${why.message} Expected a hop that goes into a second a whole number of times, such as 500ms or 1s.`,
        );
      }
    }
  }
};
