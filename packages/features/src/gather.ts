import { ignoreReports, type Reporter } from '@affect-edge/acquire';
import { Observable, type OperatorFunction } from 'rxjs';
import type { FeatureSet, FeatureSpec, FeatureVector } from './feature.ts';
import { specDifferences } from './spec.ts';

export interface GatherOptions {
  /** How many indices may wait for a missing vector before the oldest is given up. */
  readonly maxPending: number;
}

/** Where a vector goes: a position of the set, or nowhere. */
type Slot = number | undefined;

/** Finds each spec's place by comparing it once; says on the side when a feature of the right name has the wrong recipe. */
const slots = (wanted: readonly FeatureSpec[], report: Reporter): ((vector: FeatureVector) => Slot) => {
  const known = new WeakMap<FeatureSpec, { readonly slot: Slot }>();
  const owners: (string | undefined)[] = [];
  return ({ spec, signal }) => {
    let place = known.get(spec);
    if (!place) {
      const exact = wanted.findIndex((candidate) => specDifferences(candidate, spec).length === 0);
      place = { slot: exact < 0 ? undefined : exact };
      known.set(spec, place);
      const near = exact < 0 ? wanted.find(({ name }) => name === spec.name) : undefined;
      if (near) {
        const what = `${spec.name} of ${signal}, which is not the one wanted (${specDifferences(near, spec).join('; ')})`;
        report({ kind: 'dropped', stage: 'gather', what, count: 1 });
      }
    }
    const { slot } = place;
    if (slot === undefined) return undefined;
    // two sensors of the same make: the first one heard feeds the model
    owners[slot] ??= signal;
    return owners[slot] === signal ? slot : undefined;
  };
};

/**
 * Collects, for each index, one vector for each of `specs`, and gives the set in their order as soon as it is whole. Vectors of other
 * specs pass by.
 *
 * Bounded: at most `maxPending` indices wait. An index that was overtaken by a whole later one, or pushed out, is given up and reported
 * with what it
 * lacked; a vector that comes after its index was given up is dropped. Specs must match exactly (`specDifferences`); a near miss is
 * reported once.
 */
export const gather =
  (
    specs: readonly FeatureSpec[],
    { maxPending }: GatherOptions,
    report: Reporter = ignoreReports,
  ): OperatorFunction<FeatureVector, FeatureSet> =>
  (vectors$) =>
    new Observable((subscriber) => {
      const slotOf = slots(specs, report);
      const pending = new Map<number, (FeatureVector | undefined)[]>();
      let settled = Number.NEGATIVE_INFINITY;
      /** Index at which each place was first filled: what is missing before that still warms up. */
      const begun = specs.map(() => Number.POSITIVE_INFINITY);

      const giveUp = (index: number) => {
        const set = pending.get(index)!;
        pending.delete(index);
        settled = Math.max(settled, index);
        const missing = specs.filter((_, slot) => set[slot] === undefined && begun[slot] < index).map(({ name }) => name);
        if (missing.length > 0) report({ kind: 'dropped', stage: 'gather', what: `set without ${missing.join(', ')}`, count: 1 });
      };
      const giveUpBefore = (index: number) => {
        for (const waiting of [...pending.keys()].filter((k) => k < index).sort((a, b) => a - b)) giveUp(waiting);
      };

      return vectors$.subscribe({
        next: (vector) => {
          const slot = slotOf(vector);
          if (slot === undefined || vector.index <= settled) return;
          let set = pending.get(vector.index);
          if (!set) {
            set = new Array<FeatureVector | undefined>(specs.length).fill(undefined);
            pending.set(vector.index, set);
          }
          set[slot] = vector;
          begun[slot] = Math.min(begun[slot], vector.index);
          if (set.every((found) => found !== undefined)) {
            if (pending.size > 1) giveUpBefore(vector.index);
            pending.delete(vector.index);
            settled = vector.index;
            subscriber.next(set);
          } else if (pending.size > maxPending) giveUp(Math.min(...pending.keys()));
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
