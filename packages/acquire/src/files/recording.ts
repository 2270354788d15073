import type { Reporter } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';

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
  /** When the wearer or the experimenter marked something, s from the start, where the format has marks. */
  readonly marks?: readonly number[];
  /**
   * The samples in order of time, in blocks of at most one second, `tmin` and `arrivedAt` counted from the recording's start. Memory does not
   * grow with its length. Damage is reported and skipped. Every call reads from the beginning; ending the loop closes the files.
   */
  readonly blocks: (report: Reporter) => AsyncIterable<SampleBlock>;
}

/** What a reader may be told that the file does not say. */
export interface RecordingOptions {
  /** Electrode names, in the file's column order; the format's documented default when absent. */
  readonly channels?: readonly string[];
}
