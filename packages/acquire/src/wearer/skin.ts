import type { Person } from './person.ts';
import { random } from './random.ts';

/** The next `nTimes` samples, µS; the samples do not depend on how many are asked for at a time. */
export type EdaSource = (nTimes: number) => Float64Array;

/** Share of the corneum in what a sensor sees. */
const chi = 0.5;
/** Bursts of the sudomotor nerve start on this grid, s. */
const burstGridSec = 0.25;
/** Nerve → skin, s. */
const latencySec = 1.5;

/**
 * Skin conductance of `person` at `sfreq` (Hz): sweat in the duct x₁, pore x₂ and corneum x₃,
 *
 *     ẋ₁ = −x₁/τ₁ + u     ẋ₂ = x₁/τ₁ − x₂/τ₂     ẋ₃ = x₁/τ₁ − x₃/τ₃     y = (1 − χ)·x₂ + χ·x₃
 *
 * (Amin et al. 2022), driven by a tonic firing that follows arousal plus sparse bursts whose rate follows it too. Between samples the driver is
 * constant, so the step from one to the next is exact (zero-order hold). It starts settled at the arousal of time 0.
 */
export const edaSource = (person: Person, sfreq: number, arousalAt: (sec: number) => number): EdaSource => {
  const { skin } = person;
  const [duct, pore, corneum] = skin.tauSec;
  const { uniform, normal } = random(person.seed, 'bursts');
  const sensor = random(person.seed, 'eda sensor');

  const dt = 1 / sfreq;
  const rho = [Math.exp(-dt / duct), Math.exp(-dt / pore), Math.exp(-dt / corneum)] as const;
  const path = (tau: number, decay: number) => ({
    fromDuct: (tau / (duct - tau)) * (rho[0] - decay),
    fromDriver: (tau / (duct - tau)) * (duct * (1 - rho[0]) - tau * (1 - decay)),
  });
  const toPore = path(pore, rho[1]);
  const toCorneum = path(corneum, rho[2]);

  // Driver, in µS/s: what keeps the level when calm, and what a burst of the typical response needs.
  const perLevel = 1 / ((1 - chi) * pore + chi * corneum);
  const calm = 0.75 * skin.levelMicrosiemens * perLevel;
  const perArousal = (skin.tonicRatio - 1) * skin.levelMicrosiemens * perLevel;
  const burstArea = (skin.responseFraction * skin.levelMicrosiemens) / impulsePeak(duct, pore, corneum);
  const burstsPerSec = (arousal: number) =>
    (skin.burstsPerMinCalm + (skin.burstsPerMinAroused - skin.burstsPerMinCalm) * arousal ** 2) / 60;

  const start = arousalAt(0);
  const settled = calm + perArousal * start + burstsPerSec(start) * burstArea;
  let x1 = settled * duct;
  let x2 = settled * pore;
  let x3 = settled * corneum;
  let sample = 0;
  let gridStep = 0;
  let restUntil = 0;

  /** Burst area that falls before `sec`. */
  const burstsBefore = (sec: number): number => {
    let area = 0;
    for (; gridStep * burstGridSec < sec; gridStep++) {
      const at = gridStep * burstGridSec;
      const chance = uniform();
      const size = Math.exp(0.5 * normal());
      if (at < restUntil || chance > burstsPerSec(arousalAt(at - latencySec)) * burstGridSec) continue;
      area += burstArea * size;
      restUntil = at + 1;
    }
    return area;
  };

  return (nTimes) => {
    const out = new Float64Array(nTimes);
    for (let t = 0; t < nTimes; t++, sample++) {
      out[t] = Math.max(0, (1 - chi) * x2 + chi * x3 + skin.noiseMicrosiemens * sensor.normal());
      const sec = sample * dt;
      const u = calm + perArousal * arousalAt(sec - latencySec) + burstsBefore(sec + dt) / dt;
      x3 = toCorneum.fromDuct * x1 + rho[2] * x3 + toCorneum.fromDriver * u;
      x2 = toPore.fromDuct * x1 + rho[1] * x2 + toPore.fromDriver * u;
      x1 = rho[0] * x1 + duct * (1 - rho[0]) * u;
    }
    return out;
  };
};

/** Highest conductance after a driver impulse of unit area. */
const impulsePeak = (duct: number, pore: number, corneum: number): number => {
  let peak = 0;
  for (let t = 0; t < 20; t += 0.02) {
    const branch = (tau: number) => (tau / (tau - duct)) * (Math.exp(-t / tau) - Math.exp(-t / duct));
    peak = Math.max(peak, (1 - chi) * branch(pore) + chi * branch(corneum));
  }
  return peak;
};
