import type { Signal } from '@affect-edge/acquire';
import type { AnyFeature, FeatureSpec } from '@affect-edge/features';

/** The spec a feature has for a signal of its own kind. */
export const specOf = (feature: AnyFeature, signal: Signal): FeatureSpec =>
  // A union of functions takes only what all of them take; that the kinds agree is the caller's word.
  (feature.describe as (signal: Signal) => FeatureSpec)(signal);

/** Each feature once, by what it computes from these signals; those before others. What computes nothing from them is left out. */
export const distinctFeatures = (features: readonly AnyFeature[], signals: readonly Signal[]): AnyFeature[] => {
  const seen = new Set<string>();
  return features.filter((feature) => {
    const signal = signals.find(({ kind }) => kind === feature.kind);
    if (signal === undefined) return false;
    const key = JSON.stringify(specOf(feature, signal));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};
