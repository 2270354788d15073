import type { ScalpPosition } from './scalp-positions.ts';

const STIFFNESS = 4;
const N_TERMS = 50;
/** Added to the diagonal: how much the spline may miss the electrodes it goes through. */
const REGULARISATION = 1e-5;

/** Perrin's g of the cosine of the angle between two electrodes: a sum of Legendre polynomials. */
const g = (cosine: number): number => {
  let [before, current] = [1, cosine];
  let sum = 0;
  for (let n = 1; n <= N_TERMS; n++) {
    sum += ((2 * n + 1) / (n ** STIFFNESS * (n + 1) ** STIFFNESS * 4 * Math.PI)) * current;
    [before, current] = [current, ((2 * n + 1) * cosine * current - n * before) / (n + 1)];
  }
  return sum;
};

const cosineBetween = (a: ScalpPosition, b: ScalpPosition): number =>
  (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b));

/** The solution of a small dense system by elimination with partial pivoting; the arguments are used up. */
const solved = (matrix: number[][], right: number[]): number[] => {
  const n = right.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(matrix[i][k]) > Math.abs(matrix[pivot][k])) pivot = i;
    [matrix[k], matrix[pivot]] = [matrix[pivot], matrix[k]];
    [right[k], right[pivot]] = [right[pivot], right[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i][k] / matrix[k][k];
      for (let j = k; j < n; j++) matrix[i][j] -= factor * matrix[k][j];
      right[i] -= factor * right[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) right[k] -= matrix[k][j] * right[j];
    right[k] /= matrix[k][k];
  }
  return right;
};

/**
 * Weights that give the potential at `to` from those at `from` by spherical splines (Perrin et al. 1989, doi
 * 10.1016/0013-4694(89)90180-6): as many as `from`, their sum
 * is 1. The matrix of MNE's `interpolate_bads`. `from` must hold at least one position, all different.
 */
export const splineWeights = (from: readonly ScalpPosition[], to: ScalpPosition): Float64Array => {
  const matrix = from.map((a, i) => [...from.map((b, j) => g(cosineBetween(a, b)) + (i === j ? REGULARISATION : 0)), 1]);
  matrix.push([...from.map(() => 1), 0]);
  // the system is symmetric, so weights = inverse · right side
  const weights = solved(matrix, [...from.map((a) => g(cosineBetween(a, to))), 1]);
  return Float64Array.from(weights.slice(0, from.length));
};
