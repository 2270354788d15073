import type { FileSystem } from './file-system.ts';
import type { OutboxRecord } from './record.ts';
import { readSegment, type Segment, type SegmentReader } from './segment.ts';
import { codeOf } from './segment-store.ts';

export interface ReadingOptions {
  readonly files: FileSystem;
  /** Oldest first; changes while it is read. */
  readonly segments: readonly Segment[];
  readonly longest: number;
  /** Records before this id are not wanted. */
  readonly cursor: () => number;
  /** The records up to this id (without it) cannot be read. */
  readonly lose: (endId: number) => void;
  readonly onFailure: (code: string) => void;
}

/** The reading side of the outbox: records from the segments, one after the other. */
export interface Reading {
  /** The next record on disk; nothing where there is none, or while it rests. */
  readonly next: () => OutboxRecord | undefined;
  /** The disk did not let it read: it tries again after `wake`. */
  readonly resting: () => boolean;
  readonly wake: () => void;
  /** Lets go of a segment that is about to be deleted, or of whichever is open. */
  readonly leave: (segment?: Segment) => void;
}

/** A segment that cannot be read is tried this often before its records are given up. */
const readAttempts = 4;

/** Never throws. A segment that promises records and does not give them is marked as damaged. */
export const openReading = ({ files, segments, longest, cursor, lose, onFailure }: ReadingOptions): Reading => {
  let open: { readonly segment: Segment; readonly reader: SegmentReader } | undefined;
  let failures = 0;
  let resting = false;

  const leave = (segment?: Segment): void => {
    if (open === undefined || (segment !== undefined && open.segment !== segment)) return;
    try {
      open.reader.close();
    } catch {
      // Closing a file that was only read loses nothing.
    }
    open = undefined;
  };

  /** The next record of a segment that is wanted; nothing at its end. Throws what the disk throws. */
  const nextOf = (segment: Segment): OutboxRecord | undefined => {
    if (open?.segment !== segment) {
      leave();
      open = { segment, reader: readSegment(files, segment, longest) };
    }
    const { reader } = open!;
    for (;;) {
      const record = reader.next();
      if (reader.damagedBytes() > 0) segment.damaged = true;
      // Ids from the end on were written again, to the next segment.
      if (record === undefined || (record.id >= cursor() && record.id < segment.endId)) return record;
    }
  };

  return {
    next: () => {
      while (!resting) {
        const segment = segments.find(({ endId }) => endId > cursor());
        if (segment === undefined) return undefined;
        try {
          const record = nextOf(segment);
          failures = 0;
          if (record !== undefined) return record;
        } catch (error) {
          onFailure(codeOf(error));
          leave();
          failures += 1;
          resting = failures < readAttempts;
          if (resting) return undefined;
          failures = 0;
        }
        segment.damaged = true;
        lose(segment.endId);
      }
      return undefined;
    },
    resting: () => resting,
    wake: () => {
      resting = false;
    },
    leave,
  };
};
