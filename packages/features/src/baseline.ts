import { ignoreReports, type Reporter } from '@affect-edge/acquire';
import { Observable, type OperatorFunction } from 'rxjs';
import { FeatureError } from './errors.ts';
import type { FeatureSpec, FeatureVector } from './feature.ts';
import { specDifferences } from './spec.ts';

/** What one feature of one signal was like at rest. */
export interface RestingFeature {
  readonly spec: FeatureSpec;
  readonly signal: string;
  /** How many vectors it was learned from. */
  readonly count: number;
  /** Mean and standard deviation of each value, row-major over the axes, in the feature's unit. */
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** What a person's features were like at rest: plain JSON, to be saved and loaded. */
export interface PersonalBaseline {
  readonly version: 1;
  readonly features: readonly RestingFeature[];
}

export interface BaselineOptions {
  /** `subtract` the mean, or give the `z-score`. */
  readonly method: 'subtract' | 'z-score';
  /** The rest period: session times [from, to), s. Absent where `saved` is given. */
  readonly rest?: readonly [from: number, to: number];
  /** A baseline learned before; features it lacks are not given on. */
  readonly saved?: PersonalBaseline;
  /** Vectors below this quality do not count; 0.5 when absent. */
  readonly minQuality?: number;
  /** Fewer vectors than this make no baseline; 10 when absent. */
  readonly minCount?: number;
  /** Hears the baseline when a feature's rest is over, complete up to then. */
  readonly learned?: (baseline: PersonalBaseline) => void;
}

/** Deviations below this are told as this: a feature that never moved at rest must not make every change infinite. */
const SMALLEST_SCALE = 1e-3;

/** Mean and squared deviations so far (Welford 1962, doi 10.1080/00401706.1962.10490022). */
interface Learning {
  readonly spec: FeatureSpec;
  readonly signal: string;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
  count: number;
}

const learn = (learning: Learning, values: Float64Array): void => {
  learning.count++;
  for (let i = 0; i < values.length; i++) {
    const step = values[i] - learning.mean[i];
    learning.mean[i] += step / learning.count;
    learning.squares[i] += step * (values[i] - learning.mean[i]);
  }
};

const resting = ({ spec, signal, mean, squares, count }: Learning): RestingFeature => ({
  spec,
  signal,
  count,
  mean: [...mean],
  scale: Array.from(squares, (square) => Math.max(SMALLEST_SCALE, Math.sqrt(square / Math.max(1, count - 1)))),
});

/**
 * Tells features relative to the person's own rest: the mean taken away, and with `z-score` the deviation divided out. Causal: the
 * baseline is learned from the windows that
 * lie wholly in the rest period, which are not given on; what follows is normalised with numbers that never change again. Without a usable
 * baseline (fewer than
 * `minCount` good windows, or a `saved` one without the feature or with another recipe) vectors are not given on, which is reported once a
 * feature.
 *
 * The recipe says so: `baseline: z-score of rest`. Throws `FeatureError('bad-option')` unless exactly one of `rest` and `saved` is given.
 */
export const baseline = (options: BaselineOptions, report: Reporter = ignoreReports): OperatorFunction<FeatureVector, FeatureVector> => {
  const { method, rest, saved, minQuality = 0.5, minCount = 10, learned } = options;
  if ((rest === undefined) === (saved === undefined)) {
    throw new FeatureError('bad-option', `A baseline needs either a rest period or a saved baseline, got ${rest ? 'both' : 'neither'}.`);
  }
  return (vectors$) =>
    new Observable((subscriber) => {
      const learnings = new Map<string, Learning>();
      const known = new Map<string, { readonly from: FeatureSpec; readonly at?: RestingFeature; readonly spec: FeatureSpec }>();

      const settle = ({ spec, signal }: FeatureVector, key: string) => {
        const learning = learnings.get(key);
        const at = saved
          ? saved.features.find((one) => one.signal === signal && specDifferences(one.spec, spec).length === 0)
          : learning && learning.count >= minCount
            ? resting(learning)
            : undefined;
        const unit = method === 'z-score' ? '1' : spec.unit;
        const settled = {
          from: spec,
          spec: { ...spec, unit, recipe: { ...spec.recipe, baseline: `${method} of rest` } },
          ...(at && { at }),
        };
        known.set(key, settled);
        if (!at) {
          const why = saved ? 'not in the saved baseline' : `only ${learning?.count ?? 0} good windows of rest, ${minCount} needed`;
          report({ kind: 'dropped', stage: 'baseline', what: `${spec.name} of ${signal}: ${why}`, count: 1 });
        } else if (!saved) {
          learned?.({ version: 1, features: [...known.values()].flatMap((one) => one.at ?? []) });
        }
        return settled;
      };

      return vectors$.subscribe({
        next: (vector) => {
          const { spec, signal, tmin, tmax, values, quality } = vector;
          // With the axes: what was learned of one montage says nothing about another.
          const key = `${signal}\0${JSON.stringify(spec)}`;
          if (rest && tmax <= rest[1]) {
            if (tmin < rest[0] || quality < minQuality) return;
            const zeros = () => new Float64Array(values.length);
            const learning = learnings.get(key) ?? { spec, signal, mean: zeros(), squares: zeros(), count: 0 };
            learnings.set(key, learning);
            learn(learning, values);
            return;
          }
          const before = known.get(key);
          const { at, spec: relative } = before?.from === spec ? before : settle(vector, key);
          if (!at) return;
          const told = values.map((value, i) => (value - at.mean[i]) / (method === 'z-score' ? at.scale[i] : 1));
          subscriber.next({ ...vector, spec: relative, values: told });
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
};
