import type { Signal, SignalKind, SignalOf } from '@affect-edge/acquire';
import type { Epoch } from './epoch.ts';

/** One dimension of a feature's values, with a label for every position. */
export interface Axis {
  readonly name: string;
  readonly labels: readonly string[];
}

/** What a feature vector holds and how it was made. Two specs that differ in any field are different features. */
export interface FeatureSpec {
  readonly name: string;
  readonly unit: string;
  readonly axes: readonly Axis[];
  /** Everything that changes the numbers: window, filter order, edges, ddof, log base, restart … */
  readonly recipe: Readonly<Record<string, string | number>>;
}

export interface FeatureVector {
  readonly spec: FeatureSpec;
  /** `Signal.id` of the signal it was computed from. */
  readonly signal: string;
  /** Grid index: the window ends at `index · hopSec`. */
  readonly index: number;
  readonly tmin: number;
  readonly tmax: number;
  /** Row-major over `spec.axes`, in `spec.unit`. */
  readonly values: Float64Array;
  /** 0 (useless) to 1 (clean): how far the input of this window can be trusted. */
  readonly quality: number;
}

/** Everything one model needs for one grid index, in the order of its card's inputs. */
export type FeatureSet = readonly FeatureVector[];

/** What an extractor gives for one epoch. */
export interface Extracted {
  readonly tmin: number;
  readonly values: Float64Array;
  readonly quality: number;
}

/**
 * What a feature has learned of a person, kept over a gap or a restart by whoever runs it. It is kept for one signal and one spec: nothing is ever
 * read under another recipe. Times of the session mean nothing in it, because another session counts its own.
 */
export interface FeatureMemory {
  /** What was written last; undefined where there is nothing. A feature ignores what does not have its form. */
  readonly read: () => readonly number[] | undefined;
  /** Takes what is known now, in the feature's own order; called once a hop. */
  readonly write: (learned: readonly number[]) => void;
}

/**
 * A way to compute one feature from one kind of signal. `open` is called once for each signal of that kind and again after every gap; the
 * extractor it returns owns all state and sees the signal hop by hop: epochs of exactly one hop, in order, without holes. It returns
 * `undefined` until its window is full. So the cost a sample does not depend on the window or on the overlap.
 *
 * A feature that learns over minutes goes on with what `memory` holds and keeps it up to date; without one it learns anew each time it is opened, so
 * that the same samples give the same numbers.
 */
export interface Feature<K extends SignalKind = SignalKind> {
  readonly kind: K;
  /**
   * The spec for a signal: axes follow its montage. Throws `FeatureError('bad-signal')` where the signal cannot give this feature (it is too slow, or has other
   * channels); `open` is called for those only that were described. It costs nothing worth saving, other than `open`.
   */
  readonly describe: (signal: SignalOf<K>) => FeatureSpec;
  readonly open: (signal: SignalOf<K>, hopSec: number, memory?: FeatureMemory) => (hop: Epoch<SignalOf<K>>) => Extracted | undefined;
}

/** A feature of a kind that is known to be the signal's, where the compiler cannot follow. */
export interface Opened {
  readonly describe: (signal: Signal) => FeatureSpec;
  readonly open: (signal: Signal, hopSec: number) => (hop: Epoch) => Extracted | undefined;
}

/** Any feature, whatever its kind, as lists of features hold it. */
export type AnyFeature = { [K in Signal['kind']]: Feature<K> }[Signal['kind']];
