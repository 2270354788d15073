import type { Reporter } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';

/** An event somebody marked. */
export interface Mark {
  /** From the recording's start, s. */
  readonly atSec: number;
  /** What was written there; `button` for a press of the device's button, empty where the mark says nothing. */
  readonly text: string;
}

/** A recording on disk, opened: what it holds is known, its samples are read when they are asked for. */
export interface Recording {
  /** File or folder name, without the path. */
  readonly name: string;
  /** The format it was recognised as: `openbci-text`, `empatica-e4`. */
  readonly format: string;
  readonly signals: readonly Signal[];
  /** Unix time of the recording's start (its `tmin` 0), s, where the file says. */
  readonly startedAt?: number;
  /** Who wore the sensors, where the file says. */
  readonly subject?: string;
  /** What the recorder of a live session wrote about it, in recordings of this program only. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** What the wearer, the experimenter or the recorder marked, in order of time; absent where the format has no marks. */
  readonly marks?: readonly Mark[];
  /**
   * The samples in order of time, in blocks of at most one second, `tmin` and `arrivedAt` counted from the recording's start. Memory does
   * not grow with its length. Damage is reported and skipped. Every call reads from the beginning; ending the loop closes the files.
   */
  readonly blocks: (report: Reporter) => AsyncIterable<SampleBlock>;
}

/** What a reader may be told that the file does not say. */
export interface RecordingOptions {
  /** Take the samples that were decoded while a recording of ours was made, not its bytes through the decoders of today. */
  readonly decoded?: boolean;
  /** Electrode names, in the file's column order; the format's documented default when absent. */
  readonly channels?: readonly string[];
  /** Samples a second, Hz, where the file does not say. */
  readonly sfreq?: number;
  /**
   * What columns or channels are, by their names in the file: `{ EDA: 'eda µS', A1: 'eeg µV', Photosensor: 'ignore' }`. Goes before what
   * the file says.
   */
  readonly columns?: Readonly<Record<string, string>>;
}
