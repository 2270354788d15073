import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';

/** How far a conversion has come. A recording is read through first (its end is not known then), and written in a second reading. */
export interface Progress {
  readonly phase: 'reading' | 'writing';
  /** Time of the recording, s. */
  readonly sec: number;
  /** Time of its end, s; absent in the first reading. */
  readonly ofSec?: number;
}

/** What every writer takes. */
export interface WriteOptions {
  readonly progress?: (progress: Progress) => void;
  /** Ends the conversion: it rejects with the signal's reason. */
  readonly stop?: AbortSignal;
  /** Hears what the reader has to say, once: in the last reading. */
  readonly report?: Reporter;
}

/** What became of one signal. */
export interface WrittenSignal {
  readonly id: string;
  readonly nSamples: number;
  /** No value is off by more than half of this, in the signal's unit; 0 where values are exact. */
  readonly quantum: number;
  /** By how much its samples were moved to lie on the file's grid, s. */
  readonly shiftSec: number;
  /** How far its clock and the file's have run apart at its end, s. */
  readonly driftSec: number;
}

/** What was written. */
export interface Written {
  readonly bytes: number;
  readonly signals: readonly WrittenSignal[];
  /** What the format could not hold, in words. */
  readonly notes: readonly string[];
}

/** Tells of every second of the recording, and throws once `stop` has fired. */
export const watched = (
  phase: Progress['phase'],
  progress: WriteOptions['progress'],
  stop: AbortSignal | undefined,
  ofSec?: number,
): ((block: Pick<SampleBlock, 'tmin'>) => void) => {
  let told = Number.NEGATIVE_INFINITY;
  return ({ tmin }) => {
    stop?.throwIfAborted();
    if (progress === undefined || tmin < told + 1) return;
    told = tmin;
    progress({ phase, sec: tmin, ...(ofSec !== undefined && { ofSec }) });
  };
};
