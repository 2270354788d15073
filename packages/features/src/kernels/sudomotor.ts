import { FeatureError } from '../errors.ts';

/**
 * The sudomotor system of Amin and Faghih (2022), driven by the firing rate `u` of the sweat nerve:
 *
 *     ẋ₁ = −x₁/τ_rise + u                sweat in the duct
 *     ẋ₂ =  x₁/τ_rise − x₂/τ_phasic      released through the pore, evaporating
 *     ẋ₃ =  x₁/τ_rise − x₃/τ_tonic       diffused into the corneum, reabsorbed
 *     y  = (1 − mix)·x₂ + mix·x₃         skin conductance
 *
 * | paper | here |
 * | --- | --- |
 * | τ_r, τ_p, τ_s | `tauRise`, `tauPhasic`, `tauTonic` |
 * | χ | `mix` |
 * | A, B | `transition`, `input` |
 *
 * Amin, Faghih (2022), PLoS Comput Biol 18(7) e1010275, doi 10.1371/journal.pcbi.1010275.
 */
export interface SudomotorTimes {
  /** Filling of the duct, s. */
  readonly tauRise: number;
  /** Evaporation, s. */
  readonly tauPhasic: number;
  /** Reabsorption, s. */
  readonly tauTonic: number;
}

/** Prior means of the paper, s. */
export const sudomotorTimes: SudomotorTimes = { tauRise: 0.65, tauPhasic: 2.773, tauTonic: 120 };

/** One step of the system with the driver held constant over it: `x(k+1) = transition · x(k) + input · u(k)`. */
export interface SudomotorStep {
  /** (3, 3), row-major. */
  readonly transition: Float64Array;
  /** (3), in seconds: state per unit of driver. */
  readonly input: Float64Array;
}

/**
 * The exact zero-order-hold step of the system for a step of `dt` seconds. Holds for any positive time constants, equal ones included: the
 * difference of exponentials is taken through `expm1`, so nothing cancels at high rates either.
 *
 * @throws FeatureError `bad-option` when a time constant or `dt` is not positive and finite.
 */
export const sudomotorStep = ({ tauRise, tauPhasic, tauTonic }: SudomotorTimes, dt: number): SudomotorStep => {
  for (const [name, value] of Object.entries({ tauRise, tauPhasic, tauTonic, dt })) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new FeatureError('bad-option', `${name} must be a positive number of seconds, got ${value}.`);
    }
  }
  const kept = Math.exp(-dt / tauRise);
  const phasic = handedOver(tauRise, tauPhasic, dt);
  const tonic = handedOver(tauRise, tauTonic, dt);
  return {
    transition: Float64Array.of(kept, 0, 0, phasic, Math.exp(-dt / tauPhasic), 0, tonic, 0, Math.exp(-dt / tauTonic)),
    input: Float64Array.of(
      -tauRise * Math.expm1(-dt / tauRise),
      -tauPhasic * Math.expm1(-dt / tauPhasic) - tauRise * phasic,
      -tauTonic * Math.expm1(-dt / tauTonic) - tauRise * tonic,
    ),
  };
};

/** Share of the duct's content found in the next compartment after `dt`: `τ/(τ_r − τ)·(e^(−dt/τ_r) − e^(−dt/τ))`. */
const handedOver = (tauRise: number, tau: number, dt: number): number => {
  const difference = (dt * (tauRise - tau)) / (tauRise * tau);
  const ratio = difference === 0 ? 1 : Math.expm1(difference) / difference;
  return (dt / tauRise) * Math.exp(-dt / tau) * ratio;
};

/** Time from an impulse of the driver to the peak of the phasic state, s (`ln(τ₂/τ₁)·τ₁τ₂/(τ₂ − τ₁)`; τ when both are equal). */
export const sudomotorPeakSec = ({ tauRise, tauPhasic }: SudomotorTimes): number => {
  const relative = (tauPhasic - tauRise) / tauRise;
  return tauPhasic * (relative === 0 ? 1 : Math.log1p(relative) / relative);
};

/**
 * Height of the phasic state's peak after a unit impulse of the driver. Dividing a driver by `(1 − mix)` times this gives it the unit µS of
 * response amplitude, which fixes the scale that gain and driver would otherwise share.
 */
export const sudomotorPeakHeight = (times: SudomotorTimes): number => handedOver(times.tauRise, times.tauPhasic, sudomotorPeakSec(times));
