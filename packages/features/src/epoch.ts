import type { Signal } from '@affect-edge/acquire';

/**
 * A stretch of one signal that ends on the common grid: epoch k ends at `k · hopSec` of session time, for every signal alike, whatever its
 * rate. Its samples are those with `tmin ≤ time < k · hopSec`. No epoch is made across a gap: the first whole one after it follows, and the
 * jump of `index` tells every stage behind that the signal was interrupted.
 */
export interface Epoch<S extends Signal = Signal> {
  readonly signal: S;
  readonly index: number;
  /** Session time of the first sample, s. */
  readonly tmin: number;
  /** Session time of the epoch's end, `index · hopSec`, s. */
  readonly tmax: number;
  /** (nChannels, nTimes), row-major, in `signal.unit`. */
  readonly data: Float64Array;
}
