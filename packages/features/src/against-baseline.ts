import type { SignalKind, SignalOf } from '@affect-edge/acquire';
import { FeatureError } from './errors.ts';
import type { Extracted, Feature, FeatureMemory } from './feature.ts';

export interface BaselineOptions {
  /** How far back the baseline reaches, s: the mean of everything so far until then, from then on exponentially forgetting with this time constant. 120 when absent. */
  readonly baselineSec?: number;
}

/** Before the baseline has seen this much, s, a vector's quality is lowered in proportion. */
const settlingSec = 30;

/**
 * A feature as the difference to its own running mean: what a person's electrodes say *now* against what they usually say. People differ more from
 * each other than from themselves, and a device cannot know a session's mean in advance, so the baseline is causal. The first vector is all
 * zeros; after a gap the baseline begins anew. Vectors of quality 0 (no electrode on the skin) teach it nothing. The recipe carries `baseline` and
 * `baselineSec`, the name ends in `-change`.
 *
 * With a memory the baseline goes on after a gap as if there had been none. Seconds seen and the mean are remembered, in this order; the feature
 * underneath is not, it fills its window anew.
 *
 * A session that begins at rest gives the clearest differences: a baseline taken in excitement reads calm as low.
 */
export const againstBaseline = <K extends SignalKind>(feature: Feature<K>, { baselineSec = 120 }: BaselineOptions = {}): Feature<K> => {
  if (!(baselineSec > 0)) throw new FeatureError('bad-option', `baselineSec must be a time above 0 s, got ${baselineSec}.`);
  return {
    kind: feature.kind,
    describe: (signal) => {
      const spec = feature.describe(signal);
      return { ...spec, name: `${spec.name}-change`, recipe: { ...spec.recipe, baseline: 'running-mean', baselineSec } };
    },
    open: (signal: SignalOf<K>, hopSec, memory?: FeatureMemory) => {
      const extract = feature.open(signal, hopSec);
      const most = Math.max(1, baselineSec / hopSec);
      const [seenSec = 0, ...remembered] = memory?.read() ?? [];
      let mean: Float64Array | undefined;
      /** In hops. */
      let seen = 0;
      let before: { readonly index: number; readonly isFirst: boolean } | undefined;
      return (hop): Extracted | undefined => {
        const extracted = extract(hop);
        if (!extracted) return undefined;
        const { tmin, values, quality } = extracted;
        const goesOn = remembered.length === values.length && seenSec > 0;
        if (mean === undefined) {
          mean = goesOn ? Float64Array.from(remembered) : new Float64Array(values.length);
          if (goesOn) seen = Math.max(1, Math.round(seenSec / hopSec));
        }
        if (quality === 0) {
          // Its time is nobody's: the next vector does not stand for it.
          if (before) before = { ...before, index: hop.index };
          const learned = mean;
          return { tmin, values: values.map((value, i) => (seen > 0 ? value - learned[i] : 0)), quality };
        }
        // A vector stands for the time since the one before; the very first for as long as the second.
        const hops = before === undefined ? 1 : hop.index - before.index;
        if (before?.isFirst) seen = hops;
        seen += hops;
        before = { index: hop.index, isFirst: before === undefined && !goesOn };
        const weight = Math.min(1, hops / Math.min(seen, most));
        const change = new Float64Array(values.length);
        for (let i = 0; i < values.length; i++) {
          mean[i] += weight * (values[i] - mean[i]);
          change[i] = values[i] - mean[i];
        }
        memory?.write([seen * hopSec, ...mean]);
        return { tmin, values: change, quality: quality * Math.min(1, (seen * hopSec) / settlingSec) };
      };
    },
  };
};
