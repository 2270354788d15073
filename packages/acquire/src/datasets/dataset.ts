import type { SampleBlock } from '../signal.ts';

/** Features that the owner of a corpus computed; the signals they come from may not be there. */
export interface PrecomputedFeature {
  /** As the owner calls it: `de_LDS`. Its scaling is the owner's: never to be mixed with features of another source. */
  readonly name: string;
  readonly windowSec: number;
  readonly channels: readonly string[];
  readonly bands: readonly string[];
  readonly nWindows: number;
  /** (nWindows, nChannels, nBands), row-major. */
  readonly values: Float64Array;
}

/** One stimulus, or one stretch of one condition, and what was said or known about it. */
export interface Trial {
  readonly subject: string;
  readonly session: string;
  /** Number of the trial as published, from 1. */
  readonly trial: number;
  /**
   * Name of the clip that was shown: trials of the same name were shown the same, in whichever session and to whomever. Absent where the owner does
   * not say what was shown, and where a trial is a condition.
   */
  readonly stimulus?: string;
  /** Name → value, in the owner's scale: `valence` 1 to 9, `emotion` -1, 0, 1. */
  readonly labels: Readonly<Record<string, number>>;
  /** What was recorded before the stimulus and belongs to it; session time from 0. */
  readonly baseline: readonly SampleBlock[];
  /**
   * What was recorded during it, each signal in order of time, in µV, µS and the units of `Signal`; session time goes on from the
   * baseline's.
   */
  readonly blocks: readonly SampleBlock[];
  readonly features: readonly PrecomputedFeature[];
}

/** A file or folder of a corpus: one session of one person, or what the owner put together. */
export interface DatasetPart {
  /** Path within the data set. */
  readonly name: string;
  readonly content: 'signals' | 'features';
  readonly subjects: readonly string[];
  /** Features that can be asked for by name, the usual one first; absent where there is no choice. */
  readonly features?: readonly string[];
  /**
   * Its trials, one at a time: nothing of the file is held but the trial (of DREAMER, one person). Tells `note` what differs from the
   * published form but can be read. Throws `AcquireError`: `not-found`, `no-permission`, `unknown-format`, `bad-file` for damage and for
   * values that cannot be (not finite, out of the label's scale), `bad-option` for a `feature` that is not one of `features`. Every call
   * reads from the beginning; ending the loop closes the file.
   */
  readonly trials: (note: (oddity: string) => void, feature?: string) => AsyncIterable<Trial>;
}

/** A corpus on disk, opened: what is there is known, trials are read when they are asked for. */
export interface Dataset {
  readonly corpus: Corpus;
  readonly folder: string;
  /** In order of subject, then session. */
  readonly parts: readonly DatasetPart[];
  /** Published files that are not there. */
  readonly missing: readonly string[];
}

/** What the owner published. */
export interface PublishedCounts {
  readonly subjects: number;
  readonly sessions: number;
  /** All subjects and sessions together; absent where it follows from nothing published. */
  readonly trials?: number;
}

/** A corpus that can be read. A new one is one file and one line in `corpora`. */
export interface Corpus {
  readonly name: string;
  /** What it is and who made it. */
  readonly title: string;
  readonly published: PublishedCounts;
  /** The corpus in a folder; undefined where the folder holds none of it. Opens no large file. */
  readonly find: (folder: string) => Promise<Dataset | undefined>;
}
