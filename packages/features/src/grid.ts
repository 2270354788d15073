import { FeatureError } from './errors.ts';

/** Samples this close to a grid line, s, count as on it: decimal sample times are not exact in binary. */
export const ROUNDING_SEC = 1e-6;
/** A clock correction up to this, s (or half a sample if that is less), leaves the samples where they are. */
const WOBBLE_SEC = 0.01;

/** Where the samples of one regular signal lie on the session's time axis. */
export interface SampleGrid {
  /** Session time of a sample, s. */
  readonly timeOf: (sample: number) => number;
  /** The first sample at or after `index · hopSec`. */
  readonly firstSampleOf: (index: number) => number;
  /** Moves the grid to a block's own time where the two have drifted apart; gives by how much they had, s. */
  readonly follow: (sample: number, tmin: number) => number;
}

/**
 * Counts samples from an anchor instead of asking each block for its time, so that a clock corrected by fractions of a sample does not throw
 * samples back and forth over a grid line. The anchor moves only when the two differ by more than half a sample (at most 10 ms). The error
 * is
 * the same wherever a block is cut, so cutting changes nothing.
 */
export const sampleGrid = (sfreq: number, hopSec: number, sample: number, tmin: number): SampleGrid => {
  let anchorSample = sample;
  let anchorTime = tmin;
  const tolerance = Math.min(0.5 / sfreq, WOBBLE_SEC) + ROUNDING_SEC;
  const timeOf = (at: number) => anchorTime + (at - anchorSample) / sfreq;
  return {
    timeOf,
    firstSampleOf: (index) => anchorSample + Math.ceil((index * hopSec - ROUNDING_SEC - anchorTime) * sfreq),
    follow: (at, time) => {
      const error = time - timeOf(at);
      if (Math.abs(error) > tolerance) {
        anchorSample = at;
        anchorTime = time;
      }
      return error;
    },
  };
};

/**
 * How many hops make a window. Throws `FeatureError('bad-option')`, naming `what` asked, where it is no whole number of at least 1.
 */
export const wholeHops = (windowSec: number, hopSec: number, what: string): number => {
  const nHops = Math.round(windowSec / hopSec);
  if (nHops < 1 || Math.abs(nHops * hopSec - windowSec) > ROUNDING_SEC) {
    throw new FeatureError(
      'bad-option',
      `The window of ${what} must be a whole multiple of the hop, got windowSec ${windowSec} with hopSec ${hopSec}. The nearest is ${Math.max(1, nHops) * hopSec} s.`,
    );
  }
  return nHops;
};
