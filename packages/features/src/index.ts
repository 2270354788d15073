export type { Epoch } from './epoch.ts';
export { FeatureError, type FeatureErrorCode } from './errors.ts';
export type { AnyFeature, Axis, Extracted, Feature, FeatureSet, FeatureSpec, FeatureVector } from './feature.ts';
