import { type SudomotorTimes, sudomotorPeakHeight, sudomotorTimes } from '@affect-edge/features';
import { ModelError } from './errors.ts';
import { solveSymmetric } from './solve-symmetric.ts';
import { tauArray, tonicShare } from './sudomotor.ts';
import { findBursts, noiseOf, response, withoutSlow } from './sudomotor-bursts.ts';

/** A number with its standard deviation, from the curvature of the posterior at its top. */
export interface Estimated {
  readonly value: number;
  readonly deviation: number;
}

/** What minutes of conductance with a known course of arousal tell about one person's skin. */
export interface SudomotorFit {
  readonly times: SudomotorTimes;
  /** Filling, evaporation, reabsorption, s. */
  readonly tauRise: Estimated;
  readonly tauPhasic: Estimated;
  readonly tauTonic: Estimated;
  /** α₀ of the paper: 1/τ_tonic, 1/s. */
  readonly decayRate: Estimated;
  /** β: driver per unit of arousal, µS/s. */
  readonly sensitivity: Estimated;
  /** Rise of the settled level per unit of arousal, µS. */
  readonly levelPerArousal: Estimated;
  /** γ: how many times faster this skin is than the prior mean; every τ is τ⁰/γ. */
  readonly timeScale: Estimated;
  /** Bursts of the driver: when, s from the start, and how high a response each makes, µS. */
  readonly bursts: readonly { readonly sec: number; readonly microsiemens: number }[];
  /** Standard deviation of what is not explained, µS. */
  readonly residual: number;
}

export interface SudomotorFitOptions {
  /** Hz; the arousal has the same rate. */
  readonly sfreq: number;
  /** How clearly a burst must stand out of the noise: its size over the standard deviation of that size. */
  readonly minBurstPerNoise?: number;
}

const priorSpread = [0.3, 0.3, 0.6] as const;
/** Outer rounds: find the bursts for the present time constants, then fit everything to them. */
const rounds = 5;
const gaussNewtonSteps = 4;
/** Share of the settled level that the prior gives to each linear coefficient: wide enough to say nothing, finite so that all is solvable. */
const looseSpread = 10;

interface State {
  readonly logTaus: Float64Array;
  /** Rest driver, sensitivity, start (as the driver that would have settled there), then bursts. */
  readonly linear: Float64Array;
  readonly positions: number[];
}

const timesOf = (logTaus: ArrayLike<number>): SudomotorTimes => ({
  tauRise: Math.exp(logTaus[0]),
  tauPhasic: Math.exp(logTaus[1]),
  tauTonic: Math.exp(logTaus[2]),
});

/** Columns of the linear part for given time constants, each (nTimes). */
const columnsOf = (arousal: ArrayLike<number>, logTaus: ArrayLike<number>, positions: readonly number[], dt: number): Float64Array[] => {
  const times = timesOf(logTaus);
  const nTimes = arousal.length;
  const impulse = response(
    Float64Array.from({ length: nTimes }, (_, t) => (t === 0 ? 1 / dt : 0)),
    times,
    dt,
  );
  return [
    response(new Float64Array(nTimes).fill(1), times, dt),
    response(arousal, times, dt),
    response(new Float64Array(nTimes), times, dt, tauArray(times)),
    ...positions.map((at) => {
      const column = new Float64Array(nTimes);
      column.set(impulse.subarray(0, nTimes - at), at);
      return column;
    }),
  ];
};

const combined = (columns: readonly Float64Array[], linear: Float64Array): Float64Array => {
  const out = new Float64Array(columns[0].length);
  columns.forEach((column, k) => {
    for (let t = 0; t < out.length; t++) out[t] += linear[k] * column[t];
  });
  return out;
};

/**
 * Finds the time constants, the sensitivity to arousal and the bursts of one person from conductance (`microsiemens`, nTimes) and the arousal that
 * drove it (`arousal`, 0–1, nTimes, moved by the 1.5 s that the nerve takes): the three-state system by output error, maximum a posteriori, with
 * the log-normal priors of `tauPrior`. Bursts come from a matching pursuit, everything else from Gauss–Newton steps with the bursts held sparse.
 *
 * Gain is 1 and offset 0: gain and driver cannot be told apart (double one, halve the other), nor can a constant offset and a constant driver.
 * Time constants are meant for ten minutes or more in which arousal changes.
 *
 * @throws ModelError('bad-option') for less than a minute of signal, or an arousal of another length.
 */
export const fitSudomotor = (
  microsiemens: Float64Array,
  arousal: ArrayLike<number>,
  { sfreq, minBurstPerNoise = 4 }: SudomotorFitOptions,
): SudomotorFit => {
  const nTimes = microsiemens.length;
  if (nTimes < 60 * sfreq || arousal.length !== nTimes) {
    throw new ModelError(
      'bad-option',
      `A fit needs a minute of conductance and an arousal as long, got ${nTimes} and ${arousal.length} samples at ${sfreq} Hz.`,
    );
  }
  const dt = 1 / sfreq;
  const noise = Math.max(noiseOf(microsiemens), 1e-6);
  const prior = tauArray(sudomotorTimes).map(Math.log);
  const level = microsiemens.reduce((sum, value) => sum + value, 0) / nTimes;
  const settled = (1 - tonicShare) * sudomotorTimes.tauPhasic + tonicShare * sudomotorTimes.tauTonic;
  let state: State = { logTaus: Float64Array.from(prior), linear: Float64Array.of(level / settled, 0, level / settled), positions: [] };
  let covariance: Float64Array = new Float64Array();
  let residual = noise;

  const move = (onlyLinear: boolean): void => {
    const around = { dt, noise: residual, prior, linearSpread: (looseSpread * level) / settled, onlyLinear };
    ({ state, covariance, residual } = gaussNewton(state, microsiemens, arousal, around));
    residual = Math.max(residual, noise);
  };
  for (let round = 0; round < rounds; round++) {
    move(true);
    const model = combined(columnsOf(arousal, state.logTaus, state.positions, dt), state.linear);
    const target = withoutSlow(
      microsiemens.map((value, t) => value - model[t]),
      dt,
    );
    const known = new Set(state.positions);
    const found = findBursts(target, timesOf(state.logTaus), dt, minBurstPerNoise * noise).filter((at) => !known.has(at));
    const linear = new Float64Array(state.linear.length + found.length);
    linear.set(state.linear);
    state = { ...state, positions: [...state.positions, ...found], linear };
    move(true);
    for (let step = 0; step < gaussNewtonSteps; step++) move(false);
  }
  return report(state, covariance, residual, { dt, prior });
};

interface Surroundings {
  readonly dt: number;
  readonly noise: number;
  readonly prior: readonly number[];
  readonly linearSpread: number;
  readonly onlyLinear: boolean;
}

/** One step of all parameters together; bursts that become negative are dropped. */
const gaussNewton = (
  state: State,
  microsiemens: Float64Array,
  arousal: ArrayLike<number>,
  { dt, noise, prior, linearSpread, onlyLinear }: Surroundings,
) => {
  const nTimes = microsiemens.length;
  const columns = columnsOf(arousal, state.logTaus, state.positions, dt);
  const model = combined(columns, state.linear);
  const h = 1e-4;
  const slopes = [0, 1, 2].map((i) => {
    const at = (by: number) => {
      const logTaus = state.logTaus.slice();
      logTaus[i] += by;
      return combined(columnsOf(arousal, logTaus, state.positions, dt), state.linear);
    };
    const [up, down] = [at(h), at(-h)];
    return up.map((value, t) => (value - down[t]) / (2 * h));
  });
  const jacobian = [...slopes, ...columns];
  const n = jacobian.length;
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  const precision = 1 / (noise * noise);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let t = 0; t < nTimes; t++) sum += jacobian[i][t] * jacobian[j][t];
      matrix[i * n + j] = matrix[j * n + i] = precision * sum;
    }
    for (let t = 0; t < nTimes; t++) right[i] += precision * jacobian[i][t] * (microsiemens[t] - model[t]);
  }
  for (let i = 0; i < 3; i++) {
    const held = onlyLinear ? 1e12 : 1 / priorSpread[i] ** 2;
    matrix[i * n + i] += held;
    right[i] += onlyLinear ? 0 : held * (prior[i] - state.logTaus[i]);
  }
  for (let i = 3; i < n; i++) {
    matrix[i * n + i] += 1 / linearSpread ** 2;
    right[i] -= state.linear[i - 3] / linearSpread ** 2;
  }
  const { solution, inverse } = solveSymmetric(matrix, right);
  const squaresAt = (at: State): number => {
    const moved = combined(columnsOf(arousal, at.logTaus, at.positions, dt), at.linear);
    let squares = 0;
    for (let t = 0; t < nTimes; t++) squares += (microsiemens[t] - moved[t]) ** 2;
    return squares;
  };
  // A time constant moves by at most a third a step, and the step is halved while it makes things worse.
  let next = state;
  let squares = squaresAt(state);
  for (let share = 1; share > 0.05; share /= 2) {
    const linear = state.linear.map((value, i) => value + share * solution[i + 3]);
    const kept = Array.from(linear.keys()).filter((i) => i < 3 || linear[i] > 0);
    const tried: State = {
      logTaus: state.logTaus.map((value, i) => value + Math.max(-0.3, Math.min(0.3, share * solution[i]))),
      linear: Float64Array.from(kept, (i) => linear[i]),
      positions: kept.filter((i) => i >= 3).map((i) => state.positions[i - 3]),
    };
    const got = squaresAt(tried);
    if (got < squares) {
      next = tried;
      squares = got;
      break;
    }
  }
  // Of the covariance only the time constants and the sensitivity are read, which no dropping moves.
  return {
    state: next,
    covariance: Float64Array.from([0, 1, 2, 4].flatMap((i) => [0, 1, 2, 4].map((j) => inverse[i * n + j]))),
    residual: Math.sqrt(squares / nTimes),
  };
};

const report = (
  state: State,
  covariance: Float64Array,
  residual: number,
  { dt, prior }: { dt: number; prior: readonly number[] },
): SudomotorFit => {
  const times = timesOf(state.logTaus);
  const taus = tauArray(times);
  const logDeviation = [0, 1, 2].map((i) => Math.sqrt(covariance[i * 4 + i]));
  const tau = (i: number): Estimated => ({ value: taus[i], deviation: taus[i] * logDeviation[i] });
  const sensitivity = state.linear[1];
  const settled = (1 - tonicShare) * times.tauPhasic + tonicShare * times.tauTonic;
  const relative = covariance[15] / sensitivity ** 2 + covariance[10] + (2 * covariance[11]) / sensitivity;
  // γ: the precision-weighted mean of how much faster each stage is than the prior mean.
  const precision = [0, 1, 2].map((i) => 1 / covariance[i * 4 + i]);
  const whole = precision.reduce((sum, value) => sum + value, 0);
  const logScale = precision.reduce((sum, weight, i) => sum + weight * (prior[i] - state.logTaus[i]), 0) / whole;
  const height = (1 - tonicShare) * sudomotorPeakHeight(times);
  return {
    times,
    tauRise: tau(0),
    tauPhasic: tau(1),
    tauTonic: tau(2),
    decayRate: { value: 1 / taus[2], deviation: logDeviation[2] / taus[2] },
    sensitivity: { value: sensitivity, deviation: Math.sqrt(covariance[15]) },
    levelPerArousal: { value: sensitivity * settled, deviation: Math.abs(sensitivity * settled) * Math.sqrt(Math.max(0, relative)) },
    timeScale: { value: Math.exp(logScale), deviation: Math.exp(logScale) / Math.sqrt(whole) },
    bursts: state.positions.map((at, i) => ({ sec: at * dt, microsiemens: state.linear[i + 3] * height })),
    residual,
  };
};
