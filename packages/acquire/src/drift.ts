/** Follows the time of the last sample and the true sampling period through jittered arrivals. */
export interface Drift {
  /** The last sample so far arrived at `at`, s, and nothing is known from before. */
  readonly begin: (at: number) => void;
  /** Estimated arrival time of the last sample so far, s. */
  readonly time: () => number;
  /** The same for a sample `nTimes` later, s. */
  readonly timeAfter: (nTimes: number) => number;
  /** Goes on by `nTimes` samples, there or lost. */
  readonly advance: (nTimes: number) => void;
  /** The last sample arrived at `at`, s. */
  readonly learn: (at: number) => void;
  /** Typical distance of an arrival from the estimate, s. */
  readonly jitterSec: () => number;
}

/** What is learnt counts half after this long, s (as in liblsl's `time_postprocessor`, whose default it is). */
const halfLifeSec = 90;
/** Arrival noise the filter starts with, s: between USB (1-16 ms) and Bluetooth (10-30 ms). */
const expectedJitterSec = 0.01;

/**
 * Recursive least squares of arrival time on sample index, with exponential forgetting, written as a two-state filter (time of the last
 * sample, period) so that no number grows with the length of the recording. `period` is the nominal one, s; `rateTolerance` the prior
 * standard deviation of its relative error. An arrival far from the estimate pulls no more than four typical ones.
 */
export const driftFilter = (nominal: number, rateTolerance: number): Drift => {
  const forget = 2 ** (nominal / halfLifeSec); // by how much uncertainty grows with each sample
  const noise = expectedJitterSec ** 2;
  let time = 0;
  let period = nominal;
  let jitter = expectedJitterSec;
  // covariance of (time, period)
  let ptt = noise;
  let ptp = 0;
  let ppp = (rateTolerance * nominal) ** 2;

  return {
    begin: (at) => {
      time = at;
      ptt = noise;
      ptp = 0;
    },
    time: () => time,
    timeAfter: (nTimes) => time + nTimes * period,
    advance: (nTimes) => {
      time += nTimes * period;
      const grow = Math.min(forget ** nTimes, 4);
      ptt = (ptt + 2 * nTimes * ptp + nTimes * nTimes * ppp) * grow;
      ptp = (ptp + nTimes * ppp) * grow;
      ppp *= grow;
    },
    learn: (at) => {
      const residual = at - time;
      const bounded = Math.max(-4 * jitter, Math.min(4 * jitter, residual));
      jitter += 0.02 * (Math.abs(bounded) - jitter);
      const gainTime = ptt / (ptt + noise);
      const gainPeriod = ptp / (ptt + noise);
      time += gainTime * bounded;
      period += gainPeriod * bounded;
      ppp -= gainPeriod * ptp;
      ptp *= 1 - gainTime;
      ptt *= 1 - gainTime;
    },
    jitterSec: () => jitter,
  };
};
