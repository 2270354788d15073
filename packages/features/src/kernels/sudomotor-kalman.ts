import { type SudomotorTimes, sudomotorStep, sudomotorTimes } from './sudomotor.ts';

/** How the filter weighs its model against the signal. The ratios of the noises decide the split, their absolute size only the gate. */
export interface SudomotorKalmanOptions {
  /** Sampling frequency, Hz. */
  readonly sfreq: number;
  readonly times?: SudomotorTimes;
  /** χ: the tonic state's share in the conductance. */
  readonly mix?: number;
  /** Time in which a burst of the driver dies away by itself, s. */
  readonly burstSec?: number;
  /** Random walk of the burst, µS/s per √s. */
  readonly driverNoise?: number;
  /** Random walk of the tonic conductance beside what the bursts feed into it, µS per √s. */
  readonly tonicNoise?: number;
  /** Measurement noise, µS·√s: the standard deviation of one sample is this times √sfreq. */
  readonly measurementNoise?: number;
  /** A sample further from its forecast than this many standard deviations is taken for an artifact; `Infinity` takes everything. */
  readonly gate?: number;
}

/** A running decomposition. `step` allocates nothing. */
export interface SudomotorKalman {
  /**
   * Takes one sample, µS. Gives false when it was not used: marked invalid, not finite, or beyond the gate. Then the filter coasts: it
   * predicts, and its burst dies away within about a second.
   */
  readonly step: (microsiemens: number, valid?: boolean) => boolean;
  /** After the last step: tonic µS, phasic µS, burst µS/s, innovation µS (NaN when the sample was not used). All NaN before a valid sample. */
  readonly output: Float64Array;
}

/** Positions in `SudomotorKalman.output`. */
export const kalmanTonic = 0;
export const kalmanPhasic = 1;
export const kalmanBurst = 2;
export const kalmanInnovation = 3;

/**
 * The paper fixes χ at 0.5 and fits a sparse driver by smoothing over a whole record. A causal filter cannot: with χ = 0.5 and a free signed
 * random walk half of every response goes into the tonic part at once, whatever the noises. These values were chosen on simulated responses of
 * another shape (0.75 s, 2 s) over a drifting level, where they give r = 0.97 with the true phasic part against 0.83 for those.
 */
export const sudomotorKalmanDefaults = {
  times: sudomotorTimes,
  mix: 0.2,
  burstSec: 4,
  driverNoise: 1,
  tonicNoise: 0.4,
  measurementNoise: 0.02,
  gate: 4,
} as const;

/** Time in which the burst dies away while coasting, s. */
const coastSec = 1;
/** The filter starts anew on the present level after refusing every sample for this long, s: the electrode was moved. */
const restartSec = 5;

/**
 * A causal split of skin conductance into tonic and phasic parts: a Kalman filter of the three-state sudomotor system (`sudomotorStep`) with
 * its driver as fourth state.
 *
 * The driver is written `u = x₃/τ_tonic + burst`: a resting rate that just holds the tonic level, and a burst on top, a leaky random walk kept
 * non-negative by projection along the filter's covariance. What the resting rate alone keeps up is tonic, in the pore too; what bursts add is
 * phasic. So phasic is 0 at rest, and `tonic + phasic` is the filtered conductance. It starts at rest on the first valid sample. Scaling the
 * input by a positive factor scales the output, as long as nothing is gated.
 *
 * Model: Amin, Faghih (2022), doi 10.1371/journal.pcbi.1010275. Projection: Simon, Chia (2002), doi 10.1109/7.993234.
 */
export const sudomotorKalman = (options: SudomotorKalmanOptions): SudomotorKalman => {
  const { sfreq, times, mix, burstSec, driverNoise, tonicNoise, measurementNoise, gate } = { ...sudomotorKalmanDefaults, ...options };
  const { tauRise, tauPhasic, tauTonic } = times;
  const dt = 1 / sfreq;
  const { transition, input } = sudomotorStep(times, dt);
  const [a11, , , a21, a22, , a31, , a33] = transition;
  const [b1, b2, b3] = input;
  // The resting rate x₃/τ_tonic is part of the transition: column 3 of it.
  const c1 = b1 / tauTonic;
  const c2 = b2 / tauTonic;
  const c3 = a33 + b3 / tauTonic;
  const f = Math.exp(-dt / burstSec);
  const keep = Math.exp(-dt / coastSec);
  const h2 = 1 - mix;
  const h3 = mix;
  /** Tonic conductance per unit of x₃: its own share and the resting flow through the pore. */
  const tonicGain = mix + ((1 - mix) * tauPhasic) / tauTonic;
  const restingPore = tauPhasic / tauTonic;
  const restingDuct = tauRise / tauTonic;
  const q4 = driverNoise * driverNoise * dt;
  // Tonic noise moves the duct and the pore with the level, so that it never looks like a response.
  const q33 = (tonicNoise * tonicNoise * dt) / (tonicGain * tonicGain);
  const [q11, q12, q13] = [q33 * restingDuct * restingDuct, q33 * restingDuct * restingPore, q33 * restingDuct];
  const [q22, q23] = [q33 * restingPore * restingPore, q33 * restingPore];
  const r = measurementNoise * measurementNoise * sfreq;
  const restartAfter = Math.round(restartSec * sfreq);

  const x = new Float64Array(4);
  /** Upper triangle of the covariance: 11 12 13 14 22 23 24 33 34 44. */
  const p = new Float64Array(10);
  const output = new Float64Array(4).fill(Number.NaN);
  let started = false;
  let refused = 0;

  const start = (y: number): void => {
    const level = y / tonicGain;
    x.set([level * restingDuct, level * restingPore, level, 0]);
    const seconds = sfreq;
    p.set([q11, q12, q13, 0, q22, q23, 0, q33, 0, q4]);
    for (let i = 0; i < 10; i++) p[i] *= seconds;
    started = true;
    refused = 0;
  };

  const predict = (): void => {
    const x1 = x[0];
    const x2 = x[1];
    const x3 = x[2];
    const burst = x[3];
    x[0] = a11 * x1 + c1 * x3 + b1 * burst;
    x[1] = a21 * x1 + a22 * x2 + c2 * x3 + b2 * burst;
    x[2] = a31 * x1 + c3 * x3 + b3 * burst;
    x[3] = f * burst;
    const w11 = a11 * p[0] + c1 * p[2] + b1 * p[3];
    const w12 = a11 * p[1] + c1 * p[5] + b1 * p[6];
    const w13 = a11 * p[2] + c1 * p[7] + b1 * p[8];
    const w14 = a11 * p[3] + c1 * p[8] + b1 * p[9];
    const w21 = a21 * p[0] + a22 * p[1] + c2 * p[2] + b2 * p[3];
    const w22 = a21 * p[1] + a22 * p[4] + c2 * p[5] + b2 * p[6];
    const w23 = a21 * p[2] + a22 * p[5] + c2 * p[7] + b2 * p[8];
    const w24 = a21 * p[3] + a22 * p[6] + c2 * p[8] + b2 * p[9];
    const w31 = a31 * p[0] + c3 * p[2] + b3 * p[3];
    const w33 = a31 * p[2] + c3 * p[7] + b3 * p[8];
    const w34 = a31 * p[3] + c3 * p[8] + b3 * p[9];
    p[0] = w11 * a11 + w13 * c1 + w14 * b1 + q11;
    p[1] = w11 * a21 + w12 * a22 + w13 * c2 + w14 * b2 + q12;
    p[2] = w11 * a31 + w13 * c3 + w14 * b3 + q13;
    p[3] = w14 * f;
    p[4] = w21 * a21 + w22 * a22 + w23 * c2 + w24 * b2 + q22;
    p[5] = w21 * a31 + w23 * c3 + w24 * b3 + q23;
    p[6] = w24 * f;
    p[7] = w31 * a31 + w33 * c3 + w34 * b3 + q33;
    p[8] = w34 * f;
    p[9] = f * f * p[9] + q4;
  };

  /** False when the sample lies beyond the gate. */
  const correct = (y: number): boolean => {
    const innovation = y - h2 * x[1] - h3 * x[2];
    const g1 = h2 * p[1] + h3 * p[2];
    const g2 = h2 * p[4] + h3 * p[5];
    const g3 = h2 * p[5] + h3 * p[7];
    const g4 = h2 * p[6] + h3 * p[8];
    const variance = h2 * g2 + h3 * g3 + r;
    if (innovation * innovation > gate * gate * variance) return false;
    p[0] -= (g1 * g1) / variance;
    p[1] -= (g1 * g2) / variance;
    p[2] -= (g1 * g3) / variance;
    p[3] -= (g1 * g4) / variance;
    p[4] -= (g2 * g2) / variance;
    p[5] -= (g2 * g3) / variance;
    p[6] -= (g2 * g4) / variance;
    p[7] -= (g3 * g3) / variance;
    p[8] -= (g3 * g4) / variance;
    p[9] -= (g4 * g4) / variance;
    const scaled = innovation / variance;
    x[0] += g1 * scaled;
    x[1] += g2 * scaled;
    x[2] += g3 * scaled;
    x[3] += g4 * scaled;
    if (x[3] < 0) {
      const excess = x[3] / p[9];
      x[0] -= p[3] * excess;
      x[1] -= p[6] * excess;
      x[2] -= p[8] * excess;
      x[3] = 0;
    }
    output[kalmanInnovation] = innovation;
    return true;
  };

  const step = (y: number, valid = true): boolean => {
    const usable = valid && Number.isFinite(y);
    if (!started && !usable) return false;
    let used = true;
    if (!started || (usable && refused >= restartAfter)) {
      start(y);
      output[kalmanInnovation] = 0;
    } else {
      predict();
      used = usable && correct(y);
      if (used) refused = 0;
      else {
        if (usable) refused++;
        x[3] *= keep;
        output[kalmanInnovation] = Number.NaN;
      }
    }
    output[kalmanTonic] = tonicGain * x[2];
    output[kalmanPhasic] = h2 * (x[1] - restingPore * x[2]);
    output[kalmanBurst] = x[3];
    return used;
  };

  return { step, output };
};
