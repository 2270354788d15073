import type { FeatureSet } from '@affect-edge/features';
import type { Model } from '@affect-edge/models';

const warmUpRuns = 20;
const measuredRuns = 50;

/** Median time of one estimate on zeros, ms, after a warm-up. */
export const measuredMs = (model: Model): number => {
  const features: FeatureSet = model.card.inputs.map((spec) => ({
    spec,
    signal: 'none',
    index: 0,
    tmin: 0,
    tmax: 0,
    values: new Float64Array(spec.axes.reduce((size, { labels }) => size * labels.length, 1)),
    quality: 1,
  }));
  for (let run = 0; run < warmUpRuns; run++) model.predict(features);
  const times = Array.from({ length: measuredRuns }, () => {
    const from = performance.now();
    model.predict(features);
    return performance.now() - from;
  }).sort((a, b) => a - b);
  return times[measuredRuns / 2]!;
};
