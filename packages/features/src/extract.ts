import { ignoreReports, type Reporter, type Signal } from '@affect-edge/acquire';
import { Observable, type OperatorFunction } from 'rxjs';
import type { Epoch } from './epoch.ts';
import { FeatureError } from './errors.ts';
import type { AnyFeature, FeatureSpec, FeatureVector, Opened } from './feature.ts';

/** All features of one signal, and how far they have seen it. */
interface Extraction {
  readonly signal: Signal;
  readonly features: readonly Opened[];
  /** Made once a signal and held by reference, so that whoever compares specs does it once. */
  readonly specs: readonly FeatureSpec[];
  extractors: readonly ReturnType<Opened['open']>[];
  lastIndex: number;
}

const isFinite64 = (data: Float64Array): boolean => {
  let zero = 0;
  for (let i = 0; i < data.length; i++) zero += data[i] * 0;
  return zero === 0;
};

/**
 * Computes every feature from every signal of its kind: one vector a feature and epoch, in the order of `features`, as soon as its window
 * is full. The
 * features of a signal are opened anew after a gap (a jump of the epoch's index), when the signal itself changes, and after an epoch with a
 * number that is not finite, which is reported and otherwise treated as missing. A feature that a signal cannot give (it is too slow, or has other
 * channels) is left out for that signal and reported. Epochs must be one hop long, on the grid of `hopSec`; a hop that goes into no window
 * of a feature is an error.
 */
export const extract =
  (features: readonly AnyFeature[], hopSec: number, report: Reporter = ignoreReports): OperatorFunction<Epoch, FeatureVector> =>
  (epochs$) =>
    new Observable((subscriber) => {
      const extractions = new Map<string, Extraction>();
      const begun = (signal: Signal, index: number): Extraction => {
        // filtered to the signal's own kind, which the compiler cannot follow
        const ofKind = features.filter(({ kind }) => kind === signal.kind) as unknown as readonly Opened[];
        const suiting = ofKind.flatMap((feature) => {
          try {
            return [{ feature, spec: feature.describe(signal), extractor: feature.open(signal, hopSec) }];
          } catch (error) {
            if (!(error instanceof FeatureError) || error.code !== 'bad-signal') throw error;
            report({ kind: 'dropped', stage: 'extract', what: `a feature of ${signal.id}: ${error.message}`, count: 1 });
            return [];
          }
        });
        const extraction = {
          signal,
          features: suiting.map(({ feature }) => feature),
          specs: suiting.map(({ spec }) => spec),
          extractors: suiting.map(({ extractor }) => extractor),
          lastIndex: index - 1,
        };
        extractions.set(signal.id, extraction);
        return extraction;
      };
      return epochs$.subscribe({
        next: (epoch) => {
          const { signal, index, tmax } = epoch;
          try {
            let extraction = extractions.get(signal.id);
            if (!isFinite64(epoch.data)) {
              if (extraction !== undefined) extraction.lastIndex = Number.NaN;
              report({ kind: 'dropped', stage: 'extract', what: `epoch of ${signal.id} with numbers that are not finite`, count: 1 });
              return;
            }
            if (extraction?.signal !== signal) extraction = begun(signal, index);
            if (extraction.lastIndex !== index - 1) extraction.extractors = extraction.features.map(({ open }) => open(signal, hopSec));
            extraction.lastIndex = index;
            for (const [i, extractOne] of extraction.extractors.entries()) {
              const result = extractOne(epoch);
              if (result) subscriber.next({ spec: extraction.specs[i], signal: signal.id, index, tmax, ...result });
            }
          } catch (cause) {
            subscriber.error(cause);
          }
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
