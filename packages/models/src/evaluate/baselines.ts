import { ModelError } from '../errors.ts';
import { solveSymmetric } from '../solve-symmetric.ts';
import { conjugateGradient } from './conjugate-gradient.ts';
import { deviationOf } from './scaling.ts';

/**
 * Small linear classifiers of two classes: what every network has to be compared with. Rows are examples, both classes count equally whatever their
 * numbers, and features are standardised with the mean and deviation of the training rows.
 */
export interface Classifier {
  /** The probability of class 1. */
  (row: ArrayLike<number>): number;
  /** Its log-odds are `weights` · row + `bias`, in the features' own units; absent where they are not linear. */
  readonly linear?: { readonly weights: Float64Array; readonly bias: number };
}

/** How to fit one: rows (nRows × nFeatures), labels 0 or 1 → probability of class 1 for a row. */
export type FitClassifier = (rows: readonly ArrayLike<number>[], labels: ArrayLike<number>) => Classifier;

/** Always the more frequent class of the training rows. */
export const majority: FitClassifier = (_, labels) => {
  const nPositive = Array.from(labels).reduce((sum, label) => sum + label, 0);
  const answer = nPositive * 2 > labels.length ? 1 : 0;
  return () => answer;
};

/** Rows with mean 0 and deviation 1, and the same map for other rows. */
interface Standardised {
  readonly rows: Float64Array[];
  /** The classifier of features in their own units, from weights of standardised ones. */
  readonly classifier: (weights: ArrayLike<number>, bias: number) => Classifier;
}

const standardised = (rows: readonly ArrayLike<number>[]): Standardised => {
  const nFeatures = rows[0].length;
  const mean = new Float64Array(nFeatures);
  const scale = new Float64Array(nFeatures);
  for (const row of rows) for (let j = 0; j < nFeatures; j++) mean[j] += row[j] / rows.length;
  for (const row of rows) for (let j = 0; j < nFeatures; j++) scale[j] += (row[j] - mean[j]) ** 2 / rows.length;
  for (let j = 0; j < nFeatures; j++) scale[j] = deviationOf(mean[j], scale[j]);
  const standardise = (row: ArrayLike<number>) => Float64Array.from({ length: nFeatures }, (_, j) => (row[j] - mean[j]) / scale[j]);
  const classifier = (standardWeights: ArrayLike<number>, standardBias: number): Classifier => {
    const weights = Float64Array.from({ length: nFeatures }, (_, j) => standardWeights[j] / scale[j]);
    const bias = standardBias - dot(weights, mean);
    return Object.assign((row: ArrayLike<number>) => logistic(dot(weights, row) + bias), { linear: { weights, bias } });
  };
  return { rows: rows.map(standardise), classifier };
};

const checkBothClasses = (labels: ArrayLike<number>): void => {
  const kinds = new Set(Array.from(labels));
  if (kinds.size !== 2 || !kinds.has(0) || !kinds.has(1)) {
    throw new ModelError('bad-option', `A classifier needs examples labelled 0 and 1, got ${[...kinds].join(', ') || 'none'}.`);
  }
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
};
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Fisher's linear discriminant with equal priors; the pooled covariance is drawn towards its mean diagonal by `shrinkage` (0–1; Ledoit and Wolf
 * 2004, doi:10.1016/S0047-259X(03)00096-4, with the amount given rather than estimated).
 * @throws ModelError('bad-option') where a class is missing, ModelError('diverged') where, without shrinkage, features depend on each other.
 */
export const linearDiscriminant =
  (shrinkage: number): FitClassifier =>
  (given, labels) => {
    checkBothClasses(labels);
    const { rows, classifier } = standardised(given);
    const n = rows[0].length;
    const means = [new Float64Array(n), new Float64Array(n)];
    const counts = [0, 0];
    rows.forEach((row, i) => {
      counts[labels[i]]++;
      for (let j = 0; j < n; j++) means[labels[i]][j] += row[j];
    });
    for (const c of [0, 1]) for (let j = 0; j < n; j++) means[c][j] /= counts[c];
    const covariance = new Float64Array(n * n);
    rows.forEach((row, i) => {
      const weight = 1 / (2 * counts[labels[i]]);
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++) covariance[j * n + k] += weight * (row[j] - means[labels[i]][j]) * (row[k] - means[labels[i]][k]);
      }
    });
    let trace = 0;
    for (let j = 0; j < n; j++) trace += covariance[j * n + j];
    for (let i = 0; i < n * n; i++) covariance[i] *= 1 - shrinkage;
    for (let j = 0; j < n; j++) covariance[j * n + j] += (shrinkage * trace) / n;
    const { solution: direction } = solveSymmetric(
      covariance,
      means[1].map((value, j) => value - means[0][j]),
    );
    const threshold = (dot(direction, means[0]) + dot(direction, means[1])) / 2;
    return classifier(direction, -threshold);
  };

const maxSteps = 50;

/**
 * Logistic regression with an L2 penalty of `l2`/2 · |w|² on the mean loss (the intercept is free), by Newton's method.
 * @throws ModelError('bad-option') where a class is missing.
 */
export const logisticRegression =
  (l2: number): FitClassifier =>
  (given, labels) => {
    checkBothClasses(labels);
    const { rows, classifier } = standardised(given);
    const n = rows[0].length + 1;
    const nPositive = Array.from(labels).reduce((sum, label) => sum + label, 0);
    const classWeight = [1 / (2 * (labels.length - nPositive)), 1 / (2 * nPositive)];
    const extended = rows.map((row) => Float64Array.of(...row, 1));
    const curvature = new Float64Array(rows.length);
    const ridge = Float64Array.from({ length: n }, (_, j) => (j < n - 1 ? l2 : 1e-9));
    const w = new Float64Array(n);
    for (let step = 0; step < maxSteps; step++) {
      const gradient = new Float64Array(n);
      extended.forEach((row, i) => {
        const p = logistic(dot(w, row));
        const weight = classWeight[labels[i]];
        curvature[i] = weight * p * (1 - p);
        for (let j = 0; j < n; j++) gradient[j] += weight * (p - labels[i]) * row[j];
      });
      for (let j = 0; j < n - 1; j++) gradient[j] += l2 * w[j];
      const move = (n > widest ? moveByProducts : moveBySolving)(extended, curvature, ridge, gradient);
      for (let j = 0; j < n; j++) w[j] -= move[j];
      if (Math.hypot(...move) < 1e-9) break;
    }
    return classifier(w, w[n - 1]);
  };

/** From this many weights on the curvature is not written out as a matrix. */
const widest = 64;

/** A step of Newton's method: (Σ curvature · row·rowᵀ + ridge)⁻¹ · gradient. */
type Move = (rows: readonly Float64Array[], curvature: Float64Array, ridge: Float64Array, gradient: Float64Array) => Float64Array;

const moveBySolving: Move = (rows, curvature, ridge, gradient) => {
  const n = gradient.length;
  const hessian = new Float64Array(n * n);
  rows.forEach((row, i) => {
    for (let j = 0; j < n; j++) for (let k = 0; k <= j; k++) hessian[j * n + k] += curvature[i] * row[j] * row[k];
  });
  for (let j = 0; j < n; j++) hessian[j * n + j] += ridge[j];
  for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) hessian[k * n + j] = hessian[j * n + k];
  return solveSymmetric(hessian, gradient).solution;
};

/** The same for wide rows: work grows with their width, not with its square and cube. Inexact far from the end, where that costs nothing. */
const moveByProducts: Move = (rows, curvature, ridge, gradient) =>
  conjugateGradient(
    (v, out) => {
      for (let j = 0; j < v.length; j++) out[j] = ridge[j] * v[j];
      rows.forEach((row, i) => {
        const along = curvature[i] * dot(v, row);
        for (let j = 0; j < v.length; j++) out[j] += along * row[j];
      });
    },
    gradient,
    1e-6,
  );
