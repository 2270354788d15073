import { solveSymmetric } from '../solve-symmetric.ts';
import { logisticRegression } from './baselines.ts';
import type { Rows } from './normalise.ts';
import { scaling } from './scaling.ts';

/** Rows with the class of each. */
export interface ClassifiedRows extends Rows {
  /** Class number of every row of the table, whether it is among the training rows or not. */
  readonly labels: Int32Array;
  readonly nClasses: number;
}

/** Writes the probability of each class for one row into `out` at `at`. */
export type RowClassifier = (row: Float32Array, out: Float32Array, at: number) => void;

/** Learns from some rows of a table; any number of classes, any of which may be missing among them. */
export type FitRows = (rows: ClassifiedRows, train: Int32Array) => RowClassifier;

const countsOf = ({ labels, nClasses }: ClassifiedRows, train: Int32Array): number[] => {
  const counts = new Array<number>(nClasses).fill(0);
  for (const row of train) counts[labels[row]]++;
  return counts;
};

const rowOf = ({ values, width }: Rows, row: number): Float32Array => values.subarray(row * width, (row + 1) * width);

/** Scores → probabilities that sum to 1, in place. */
const softmax = (scores: Float64Array): Float64Array => {
  const most = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k] - most);
    sum += scores[k];
  }
  for (let k = 0; k < scores.length; k++) scores[k] /= sum;
  return scores;
};

/** Always the most frequent class of the training rows, with certainty. */
export const majorityRows: FitRows = (rows, train) => {
  const counts = countsOf(rows, train);
  const answer = counts.indexOf(Math.max(...counts));
  return (_, out, at) => {
    out.fill(0, at, at + rows.nClasses);
    out[at + answer] = 1;
  };
};

/** The shares of the classes among the training rows, whatever the row. */
export const classPriorRows: FitRows = (rows, train) => {
  const shares = Float32Array.from(countsOf(rows, train), (count) => count / train.length);
  return (_, out, at) => out.set(shares, at);
};

/**
 * Linear discriminants of any number of classes, all of equal prior; the pooled covariance of the standardised features is drawn towards its mean
 * diagonal by `shrinkage` (0–1). With two classes the same as `linearDiscriminant`. One class: that class.
 * @throws ModelError('diverged') where, without shrinkage, features depend on each other.
 */
export const discriminantRows =
  (shrinkage: number): FitRows =>
  (rows, train) => {
    const { width: n, values, labels, nClasses } = rows;
    const counts = countsOf(rows, train);
    const present = counts.flatMap((count, k) => (count > 0 ? [k] : []));
    if (present.length < 2) return majorityRows(rows, train);
    const { mean, inverse } = scaling(rows, train);
    const standard = (source: Float32Array, from: number): Float64Array =>
      Float64Array.from({ length: n }, (_, i) => (source[from + i] - mean[i]) * inverse[i]);
    const means = counts.map(() => new Float64Array(n));
    for (const row of train) {
      const x = standard(values, row * n);
      for (let i = 0; i < n; i++) means[labels[row]][i] += x[i] / counts[labels[row]];
    }
    const covariance = new Float64Array(n * n);
    for (const row of train) {
      const x = standard(values, row * n);
      const k = labels[row];
      const weight = 1 / (present.length * counts[k]);
      for (let i = 0; i < n; i++) x[i] -= means[k][i];
      for (let i = 0; i < n; i++) {
        const weighed = weight * x[i];
        for (let j = 0; j <= i; j++) covariance[i * n + j] += weighed * x[j];
      }
    }
    let trace = 0;
    for (let i = 0; i < n; i++) trace += covariance[i * n + i];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        covariance[i * n + j] *= 1 - shrinkage;
        covariance[j * n + i] = covariance[i * n + j];
      }
      // The last term keeps columns that never change from making the system singular.
      covariance[i * n + i] = (1 - shrinkage) * covariance[i * n + i] + (shrinkage * trace) / n + 1e-9;
    }
    const { inverse: precision } = solveSymmetric(covariance, new Float64Array(n));
    const weights = present.map((k) =>
      Float64Array.from({ length: n }, (_, i) => means[k].reduce((sum, value, j) => sum + precision[i * n + j] * value, 0)),
    );
    const biases = present.map((k, p) => -0.5 * means[k].reduce((sum, value, i) => sum + value * weights[p][i], 0));
    return (row, out, at) => {
      const x = standard(row, 0);
      const scores = Float64Array.from(weights, (w, p) => w.reduce((sum, value, i) => sum + value * x[i], biases[p]));
      const shares = softmax(scores);
      out.fill(0, at, at + nClasses);
      present.forEach((k, p) => {
        out[at + k] = shares[p];
      });
    };
  };

/** Logistic regression with an L2 penalty; each class against the rest where there are more than two, the odds brought to sum to 1. */
export const logisticRows =
  (l2: number): FitRows =>
  (rows, train) => {
    const { labels, nClasses } = rows;
    const counts = countsOf(rows, train);
    const present = counts.flatMap((count, k) => (count > 0 ? [k] : []));
    if (present.length < 2) return majorityRows(rows, train);
    const given = Array.from(train, (row) => rowOf(rows, row));
    const against = (k: number) =>
      logisticRegression(l2)(
        given,
        Array.from(train, (row) => (labels[row] === k ? 1 : 0)),
      );
    if (present.length === 2) {
      const [first, second] = present;
      const classify = against(second);
      return (row, out, at) => {
        out.fill(0, at, at + nClasses);
        out[at + second] = classify(row);
        out[at + first] = 1 - out[at + second];
      };
    }
    const classifiers = present.map(against);
    return (row, out, at) => {
      const scores = classifiers.map((classify) => classify(row));
      const sum = scores.reduce((total, score) => total + score, 0);
      out.fill(0, at, at + nClasses);
      present.forEach((k, p) => {
        out[at + k] = scores[p] / sum;
      });
    };
  };

/**
 * The class of the nearest training row (Euclidean, standardised over the training rows; the earlier of equals). It knows nothing but
 * resemblance, so it is the sharpest detector of windows that give their trial away.
 */
export const nearestRows: FitRows = (rows, train) => {
  const { width: n, values, labels, nClasses } = rows;
  const { mean, inverse } = scaling(rows, train);
  const known = new Float32Array(train.length * n);
  train.forEach((row, t) => {
    for (let i = 0; i < n; i++) known[t * n + i] = (values[row * n + i] - mean[i]) * inverse[i];
  });
  const x = new Float32Array(n);
  return (row, out, at) => {
    for (let i = 0; i < n; i++) x[i] = (row[i] - mean[i]) * inverse[i];
    let least = Number.POSITIVE_INFINITY;
    let nearest = 0;
    for (let t = 0; t < train.length; t++) {
      let sum = 0;
      for (let i = 0; i < n && sum < least; i++) {
        const difference = x[i] - known[t * n + i];
        sum += difference * difference;
      }
      if (sum < least) {
        least = sum;
        nearest = t;
      }
    }
    out.fill(0, at, at + nClasses);
    out[at + labels[train[nearest]]] = 1;
  };
};
