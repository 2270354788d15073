import { Observable, type OperatorFunction } from 'rxjs';
import { FeatureError } from './errors.ts';
import type { FeatureSpec, FeatureVector } from './feature.ts';
import { kalmanLevel, movingAverage, type Smoother } from './kernels/smoothers.ts';

export type SmoothOptions =
  /** The mean of the last `nVectors`. */
  | { readonly method: 'moving-average'; readonly nVectors: number }
  /** A random walk seen through noise: variances of its step and of the observation. */
  | { readonly method: 'kalman'; readonly processNoise: number; readonly observationNoise: number };

/** One feature of one signal being smoothed. */
interface Smoothing {
  readonly from: FeatureSpec;
  readonly spec: FeatureSpec;
  readonly smoother: Smoother;
  readonly lastIndex: number;
}

const smootherOf = (options: SmoothOptions, nValues: number): Smoother =>
  options.method === 'moving-average'
    ? movingAverage(nValues, options.nVectors)
    : kalmanLevel(nValues, options.processNoise, options.observationNoise);

const smoothed = (spec: FeatureSpec, options: SmoothOptions): FeatureSpec => {
  const { method, ...numbers } = options;
  return { ...spec, recipe: { ...spec.recipe, smoothing: method, ...numbers } };
};

const check = (options: SmoothOptions): void => {
  const { method } = options;
  if (method === 'moving-average' && !(Number.isInteger(options.nVectors) && options.nVectors >= 1)) {
    throw new FeatureError('bad-option', `A moving average needs a whole nVectors of at least 1, got ${options.nVectors}.`);
  }
  if (method === 'kalman' && !(options.processNoise > 0 && options.observationNoise > 0)) {
    const got = `${options.processNoise} and ${options.observationNoise}`;
    throw new FeatureError('bad-option', `A Kalman smoother needs processNoise and observationNoise above 0, got ${got}.`);
  }
};

/**
 * Smooths features over time, causally, value by value; starts anew after a jump of the index. Only the features in `names`, all when
 * absent; others pass. The
 * recipe says so: a smoothed feature is another feature.
 */
export const smooth = (options: SmoothOptions, names?: readonly string[]): OperatorFunction<FeatureVector, FeatureVector> => {
  check(options);
  return (vectors$) =>
    new Observable((subscriber) => {
      const smoothings = new Map<string, Smoothing>();
      return vectors$.subscribe({
        next: (vector) => {
          const { spec, signal, index, values } = vector;
          if (names && !names.includes(spec.name)) {
            subscriber.next(vector);
            return;
          }
          const key = `${signal}\0${spec.name}\0${JSON.stringify(spec.recipe)}`;
          const before = smoothings.get(key);
          const goesOn = before?.from === spec && before.lastIndex === index - 1;
          const smoother = goesOn ? before.smoother : smootherOf(options, values.length);
          const smoothedSpec = before?.from === spec ? before.spec : smoothed(spec, options);
          smoothings.set(key, { from: spec, spec: smoothedSpec, smoother, lastIndex: index });
          subscriber.next({ ...vector, spec: smoothedSpec, values: smoother(values) });
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
};
