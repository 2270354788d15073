import { type SudomotorTimes, sudomotorStep, sudomotorTimes } from '@affect-edge/features';
import type * as tfjs from '@tensorflow/tfjs';

/**
 * The sudomotor system (`sudomotorStep` of features) as a layer of a network. The law is not a term of the loss: it is the layer, exact for a
 * driver held over each step, so it holds to rounding in training and in use, and its time constants are found by output error.
 *
 * | Amin and Faghih (2022), doi 10.1371/journal.pcbi.1010275 | here |
 * | --- | --- |
 * | u, sudomotor nerve activity | `driver`, (nRows, nTimes) |
 * | x₁, x₂, x₃ | last axis of the states: duct, phasic, tonic |
 * | τ_r, τ_p, τ_s | columns of `taus`, (1 or nRows, 3), s |
 * | χ | `mix` of `conductance` |
 */
type Tf = typeof tfjs;

/** χ, the tonic state's share in the conductance. Fixed, because with a free gain only gain · χ and gain · (1 − χ) can be told apart. */
export const tonicShare = 0.5;

/** Standard deviation of ln τ under the prior: rise, phasic, tonic. */
const priorSpread = [0.3, 0.3, 0.6] as const;
const smallestTauRise = 0.2;
const smallestPhasicPerRise = 2;
const smallestTonicPerPhasic = 15;

/** `{ tauRise, tauPhasic, tauTonic }` as the (3) array in the order of the states. */
export const tauArray = ({ tauRise, tauPhasic, tauTonic }: SudomotorTimes): [number, number, number] => [tauRise, tauPhasic, tauTonic];

const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
const inverseSoftplus = (y: number): number => y + Math.log(-Math.expm1(-y));

/** The free numbers (a, b, c) behind time constants; inverse of `tausOf`. `τ` must satisfy τ_r > 0.2 s, τ_p > 2τ_r, τ_s > 15τ_p. */
export const rawTaus = (times: SudomotorTimes = sudomotorTimes): [number, number, number] => [
  inverseSoftplus(times.tauRise - smallestTauRise),
  inverseSoftplus(times.tauPhasic - smallestPhasicPerRise * times.tauRise),
  inverseSoftplus(times.tauTonic - smallestTonicPerPhasic * times.tauPhasic),
];

/** The same map as `tausOf` without a tensor: for reading trained weights. */
export const timesFromRaw = (raw: ArrayLike<number>): SudomotorTimes => {
  const tauRise = smallestTauRise + softplus(raw[0]);
  const tauPhasic = smallestPhasicPerRise * tauRise + softplus(raw[1]);
  return { tauRise, tauPhasic, tauTonic: smallestTonicPerPhasic * tauPhasic + softplus(raw[2]) };
};

/**
 * Time constants, s, (1, 3), from three free numbers (3): τ_r = 0.2 + sp(a), τ_p = 2τ_r + sp(b), τ_s = 15τ_p + sp(c). The order can neither be
 * broken nor the labels swapped, whatever the optimiser does.
 */
export const tausOf = (tf: Tf, raw: tfjs.Tensor1D): tfjs.Tensor2D =>
  tf.tidy(() => {
    const [a, b, c] = tf.split(tf.softplus(raw), 3) as [tfjs.Tensor1D, tfjs.Tensor1D, tfjs.Tensor1D];
    const rise = tf.add(a, smallestTauRise);
    const phasic = tf.add(tf.mul(rise, smallestPhasicPerRise), b);
    const tonic = tf.add(tf.mul(phasic, smallestTonicPerPhasic), c);
    return tf.stack([rise, phasic, tonic], 1) as tfjs.Tensor2D; // (1, 3)
  });

/** Negative log of the log-normal prior on the time constants, mean over rows; zero at the paper's prior means. Scalar. */
export const tauPrior = (tf: Tf, taus: tfjs.Tensor2D, mean: SudomotorTimes = sudomotorTimes): tfjs.Scalar =>
  tf.tidy(() => {
    const distance = tf.sub(tf.log(taus), tf.log(tf.tensor2d([tauArray(mean)])));
    return tf.mean(tf.sum(tf.mul(tf.square(distance), tf.tensor2d([priorSpread.map((spread) => 1 / (2 * spread * spread))])), 1));
  });

/** One step and its derivative for each of the three time constants; entries: a₀₀ a₁₀ a₁₁ a₂₀ a₂₂ b₀ b₁ b₂. */
interface StepWithSlopes {
  readonly value: Float64Array;
  readonly slopes: readonly [Float64Array, Float64Array, Float64Array];
}

/** The non-zero entries of `sudomotorStep`, and how each changes with each τ (from the closed form; its values are the kernel's). */
export const stepWithSlopes = (times: SudomotorTimes, dt: number): StepWithSlopes => {
  const { transition, input } = sudomotorStep(times, dt);
  const entries = [0, 3, 4, 6, 8].map((i) => transition[i]);
  const value = Float64Array.of(...entries, ...input);
  const slopes = [new Float64Array(8), new Float64Array(8), new Float64Array(8)] as const;
  const { tauRise } = times;
  const kept = Math.exp(-dt / tauRise);
  const keptSlope = (kept * dt) / tauRise ** 2;
  const fill = -tauRise * Math.expm1(-dt / tauRise);
  const fillSlope = -Math.expm1(-dt / tauRise) - (kept * dt) / tauRise;
  slopes[0][0] = keptSlope;
  slopes[0][5] = fillSlope;
  const compartments = [
    { tau: times.tauPhasic, own: slopes[1], handed: 1, remains: 2, fed: 6 },
    { tau: times.tauTonic, own: slopes[2], handed: 3, remains: 4, fed: 7 },
  ];
  for (const { tau, own, handed, remains, fed } of compartments) {
    const difference = tauRise - tau;
    const share = tau / difference;
    const shareForRise = -tau / difference ** 2;
    const shareForOwn = tauRise / difference ** 2;
    const stays = Math.exp(-dt / tau);
    const staysSlope = (stays * dt) / tau ** 2;
    const whole = -tau * Math.expm1(-dt / tau);
    const wholeSlope = -Math.expm1(-dt / tau) - (stays * dt) / tau;
    slopes[0][handed] = shareForRise * (kept - stays) + share * keptSlope;
    own[handed] = shareForOwn * (kept - stays) - share * staysSlope;
    own[remains] = staysSlope;
    slopes[0][fed] = shareForRise * (fill - whole) + share * fillSlope;
    own[fed] = shareForOwn * (fill - whole) - share * wholeSlope;
  }
  return { value, slopes };
};

const stepsOf = (taus: ArrayLike<number>, dt: number): StepWithSlopes[] =>
  Array.from({ length: taus.length / 3 }, (_, row) =>
    stepWithSlopes({ tauRise: taus[row * 3], tauPhasic: taus[row * 3 + 1], tauTonic: taus[row * 3 + 2] }, dt),
  );

/**
 * States x(0) … x(nTimes − 1), (nRows, nTimes, 3), of the system started at `initial` (nRows, 3) and driven by `driver` (nRows, nTimes), which
 * is held over each step of `dt` seconds; the last driver value is not used. `taus` is (1, 3) for all rows or (nRows, 3), in s, with
 * τ_r ≠ τ_p, τ_s (as `tausOf` guarantees). One pass in double precision, and as gradient the same recurrence run backwards with the transposed
 * matrix; it has no second derivative.
 */
export const sudomotorScan = (tf: Tf, driver: tfjs.Tensor2D, initial: tfjs.Tensor2D, taus: tfjs.Tensor2D, dt: number): tfjs.Tensor3D => {
  const [nRows, nTimes] = driver.shape;
  const scan = tf.customGrad((...given: (tfjs.Tensor | tfjs.GradSaveFunc)[]) => {
    const [u, x0, tau] = (given as tfjs.Tensor[]).slice(0, 3).map((tensor) => tensor.dataSync()) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const steps = stepsOf(tau, dt);
    const stepOf = (row: number): StepWithSlopes => steps[steps.length === 1 ? 0 : row] as StepWithSlopes;
    const states = new Float32Array(nRows * nTimes * 3);
    for (let row = 0; row < nRows; row += 1) {
      const [a00, a10, a11, a20, a22, b0, b1, b2] = stepOf(row).value;
      let x = x0[row * 3];
      let y = x0[row * 3 + 1];
      let z = x0[row * 3 + 2];
      for (let t = 0, at = row * nTimes * 3; t < nTimes; t += 1, at += 3) {
        states[at] = x;
        states[at + 1] = y;
        states[at + 2] = z;
        const drive = u[row * nTimes + t];
        y = a10 * x + a11 * y + b1 * drive;
        z = a20 * x + a22 * z + b2 * drive;
        x = a00 * x + b0 * drive;
      }
    }
    const gradFunc = (upstream: tfjs.Tensor): tfjs.Tensor[] => {
      const { driverSlope, initialSlope, tauSlope } = adjoint({
        upstream: upstream.dataSync() as Float32Array,
        states,
        u,
        nRows,
        nTimes,
        stepOf,
        nTaus: steps.length,
      });
      return [tf.tensor2d(driverSlope, [nRows, nTimes]), tf.tensor2d(initialSlope, [nRows, 3]), tf.tensor2d(tauSlope, [steps.length, 3])];
    };
    return { value: tf.tensor3d(states, [nRows, nTimes, 3]), gradFunc };
  });
  return scan(driver, initial, taus) as tfjs.Tensor3D;
};

/** λ(t) = g(t) + Aᵀλ(t + 1): what one more unit of each state at t adds to the loss. */
const adjoint = ({
  upstream,
  states,
  u,
  nRows,
  nTimes,
  stepOf,
  nTaus,
}: {
  upstream: Float32Array;
  states: Float32Array;
  u: Float32Array;
  nRows: number;
  nTimes: number;
  stepOf: (row: number) => StepWithSlopes;
  nTaus: number;
}) => {
  const driverSlope = new Float32Array(nRows * nTimes);
  const initialSlope = new Float32Array(nRows * 3);
  const tauSlope = new Float64Array(nTaus * 3);
  const entrySlope = new Float64Array(8);
  for (let row = 0; row < nRows; row += 1) {
    const { value, slopes } = stepOf(row);
    const [a00, a10, a11, a20, a22, b0, b1, b2] = value;
    entrySlope.fill(0);
    const last = (row * nTimes + nTimes - 1) * 3;
    let p = upstream[last];
    let q = upstream[last + 1];
    let r = upstream[last + 2];
    for (let t = nTimes - 2, at = last - 3; t >= 0; t -= 1, at -= 3) {
      const x = states[at];
      const drive = u[row * nTimes + t];
      entrySlope[0] += p * x;
      entrySlope[1] += q * x;
      entrySlope[2] += q * states[at + 1];
      entrySlope[3] += r * x;
      entrySlope[4] += r * states[at + 2];
      entrySlope[5] += p * drive;
      entrySlope[6] += q * drive;
      entrySlope[7] += r * drive;
      driverSlope[row * nTimes + t] = b0 * p + b1 * q + b2 * r;
      p = a00 * p + a10 * q + a20 * r + upstream[at];
      q = a11 * q + upstream[at + 1];
      r = a22 * r + upstream[at + 2];
    }
    initialSlope.set([p, q, r], row * 3);
    const into = nTaus === 1 ? 0 : row * 3;
    slopes.forEach((slope, i) => {
      let sum = 0;
      for (let e = 0; e < 8; e += 1) sum += slope[e] * entrySlope[e];
      tauSlope[into + i] += sum;
    });
  }
  return { driverSlope, initialSlope, tauSlope: Float32Array.from(tauSlope) };
};

/**
 * The state `seconds` later, (nRows, 3), from `state` (nRows, 3) with the driver held at `held` (nRows): one exact step of that length, since
 * A(2Δ) = A(Δ)². Differentiable like `sudomotorScan`.
 */
export const sudomotorAhead = (tf: Tf, state: tfjs.Tensor2D, held: tfjs.Tensor1D, taus: tfjs.Tensor2D, seconds: number): tfjs.Tensor2D =>
  tf.tidy(() => {
    const driver = tf.pad2d(tf.reshape(held, [-1, 1]), [
      [0, 0],
      [0, 1],
    ]); // (nRows, 2)
    return tf.reshape(tf.slice(sudomotorScan(tf, driver, state, taus, seconds), [0, 1, 0], [-1, 1, 3]), [-1, 3]);
  });

/** Conductance of states (…, 3): (1 − χ)·phasic + χ·tonic, before gain and offset. Shape of `states` without its last axis. */
export const conductance = (tf: Tf, states: tfjs.Tensor, mix = tonicShare): tfjs.Tensor =>
  tf.tidy(() => tf.sum(tf.mul(states, tf.tensor1d([0, 1 - mix, mix])), -1));
