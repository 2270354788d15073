/** Where the electrodes sit: the wrist carries several times less conductance than the palm. */
export type EdaSite = 'wrist' | 'palm';

/** What a believable skin conductance looks like. */
export interface EdaLimits {
  /** µS. */
  readonly floorMicrosiemens: number;
  /** µS. */
  readonly ceilingMicrosiemens: number;
  /** µS/s, either way. */
  readonly maxSlope: number;
}

/**
 * The palm's limits are those of Kleckner et al. (2018), doi 10.1109/TBME.2017.2758643. At the wrist the floor is lower: the driest
 * of the fifteen wearers of WESAD averages 0.13 µS, so a floor of 0.05 µS would throw half of such a person away.
 */
export const edaLimits: Readonly<Record<EdaSite, EdaLimits>> = {
  palm: { floorMicrosiemens: 0.05, ceilingMicrosiemens: 60, maxSlope: 10 },
  wrist: { floorMicrosiemens: 0.01, ceilingMicrosiemens: 60, maxSlope: 10 },
};

/** The rules a sample can break; bits of one number, 0 means clean. */
export const edaOutOfRange = 1;
export const edaTooSteep = 2;
/** No change above 0.1 nS for 5 s: no skin between the electrodes, or a sensor that repeats itself. */
export const edaFlat = 4;
export const edaMissing = 8;

const flatMicrosiemens = 1e-4;
const flatSec = 5;

/**
 * Stretch over which a slope is taken, s, or one sample where they lie further apart: between neighbours at 1,000 Hz the single step of a 10-bit converter
 * would be 24 µS/s.
 */
const slopeSec = 0.1;

/** Looks at one sample after another, `sfreq` a second; gives the bits of the rules it breaks. Not finite counts as missing. */
export const edaRules = ({ floorMicrosiemens, ceilingMicrosiemens, maxSlope }: EdaLimits, sfreq: number): ((y: number) => number) => {
  /** The last sample that was there, the one since which nothing changed, how many that is ago, and how many samples were seen. */
  const state = Float64Array.of(Number.NaN, Number.NaN, 0, 0);
  const flatAfter = Math.round(flatSec * sfreq);
  /** The samples of the stretch; one that is missing is as the one before. */
  const stretch = new Float64Array(Math.max(1, Math.round(slopeSec * sfreq))).fill(Number.NaN);
  return (y) => {
    const at = state[3]++ % stretch.length;
    const before = stretch[at];
    if (!Number.isFinite(y)) {
      stretch[at] = state[0];
      return edaMissing;
    }
    stretch[at] = y;
    state[0] = y;
    if (Math.abs(y - state[1]) <= flatMicrosiemens) state[2]++;
    else {
      state[1] = y;
      state[2] = 0;
    }
    return (
      (y < floorMicrosiemens || y > ceilingMicrosiemens ? edaOutOfRange : 0) |
      ((Math.abs(y - before) * sfreq) / stretch.length > maxSlope ? edaTooSteep : 0) |
      (state[2] >= flatAfter ? edaFlat : 0)
    );
  };
};

/**
 * Marks with 0 every sample that lies within `radius` samples of a broken rule, all others with 1. `valid` may be any slice; what lies
 * outside `broken` is not looked at.
 */
export const widenBroken = (broken: Float64Array, radius: number, valid: Float64Array): void => {
  valid.fill(1);
  for (let i = 0, done = 0; i < broken.length; i++) {
    if (broken[i] === 0) continue;
    const end = Math.min(broken.length, i + radius + 1);
    for (let j = Math.max(done, i - radius, 0); j < end; j++) valid[j] = 0;
    done = end;
  }
};
