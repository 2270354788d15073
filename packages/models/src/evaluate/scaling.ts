import type { Rows } from './normalise.ts';

/** Mean and variance of each column over some rows. Sums run in the order of the rows: the same rows give the same bits. */
export const momentsOf = ({ width, values }: Rows, from: Int32Array): { readonly mean: Float64Array; readonly variance: Float64Array } => {
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (const row of from) for (let i = 0; i < width; i++) mean[i] += values[row * width + i] / from.length;
  for (const row of from) for (let i = 0; i < width; i++) variance[i] += (values[row * width + i] - mean[i]) ** 2 / from.length;
  return { mean, variance };
};

/** A column of less variance never changes. */
export const leastVariance = 1e-18;

/** A column's deviation, 1 for one that never changes: what rounding leaves of such a column's variance is no deviation. */
export const deviationOf = (mean: number, variance: number): number => {
  const deviation = Math.sqrt(variance);
  return deviation > 1e-9 * Math.abs(mean) ? deviation : 1;
};

/** Mean and inverse deviation of each column over some rows; the inverse is 1 for a column that never changes. */
export const scaling = (rows: Rows, from: Int32Array): { readonly mean: Float64Array; readonly inverse: Float64Array } => {
  const { mean, variance } = momentsOf(rows, from);
  return { mean, inverse: variance.map((value, i) => (value > leastVariance ? 1 / deviationOf(mean[i], value) : 1)) };
};
