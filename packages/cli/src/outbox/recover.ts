import type { FileSystem } from './file-system.ts';
import { readLedger } from './ledger.ts';
import { shortestRecord } from './record.ts';
import { listSegments, readSegment, type Segment } from './segment.ts';
import { quarantine } from './segment-store.ts';

/** What an outbox folder holds. */
export interface Recovered {
  readonly segments: readonly Segment[];
  /** Everything up to here was acknowledged. */
  readonly acked: number;
  /** The id of the next record. */
  readonly nextId: number;
}

/**
 * Looks what an earlier run left. Only the last segment is read through: the others end where their successor begins. Throws what `files` throws;
 * with `desperate` a last segment that cannot be read is put aside instead.
 */
export const recover = (files: FileSystem, folder: string, longest: number, desperate: boolean): Recovered => {
  files.makeFolder(folder);
  const segments = listSegments(files, folder);
  const acked = readLedger(files, folder);
  const last = segments.at(-1);
  if (last !== undefined) {
    try {
      last.endId = lastIdOf(files, last, longest) + 1;
    } catch (error) {
      if (!desperate) throw error;
      // Nobody knows its last id: take the highest it can be.
      last.endId = last.firstId + Math.ceil(last.bytes / shortestRecord);
      try {
        quarantine(files, folder, last);
      } catch {
        // It stays where it is, and is not looked at again in this run.
      }
      segments.pop();
    }
  }
  return { segments, acked, nextId: Math.max(last?.endId ?? 1, acked + 1) };
};

/** The last id that can be read from a segment, or one less than its first. */
const lastIdOf = (files: FileSystem, segment: Segment, longest: number): number => {
  const reader = readSegment(files, segment, longest);
  try {
    let last = segment.firstId - 1;
    for (let record = reader.next(); record !== undefined; record = reader.next()) last = Math.max(last, record.id);
    return last;
  } finally {
    reader.close();
  }
};
