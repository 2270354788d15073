/** A symmetric positive definite matrix with two bands below its diagonal: `d0[i] = (i, i)`, `d1[i] = (i, i − 1)`, `d2[i] = (i, i − 2)`. */
export interface Pentadiagonal {
  readonly d0: Float64Array;
  readonly d1: Float64Array;
  readonly d2: Float64Array;
}

/** A column that is zero outside `start … start + values.length`. */
export interface LocalColumn {
  readonly start: number;
  readonly values: Float64Array;
}

/** What the tail of a column is cut off at, as a share of its largest value: below the rounding of the sums it enters. */
const negligible = 1e-20;

/**
 * Solves `[K E; Eᵀ H] (x, u) = (f, g)` for a pentadiagonal K of size n, m columns E that are local, and a dense H (m, m) row-major; the whole
 * must be positive definite. The cost is that of n banded rows and of the overlaps of the columns, so linear in n for columns of fixed length.
 * `solve` overwrites `f` and `g` with the answer. K, E and H are not kept, but K is overwritten by its factor.
 */
export const factorBordered = (
  { d0, d1, d2 }: Pentadiagonal,
  border: readonly LocalColumn[],
  dense: Float64Array,
): { readonly solve: (f: Float64Array, g: Float64Array) => void } => {
  const n = d0.length;
  const m = border.length;
  // K = L D Lᵀ in place: d0 becomes D, d1 and d2 the bands of L.
  for (let i = 0; i < n; i++) {
    const l2 = i > 1 ? d2[i] / d0[i - 2] : 0;
    const l1 = i > 0 ? (d1[i] - (i > 1 ? l2 * d0[i - 2] * d1[i - 1] : 0)) / d0[i - 1] : 0;
    d0[i] -= (i > 0 ? l1 * l1 * d0[i - 1] : 0) + (i > 1 ? l2 * l2 * d0[i - 2] : 0);
    d1[i] = l1;
    d2[i] = l2;
  }
  const work = new Float64Array(n);
  const columns = border.map((column) => forward(column, n, d1, d2, work));
  const schur = cholesky(complement(columns, dense, d0), m);

  const solve = (f: Float64Array, g: Float64Array): void => {
    for (let i = 0; i < n; i++) f[i] -= (i > 0 ? d1[i] * f[i - 1] : 0) + (i > 1 ? d2[i] * f[i - 2] : 0);
    for (let i = 0; i < n; i++) work[i] = f[i] / d0[i];
    for (let j = 0; j < m; j++) {
      const { start, values } = columns[j];
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] * work[start + i];
      g[j] -= sum;
    }
    solveCholesky(schur, g);
    for (let j = 0; j < m; j++) {
      const { start, values } = columns[j];
      for (let i = 0; i < values.length; i++) f[start + i] -= values[i] * g[j];
    }
    for (let i = 0; i < n; i++) f[i] /= d0[i];
    for (let i = n - 1; i >= 0; i--) f[i] -= (i + 1 < n ? d1[i + 1] * f[i + 1] : 0) + (i + 2 < n ? d2[i + 2] * f[i + 2] : 0);
  };
  return { solve };
};

/** L⁻¹ times a local column; its tail runs on behind the column's end until it has died away. `out` is working space of size n. */
const forward = ({ start, values }: LocalColumn, n: number, l1: Float64Array, l2: Float64Array, out: Float64Array): LocalColumn => {
  let largest = 0;
  let i = 0;
  for (; i < n - start; i++) {
    const y1 = i > 0 ? out[i - 1] : 0;
    const y2 = i > 1 ? out[i - 2] : 0;
    out[i] = (i < values.length ? values[i] : 0) - l1[start + i] * y1 - l2[start + i] * y2;
    largest = Math.max(largest, Math.abs(out[i]));
    if (i >= values.length && Math.abs(out[i]) + Math.abs(y1) < negligible * largest) break;
  }
  return { start, values: out.slice(0, i) };
};

/** H − Wᵀ D⁻¹ W, lower triangle. */
const complement = (columns: readonly LocalColumn[], dense: Float64Array, d: Float64Array): Float64Array => {
  const m = columns.length;
  const out = dense.slice();
  for (let j = 0; j < m; j++) {
    const a = columns[j];
    const scaled = a.values.map((value, i) => value / d[a.start + i]);
    for (let k = 0; k <= j; k++) {
      const b = columns[k];
      const from = Math.max(a.start, b.start);
      const to = Math.min(a.start + a.values.length, b.start + b.values.length);
      let sum = 0;
      for (let i = from; i < to; i++) sum += scaled[i - a.start] * b.values[i - b.start];
      out[j * m + k] -= sum;
    }
  }
  return out;
};

/** Lower triangular factor of a positive definite (m, m) matrix, row-major, in place. Zeros left of a row's first entry stay zero and are skipped. */
const cholesky = (a: Float64Array, m: number): Float64Array => {
  const first = new Int32Array(m);
  for (let j = 0; j < m; j++) {
    while (first[j] < j && a[j * m + first[j]] === 0) first[j]++;
    for (let k = first[j]; k <= j; k++) {
      let sum = a[j * m + k];
      for (let i = Math.max(first[j], first[k]); i < k; i++) sum -= a[j * m + i] * a[k * m + i];
      a[j * m + k] = j === k ? Math.sqrt(sum) : sum / a[k * m + k];
    }
  }
  return a;
};

const solveCholesky = (l: Float64Array, x: Float64Array): void => {
  const m = x.length;
  for (let j = 0; j < m; j++) {
    for (let k = 0; k < j; k++) x[j] -= l[j * m + k] * x[k];
    x[j] /= l[j * m + j];
  }
  for (let j = m - 1; j >= 0; j--) {
    for (let k = j + 1; k < m; k++) x[j] -= l[k * m + j] * x[k];
    x[j] /= l[j * m + j];
  }
};
