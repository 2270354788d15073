import type { SampleClock } from '../clock.ts';
import type { Reporter } from '../report.ts';
import type { Signal } from '../signal.ts';

/**
 * The clock of a recording: sample n lies exactly at `startSec + n / sfreq`, losses are what the reader says they are. It takes the place of
 * `sampleClock`, which has to find out.
 */
export const fileClock = (signal: Signal, startSec: number, report: Reporter): SampleClock => {
  let next = 0;
  const timeOf = (sample: number) => startSec + sample / signal.sfreq;
  return {
    place: (nTimes) => {
      const firstSample = next;
      next += nTimes;
      return { firstSample, tmin: timeOf(firstSample) };
    },
    skip: (lost, exact) => {
      next += lost;
      report({ kind: 'gap', signal: signal.id, lost, exact, beforeSample: next, atSec: timeOf(next) });
    },
  };
};
