import { random } from './random.ts';

/** What differs from one person to the next. Amplitudes are root mean squares. */
export interface Person {
  readonly seed: number;
  /** Alpha peak, Hz. */
  readonly alphaPeakHz: number;
  /** Amplitude of each rhythm where it is strongest, at arousal 0.3, µV. */
  readonly microvolts: {
    readonly background: number;
    readonly theta: number;
    readonly alpha: number;
    readonly beta: number;
    readonly gamma: number;
  };
  /** How much the rhythms move with arousal: 1 is typical, 0 not at all. */
  readonly eegResponse: number;
  readonly blinksPerMin: number;
  /** Mains hum that the electrodes pick up, µV. */
  readonly mainsMicrovolts: number;
  /** Spread of the gain from electrode to electrode, as a fraction. */
  readonly gainSpread: number;
  /** Spread of the electrodes' DC offsets, µV. */
  readonly offsetMicrovolts: number;
  readonly skin: Skin;
}

/** Sweat glands and skin, after the three-state model of BayesianEDA (Amin et al. 2022, doi:10.1371/journal.pcbi.1010275). */
export interface Skin {
  /** Conductance the skin settles at when calm, µS. */
  readonly levelMicrosiemens: number;
  /** Tonic level at full arousal over the level when calm, were it to last. */
  readonly tonicRatio: number;
  /** Typical response of a single burst, as a fraction of the level. */
  readonly responseFraction: number;
  readonly burstsPerMinCalm: number;
  readonly burstsPerMinAroused: number;
  /** Time constants of duct, pore and corneum, s. */
  readonly tauSec: readonly [duct: number, pore: number, corneum: number];
  /** Noise of the sensor, µS. */
  readonly noiseMicrosiemens: number;
}

/**
 * A person drawn from `seed`, as different from the next as people are: skin levels from 0.3 to 12 µS, alpha from hardly visible to
 * dominant, one in ten whose skin barely responds. Ranges: electrodermal levels and response rates as measured on wrists and palms (Schmidt
 * et al. 2018, doi:10.1145/3242969.3242985), time constants from BayesianEDA's priors, rhythms as textbooks have them (Niedermeyer & Lopes da
 * Silva). Nobody's data: good for wiring and tests, says nothing about people.
 */
export const drawPerson = (seed: number): Person => {
  const { uniform, normal } = random(seed, 'person');
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const around = (median: number, spread: number) => median * Math.exp(spread * normal());
  const bounded = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

  const duct = bounded(0.65 + 0.15 * normal(), 0.35, 1.2);
  const pore = Math.max(2.2 * duct, bounded(2.773 + 0.5 * normal(), 1.5, 4.5));
  const responder = uniform() > 0.1 ? 1 : 0.15;
  return {
    seed,
    alphaPeakHz: bounded(10 + 0.8 * normal(), 8.5, 11.7),
    microvolts: {
      background: around(9, 0.25),
      theta: around(4, 0.3),
      alpha: around(10, 0.45),
      beta: around(3.5, 0.3),
      gamma: around(1.2, 0.35),
    },
    eegResponse: bounded(1 + 0.35 * normal(), 0.3, 2),
    blinksPerMin: between(6, 24),
    mainsMicrovolts: around(4, 0.7),
    gainSpread: 0.12,
    offsetMicrovolts: between(2_000, 30_000),
    skin: {
      levelMicrosiemens: bounded(around(2, 0.9), 0.3, 12),
      tonicRatio: 1 + responder * around(1.2, 0.5),
      responseFraction: responder * bounded(around(0.07, 0.4), 0.02, 0.25),
      burstsPerMinCalm: between(0.5, 3),
      burstsPerMinAroused: between(6, 15),
      tauSec: [duct, pore, bounded(around(120, 0.3), 15 * pore, 240)],
      noiseMicrosiemens: around(0.002, 0.4),
    },
  };
};
