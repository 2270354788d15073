import { FeatureError } from '../errors.ts';
import { factorBordered, type LocalColumn } from './bordered-band.ts';

/** The problem's constants; the defaults are the paper's. */
export interface ConvexEdaOptions {
  readonly sfreq: number;
  /** Slow and fast time constants of the response, s (the paper's τ₀, τ₁). */
  readonly tauSlow?: number;
  readonly tauFast?: number;
  /** Distance of the tonic spline's knots, s. */
  readonly knotSec?: number;
  /** Penalty α on the driver's sum. In units of the input: µS here, standard deviations where the paper scales its input. */
  readonly sparsity?: number;
  /** Penalty γ on the spline's coefficients. */
  readonly smoothness?: number;
}

/** Arrays have the length of the input. */
export interface ConvexEda {
  /** µS. */
  readonly tonic: Float64Array;
  /** µS. */
  readonly phasic: Float64Array;
  /** Non-negative activity of the sweat nerve. */
  readonly driver: Float64Array;
  /** The minimum found: ½‖residual‖² + α·Σdriver + ½γ‖spline‖². */
  readonly cost: number;
  readonly iterations: number;
}

const relativeGap = 1e-9;
const maxIterations = 100;

/**
 * Splits a whole record of skin conductance into a spline plus trend (tonic), responses to a sparse non-negative driver (phasic) and noise,
 * by minimising
 *
 *     ½‖Mq + Bℓ + Cd − y‖² + α·Σ(Aq) + ½γ‖ℓ‖²   subject to Aq ≥ 0
 *
 * with A and M the bilinear discretisation of the two-stage response (driver = Aq, phasic = Mq, rows from the third sample on), B cubic
 * B-splines with a knot every 10 s from the first sample, C a constant and a ramp. Written from the equations of Greco et al. (2016),
 * doi 10.1109/TBME.2015.2474131, and solved by a primal-dual interior point method (Mehrotra 1992) whose linear systems are banded with a
 * narrow border, so time and memory grow linearly with the record.
 *
 * Not causal: for analysis, and as a yardstick for the filter that is. A constant input gives itself as tonic.
 *
 * @throws FeatureError `bad-signal` for fewer than 3 samples or numbers that are not finite, `bad-option` for time constants out of order.
 */
export const convexEda = (y: Float64Array, options: ConvexEdaOptions): ConvexEda => {
  const { sfreq, tauSlow = 2, tauFast = 0.7, knotSec = 10, sparsity: alpha = 8e-4, smoothness: gamma = 1e-2 } = options;
  const n = y.length;
  if (n < 3 || !y.every(Number.isFinite)) {
    throw new FeatureError(
      'bad-signal',
      `A convex decomposition needs at least 3 samples, all finite; got ${n}. Cut the record at its gaps.`,
    );
  }
  if (!(0 < tauFast && tauFast < tauSlow)) {
    throw new FeatureError('bad-option', `Time constants must be 0 < tauFast < tauSlow, got ${tauFast} s and ${tauSlow} s.`);
  }
  const dt = 1 / sfreq;
  const [r1, r0] = [1 / tauFast, 1 / tauSlow];
  const scale = (r1 - r0) * dt * dt;
  const a0 = ((r1 * dt + 2) * (r0 * dt + 2)) / scale;
  const a1 = (2 * r1 * r0 * dt * dt - 8) / scale;
  const a2 = ((r1 * dt - 2) * (r0 * dt - 2)) / scale;

  const basis = tonicBasis(n, Math.max(1, Math.round(knotSec * sfreq)));
  const m = basis.length;
  const nKnots = m - 2;
  const border = basis.map((column) => transposedBlur(column, n));
  const gram = gramOf(basis);
  for (let j = 0; j < nKnots; j++) gram[j * m + j] += gamma;

  // x = (q, u), slack s = Aq, multiplier z ≥ 0 of Aq ≥ 0. Rows 0 and 1 of A and M do not exist.
  const q = new Float64Array(n);
  const u = new Float64Array(m);
  u[nKnots] = y.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(y.reduce((sum, value) => sum + (value - u[nKnots]) ** 2, 0) / n);
  if (spread === 0) return { tonic: y.slice(), phasic: new Float64Array(n), driver: new Float64Array(n), cost: 0, iterations: 0 };
  const s = new Float64Array(n).fill(spread);
  const z = new Float64Array(n).fill(alpha);
  const tonic = new Float64Array(n);
  const phasic = new Float64Array(n);
  const driver = new Float64Array(n);
  const residual = new Float64Array(n);
  const band = { d0: new Float64Array(n), d1: new Float64Array(n), d2: new Float64Array(n) };
  const dq = new Float64Array(n);
  const du = new Float64Array(m);
  const ds = new Float64Array(n);
  const dz = new Float64Array(n);
  const target = new Float64Array(n);

  const evaluate = (): number => {
    tonic.fill(0);
    for (let j = 0; j < m; j++) addScaled(tonic, basis[j], u[j]);
    let cost = 0;
    for (let i = 0; i < n; i++) {
      phasic[i] = i < 2 ? 0 : q[i] + 2 * q[i - 1] + q[i - 2];
      driver[i] = i < 2 ? 0 : a0 * q[i] + a1 * q[i - 1] + a2 * q[i - 2];
      residual[i] = tonic[i] + phasic[i] - y[i];
      cost += 0.5 * residual[i] * residual[i] + alpha * driver[i];
    }
    for (let j = 0; j < nKnots; j++) cost += 0.5 * gamma * u[j] * u[j];
    return cost;
  };

  /** Newton's step for complementarity products s·z → `target`; leaves it in dq, du, ds, dz. */
  const newton = (solve: (f: Float64Array, g: Float64Array) => void): void => {
    dq.fill(0);
    for (let i = 2; i < n; i++) {
      // −gradient of ½‖·‖² + α·ΣAq − zᵀAq, with the slack's and the products' errors folded into the multiplier.
      const pull = z[i] - alpha - (s[i] * z[i] - target[i] + z[i] * (driver[i] - s[i])) / s[i];
      dq[i] += a0 * pull - residual[i];
      dq[i - 1] += a1 * pull - 2 * residual[i];
      dq[i - 2] += a2 * pull - residual[i];
    }
    for (let j = 0; j < m; j++) du[j] = -dot(basis[j], residual) - (j < nKnots ? gamma * u[j] : 0);
    solve(dq, du);
    for (let i = 2; i < n; i++) {
      ds[i] = a0 * dq[i] + a1 * dq[i - 1] + a2 * dq[i - 2] + driver[i] - s[i];
      dz[i] = (target[i] - s[i] * z[i] - z[i] * ds[i]) / s[i];
    }
  };

  const mean = (): number => {
    let sum = 0;
    for (let i = 2; i < n; i++) sum += s[i] * z[i];
    return sum / (n - 2);
  };
  const longest = (values: Float64Array, step: Float64Array): number => {
    let length = 1;
    for (let i = 2; i < n; i++) if (step[i] < 0) length = Math.min(length, -values[i] / step[i]);
    return length;
  };

  let cost = evaluate();
  let iterations = 0;
  for (; iterations < maxIterations; iterations++) {
    const mu = mean();
    let slackError = 0;
    for (let i = 2; i < n; i++) slackError = Math.max(slackError, Math.abs(driver[i] - s[i]));
    if (iterations > 0 && mu * (n - 2) <= relativeGap * cost && slackError <= 1e-8 * spread) break;
    band.d0.fill(0);
    band.d1.fill(0);
    band.d2.fill(0);
    for (let i = 2; i < n; i++) {
      const w = z[i] / s[i];
      band.d0[i] += 1 + w * a0 * a0;
      band.d0[i - 1] += 4 + w * a1 * a1;
      band.d0[i - 2] += 1 + w * a2 * a2;
      band.d1[i] += 2 + w * a0 * a1;
      band.d1[i - 1] += 2 + w * a1 * a2;
      band.d2[i] += 1 + w * a0 * a2;
    }
    const { solve } = factorBordered(band, border, gram);
    target.fill(0);
    newton(solve);
    const [ahead, aheadDual] = [longest(s, ds), longest(z, dz)];
    let reached = 0;
    for (let i = 2; i < n; i++) reached += (s[i] + ahead * ds[i]) * (z[i] + aheadDual * dz[i]);
    const centre = mu * (reached / (n - 2) / mu) ** 3;
    for (let i = 2; i < n; i++) target[i] = centre - ds[i] * dz[i];
    newton(solve);
    const length = Math.min(1, 0.995 * Math.min(longest(s, ds), longest(z, dz)));
    // Only rounding is left to gain: the last iterate stands.
    if (!(length > 0)) break;
    for (let i = 0; i < n; i++) q[i] += length * dq[i];
    for (let j = 0; j < m; j++) u[j] += length * du[j];
    for (let i = 2; i < n; i++) {
      s[i] += length * ds[i];
      z[i] += length * dz[i];
    }
    cost = evaluate();
  }
  return { tonic, phasic, driver, cost, iterations };
};

/** Cubic B-splines (two triangles convolved, peak 1) centred on every knot of the record, then a constant and a ramp to 1. */
const tonicBasis = (n: number, knot: number): LocalColumn[] => {
  const triangle = Float64Array.from({ length: 2 * knot - 1 }, (_, i) => knot - Math.abs(i + 1 - knot));
  const spline = new Float64Array(2 * triangle.length - 1);
  for (let i = 0; i < triangle.length; i++) for (let j = 0; j < triangle.length; j++) spline[i + j] += triangle[i] * triangle[j];
  const half = triangle.length - 1;
  const peak = spline[half];
  const columns: LocalColumn[] = [];
  for (let centre = 0; centre < n; centre += knot) {
    const start = Math.max(0, centre - half);
    const end = Math.min(n, centre + half + 1);
    columns.push({ start, values: Float64Array.from({ length: end - start }, (_, i) => spline[start + i - centre + half] / peak) });
  }
  columns.push({ start: 0, values: new Float64Array(n).fill(1) });
  columns.push({ start: 0, values: Float64Array.from({ length: n }, (_, i) => (i + 1) / n) });
  return columns;
};

/** Mᵀ times a column: what it looks like to q. */
const transposedBlur = ({ start, values }: LocalColumn, n: number): LocalColumn => {
  const from = Math.max(0, start - 2);
  const end = Math.min(n, start + values.length);
  const at = (i: number): number => (i >= 2 && i >= start && i < start + values.length ? values[i - start] : 0);
  return {
    start: from,
    values: Float64Array.from({ length: end - from }, (_, i) => at(from + i) + 2 * at(from + i + 1) + at(from + i + 2)),
  };
};

/** (m, m) inner products of the columns, row-major. */
const gramOf = (columns: readonly LocalColumn[]): Float64Array => {
  const m = columns.length;
  const out = new Float64Array(m * m);
  for (const [j, a] of columns.entries()) {
    for (const [k, b] of columns.entries()) {
      const to = Math.min(a.start + a.values.length, b.start + b.values.length);
      for (let i = Math.max(a.start, b.start); i < to; i++) out[j * m + k] += a.values[i - a.start] * b.values[i - b.start];
    }
  }
  return out;
};

const dot = ({ start, values }: LocalColumn, x: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * x[start + i];
  return sum;
};

const addScaled = (x: Float64Array, { start, values }: LocalColumn, factor: number): void => {
  for (let i = 0; i < values.length; i++) x[start + i] += factor * values[i];
};
