import type { Signal } from '@affect-edge/acquire';
import { type AnyFeature, FeatureError, type FeatureSpec } from '@affect-edge/features';

/** The spec a feature has for a signal of its own kind. */
export const specOf = (feature: AnyFeature, signal: Signal): FeatureSpec =>
  // A union of functions takes only what all of them take; that the kinds agree is the caller's word.
  (feature.describe as (signal: Signal) => FeatureSpec)(signal);

/** Why a feature cannot be computed of a signal, at whatever hop; nothing where it can. */
export const refusalOf = (feature: AnyFeature, signal: Signal): string | undefined => {
  try {
    specOf(feature, signal);
    return undefined;
  } catch (error) {
    if (error instanceof FeatureError && error.code === 'bad-signal') return error.message;
    throw error;
  }
};

/** Each feature once, by what it computes from these signals; those before others. What computes nothing from them is left out. */
export const distinctFeatures = (features: readonly AnyFeature[], signals: readonly Signal[]): AnyFeature[] => {
  const seen = new Set<string>();
  return features.filter((feature) => {
    const signal = signals.find((one) => one.kind === feature.kind && refusalOf(feature, one) === undefined);
    if (signal === undefined) return false;
    const key = JSON.stringify(specOf(feature, signal));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};
