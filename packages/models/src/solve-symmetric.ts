import { ModelError } from './errors.ts';

/**
 * The solution of `matrix` · x = `right` and the inverse of `matrix`, (n, n) row-major, symmetric and positive definite, by Cholesky.
 * @throws ModelError('diverged') when it is not positive definite.
 */
export const solveSymmetric = (
  matrix: Float64Array,
  right: ArrayLike<number>,
): { readonly solution: Float64Array; readonly inverse: Float64Array } => {
  const n = right.length;
  const lower = factor(matrix, n);
  const solveFor = (b: Float64Array): Float64Array => {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) b[i] -= lower[i * n + k] * b[k];
      b[i] /= lower[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) b[i] -= lower[k * n + i] * b[k];
      b[i] /= lower[i * n + i];
    }
    return b;
  };
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) inverse.set(solveFor(Float64Array.from({ length: n }, (_, i) => (i === j ? 1 : 0))), j * n);
  return { solution: solveFor(Float64Array.from(right)), inverse };
};

/** The lower Cholesky factor. */
const factor = (matrix: Float64Array, n: number): Float64Array => {
  const lower = matrix.slice();
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = lower[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      if (i === j && !(sum > 0))
        throw new ModelError('diverged', `A system of ${n} equations is singular in row ${j + 1}: its unknowns depend on each other.`);
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j];
    }
  }
  return lower;
};
