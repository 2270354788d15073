/** Takes the values of one moment and gives the smoothed ones; a new array. */
export type Smoother = (values: Float64Array) => Float64Array;

/** The mean of the last `n` (of those there are, at the start). */
export const movingAverage = (nValues: number, n: number): Smoother => {
  const kept: Float64Array[] = [];
  return (values) => {
    kept.push(values);
    if (kept.length > n) kept.shift();
    const mean = new Float64Array(nValues);
    for (const row of kept) for (let i = 0; i < nValues; i++) mean[i] += row[i] / kept.length;
    return mean;
  };
};

/**
 * The scalar linear dynamical system that smooths differential entropy (Shi & Lu 2010, doi 10.1109/IEMBS.2010.5626479) as a forward Kalman
 * filter: a level that steps
 * with variance `processNoise` and is seen with variance `observationNoise`. Unlike the published forms, which begin at the mean of the
 * whole trial, it begins at the first
 * value with that value's variance, so that it is causal.
 */
export const kalmanLevel = (nValues: number, processNoise: number, observationNoise: number): Smoother => {
  let level: Float64Array | undefined;
  let variance = observationNoise;
  return (values) => {
    if (!level) {
      level = values.slice();
      return values.slice();
    }
    const predicted = variance + processNoise;
    const gain = predicted / (predicted + observationNoise);
    variance = (1 - gain) * predicted;
    for (let i = 0; i < nValues; i++) level[i] += gain * (values[i] - level[i]);
    return level.slice();
  };
};
