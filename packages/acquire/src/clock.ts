import { type Drift, driftFilter } from './drift.ts';
import type { Reporter } from './report.ts';

/**
 * Sample time. A device counts its samples (modulo something, or not at all) and the host knows when bytes arrived; `sampleClock` makes of
 * both an unwrapped sample index and a smooth session time for every sample: wrapped counters are unwrapped with the help of the arrival
 * time, arrival jitter and bursts are averaged away, the drift between the two crystals is followed, time never runs backwards.
 *
 * What a late burst looks like at first is also what a loss of a whole turn of the counter looks like, or a host clock that was set: only what
 * stays late is taken for one of the others.
 */
export interface SampleClockOptions {
  /** The `id` of the signal, for reports. */
  readonly signal: string;
  /** Nominal rate, Hz; above 0. */
  readonly sfreq: number;
  /** The device's counter goes from `modulus − 1` to 0. Leave out for a device without a counter: then only arrival time tells of losses. */
  readonly modulus?: number;
  /** How far the counter moves from one sample to the next: 1 for most, 1/12 where packets of 12 samples are counted, 512 for clock ticks. */
  readonly countsPerSample?: number;
  /** How far the true rate may lie from `sfreq`, as a fraction: 0.001 for a crystal (the default), 0.05 for a loop with a delay. */
  readonly rateTolerance?: number;
  readonly report: Reporter;
}

/** Where a run of samples lies. */
export interface Placement {
  /** Unwrapped index of the run's first sample: 0 for the first sample ever placed, lost samples counted. */
  readonly firstSample: number;
  /** Corrected session time of the run's first sample, s. */
  readonly tmin: number;
}

export interface SampleClock {
  /**
   * Places a run of `nTimes` consecutive samples, the last byte of which arrived at `arrivedAt` (s). `counter` is the device's counter at the
   * run's first sample. Call it once a run: at the end of each chunk, and wherever the counter jumps inside one. A jump is reported as a gap;
   * do not report it again.
   */
  readonly place: (nTimes: number, arrivedAt: number, counter?: number) => Placement;
  /** Tells of samples that are known to be lost before the next run, by other means than the counter; reported as a gap with that run. */
  readonly skip: (lost: number, exact: boolean) => void;
}

/** Later than this against the estimate, s, is not jitter: a loss, a stall or a step of the host clock. */
const suspiciousSec = 0.5;
/** For how long it must stay so, and how evenly, before it is taken for a fact, s. */
const convincedAfterSec = 2;
const evenSec = 0.1;
/** For how long after its first sample a clock may have been started by old ones, s. */
const youngSec = 10;

/**
 * A clock for one signal (or several signals sampled together). State is the caller's: make one per subscription.
 *
 * @example
 * const clock = sampleClock({ signal: 'eeg', sfreq: 250, modulus: 256, report });
 * const { firstSample, tmin } = clock.place(10, chunk.arrivedAt, frame[1]);   // ten samples, contiguous, first one counted frame[1]
 */
export const sampleClock = (options: SampleClockOptions): SampleClock => {
  const { signal, sfreq, modulus, countsPerSample = 1, rateTolerance = 1e-3, report } = options;
  const turn = modulus === undefined ? 0 : modulus / countsPerSample; // samples in one turn of the counter
  const drift: Drift = driftFilter(1 / sfreq, rateTolerance);
  let nextSample = 0;
  let nextCounter = 0;
  let lastTime = Number.NEGATIVE_INFINITY; // of the last sample placed
  let steppedBy = 0; // of the host clock, so far
  let skipped = 0;
  let skippedExactly = true;
  let suspect: { since: number; n: number; sum: number; least: number; most: number } | undefined;

  /** Whole samples that arrival time says are missing before a run of `nTimes` that arrived at `at`; may be negative. */
  const missingByTime = (nTimes: number, at: number) => Math.round((at - drift.timeAfter(nTimes)) * sfreq);

  const lostByCounter = (missing: number, counter: number): { lost: number; exact: boolean } => {
    const jumped = (((counter - nextCounter) % modulus!) + modulus!) % modulus!;
    const lost = Math.round(jumped / countsPerSample) % Math.round(turn);
    if (lost === 0) return { lost, exact: true };
    if (lost > missing + suspiciousSec * sfreq + 2) return { lost: Math.max(0, missing), exact: false }; // more than had time to happen
    const uncertain = Math.max(0.02, 4 * drift.jitterSec()) * sfreq;
    const turns = missing - lost > uncertain ? Math.max(0, Math.round((missing - lost) / turn)) : 0;
    return { lost: Math.round(lost + turns * turn), exact: turns === 0 || Math.abs(missing - lost - turns * turn) < turn / 8 };
  };

  const lose = (lost: number, exact: boolean, atSec: number) => {
    if (lost <= 0) return;
    nextSample += lost;
    nextCounter += lost * countsPerSample;
    drift.advance(lost);
    report({ kind: 'gap', signal, lost, exact, beforeSample: nextSample, atSec });
  };

  /**
   * Looks at how late a run is and gives what to do with it. Lateness that stays is a loss of whole turns or a step of the host clock. Samples
   * that arrive long before they were due, soon after the start, show that the first ones were old: everything hung on those, so begin again.
   */
  const judge = (shift: number, at: number): 'learn' | 'ignore' | 'begin' => {
    const even = Math.max(evenSec, 8 * drift.jitterSec());
    const bearable = suspect === undefined ? Math.max(suspiciousSec, 2.5 / sfreq) : Math.min(even, suspiciousSec);
    if (Math.abs(shift) < bearable) {
      suspect = undefined;
      return 'learn';
    }
    if (shift < 0 && nextSample < youngSec * sfreq) return 'begin';
    suspect ??= { since: at, n: 0, sum: 0, least: shift, most: shift };
    suspect.n++;
    suspect.sum += shift;
    suspect.least = Math.min(suspect.least, shift);
    suspect.most = Math.max(suspect.most, shift);
    if (suspect.most - suspect.least > even) suspect = { since: at, n: 1, sum: shift, least: shift, most: shift };
    if (at - suspect.since < convincedAfterSec || suspect.n < 3) return 'ignore';

    const stayed = suspect.sum / suspect.n;
    suspect = undefined;
    const turns = turn > 0 ? (stayed * sfreq) / turn : 0;
    if (turns > 0.5 && turn / sfreq > 0.2 && Math.abs(turns - Math.round(turns)) < 0.15) {
      lose(Math.round(Math.round(turns) * turn), false, at);
    } else {
      steppedBy += stayed;
      report({ kind: 'clock-step', signal, bySec: stayed, atSec: at });
    }
    return 'ignore';
  };

  return {
    place: (nTimes, arrivedAt, counter) => {
      const first = lastTime === Number.NEGATIVE_INFINITY;
      const at = arrivedAt - steppedBy;
      if (first) drift.begin(at);
      else {
        if (skipped > 0) lose(skipped, skippedExactly, at);
        const missing = missingByTime(nTimes, at);
        if (modulus !== undefined && counter !== undefined) {
          const { lost, exact } = lostByCounter(missing, counter);
          lose(lost, exact, at);
        } else if (missing > Math.max(suspiciousSec * sfreq, 2.5)) lose(missing, false, at);
        const verdict = judge(at - drift.timeAfter(nTimes), at);
        drift.advance(nTimes);
        if (verdict === 'learn') drift.learn(at);
        if (verdict === 'begin') drift.begin(at);
      }
      skipped = 0;
      skippedExactly = true;
      const firstSample = nextSample;
      nextSample += nTimes;
      if (modulus !== undefined && counter !== undefined) nextCounter = (counter + nTimes * countsPerSample) % modulus;
      const spanSec = (nTimes - 1) / sfreq;
      const tmin = Math.max(drift.time() - spanSec, lastTime + Math.min(1e-6, 0.001 / sfreq));
      lastTime = tmin + spanSec;
      return { firstSample, tmin };
    },
    skip: (lost, exact) => {
      skipped += lost;
      skippedExactly &&= exact;
    },
  };
};
