import { join } from 'node:path';
import { errorCode } from '../system-error.ts';
import type { FileSystem } from './file-system.ts';
import { encodeRecord, type OutboxRecord } from './record.ts';
import { readSegment, type Segment, segmentName } from './segment.ts';
import { writeAll } from './write-all.ts';

/** A record with its bytes, held until the disk has taken it. */
export interface Held {
  readonly record: OutboxRecord;
  readonly bytes: Buffer;
}

interface Writing {
  readonly file: number;
  readonly segment: Segment;
  /** How far the disk is known to have it. */
  syncedBytes: number;
  syncedEndId: number;
}

/** The writing side of the outbox: records go to the last segment, and stay in memory as long as the disk has not taken them. */
export interface SegmentStore {
  /** Oldest first; the last one may be the one being written. */
  readonly segments: Segment[];
  /** Records the disk has refused so far, oldest first. */
  readonly unwritten: Held[];
  readonly unwrittenBytes: () => number;
  /** What a power cut would cost now. */
  readonly unsyncedBytes: () => number;
  /** Segments and what waits in memory. */
  readonly bytes: () => number;
  /** Writes a record at once, or keeps it in memory where the disk refuses and until `reset` was called. */
  readonly append: (record: OutboxRecord, bytes: Buffer) => void;
  /** Tries to write what waits in memory; nothing before `reset` was called. */
  readonly flush: () => void;
  /** Lets go of the oldest records in memory: those up to this id. Gives how many. */
  readonly forget: (throughId: number) => number;
  /** Makes what is written survive a power cut; gives the last id that does. What could not be made safe is written again, to a new segment. */
  readonly sync: () => Promise<number>;
  /** Ends the segment that is being written, so that it can be deleted. */
  readonly seal: () => void;
  /** Deletes a segment; one that is damaged goes to the quarantine. Gives whether it is gone from the folder. */
  readonly remove: (segment: Segment) => boolean;
  /** Begins with the segments of an earlier run; what waits in memory stays. */
  readonly reset: (found: readonly Segment[]) => void;
  /** What the disk last said no with, and to what; nothing while it works. */
  readonly failing: () => string | undefined;
  readonly close: () => void;
}

/** Where damaged segments are put aside, in the folder of the outbox. */
export const quarantineFolder = 'quarantine';
/** Damaged segments kept for inspection; the oldest makes room. */
const mostInQuarantine = 4;

export const segmentStore = (files: FileSystem, folder: string, segmentBytes: number, longest: number): SegmentStore => {
  const segments: Segment[] = [];
  const unwritten: Held[] = [];
  let unwrittenBytes = 0;
  let lastWritten = 0;
  let writing: Writing | undefined;
  let sealed: Writing[] = [];
  let folderChanged = false;
  let synced = 0;
  let failing: string | undefined;
  let ready = false; // what the folder holds is known

  const attempt = <T>(what: string, act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      failing = `${what}: ${codeOf(error)}`;
      return undefined;
    }
  };

  const openNext = (firstId: number): Writing => {
    for (let n = 0; ; n++) {
      const path = join(folder, segmentName(firstId, n));
      try {
        const file = files.open(path, 'new');
        const segment = { path, firstId, endId: firstId, bytes: 0, oldestAt: 0, newestAt: 0, damaged: false };
        segments.push(segment);
        folderChanged = true;
        return { file, segment, syncedBytes: 0, syncedEndId: firstId };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST' || n === 99) throw error;
      }
    }
  };

  const seal = (): void => {
    if (writing !== undefined) sealed.push(writing);
    writing = undefined;
  };

  /** All of the bytes or none of them: a half written record is cut off again, or its segment is given up. */
  const write = (to: Writing, { record, bytes }: Held): void => {
    try {
      writeAll(files, to.file, bytes);
    } catch (error) {
      try {
        files.truncate(to.file, to.segment.bytes);
      } catch {
        seal();
      }
      throw error;
    }
    to.segment.bytes += bytes.length;
    to.segment.endId = record.id + 1;
    to.segment.oldestAt ||= record.madeAt;
    to.segment.newestAt = record.madeAt;
  };

  const flush = (): void => {
    if (!ready) return;
    const ok = attempt('writing', () => {
      let n = 0;
      try {
        for (; n < unwritten.length; n++) {
          if (writing !== undefined && writing.segment.bytes >= segmentBytes) seal();
          writing ??= openNext(unwritten[n]!.record.id);
          write(writing, unwritten[n]!);
        }
      } finally {
        for (const { record, bytes } of unwritten.splice(0, n)) {
          unwrittenBytes -= bytes.length;
          lastWritten = record.id;
        }
      }
      return true;
    });
    if (ok) failing = undefined;
  };

  const close = ({ file }: Writing): void => {
    attempt('closing', () => files.close(file));
  };

  const opened = (): Writing[] => [...sealed, ...(writing === undefined ? [] : [writing])];

  /** Records of a segment that the disk is not known to have, as far as they can be read back. */
  const unsyncedOf = ({ segment, syncedEndId }: Writing): Held[] => {
    const held: Held[] = [];
    if (!segments.includes(segment)) return held;
    try {
      const reader = readSegment(files, segment, longest);
      try {
        for (let record = reader.next(); record !== undefined; record = reader.next())
          if (record.id >= syncedEndId) held.push({ record, bytes: encodeRecord(record) });
      } finally {
        reader.close();
      }
    } catch {
      // What cannot be read back is lost, and counted where its turn comes.
    }
    return held;
  };

  /** A disk that fails to sync may throw away what it was given: what is known to be safe stays, the rest is written again. */
  const writeAgain = (): void => {
    const again = opened().flatMap(unsyncedOf);
    unwritten.unshift(...again);
    for (const { bytes } of again) unwrittenBytes += bytes.length;
    for (const one of opened()) {
      close(one);
      one.segment.bytes = one.syncedBytes;
      one.segment.endId = one.syncedEndId;
      if (one.syncedBytes === 0) remove(one.segment);
    }
    writing = undefined;
    sealed = [];
  };

  const sync = async (): Promise<number> => {
    const dirty = opened().filter(({ segment, syncedBytes }) => segment.bytes > syncedBytes);
    const upTo = lastWritten;
    const ends = dirty.map(({ segment }) => [segment.bytes, segment.endId] as const);
    try {
      for (const { file } of dirty) await files.sync(file);
    } catch (error) {
      failing = `syncing: ${codeOf(error)}`;
      writeAgain();
      return synced;
    }
    dirty.forEach((one, i) => {
      [one.syncedBytes, one.syncedEndId] = ends[i]!;
    });
    for (const one of sealed.filter(({ segment, syncedBytes }) => segment.bytes === syncedBytes)) {
      close(one);
      sealed = sealed.filter((other) => other !== one);
    }
    if (folderChanged) {
      folderChanged = false;
      try {
        await files.syncFolder(folder);
      } catch (error) {
        folderChanged = true;
        failing = `syncing: ${codeOf(error)}`;
        return synced;
      }
    }
    synced = Math.max(synced, upTo);
    return synced;
  };

  const remove = (segment: Segment): boolean => {
    const gone = attempt('deleting', () => {
      try {
        if (segment.damaged) quarantine(files, folder, segment);
        else files.remove(segment.path);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
      return true;
    });
    if (gone) {
      const at = segments.indexOf(segment);
      if (at >= 0) segments.splice(at, 1);
    }
    return gone === true;
  };

  return {
    segments,
    unwritten,
    unwrittenBytes: () => unwrittenBytes,
    unsyncedBytes: () => opened().reduce((sum, { segment, syncedBytes }) => sum + segment.bytes - syncedBytes, 0),
    bytes: () => segments.reduce((sum, { bytes }) => sum + bytes, unwrittenBytes),
    append: (record, bytes) => {
      unwritten.push({ record, bytes });
      unwrittenBytes += bytes.length;
      if (failing === undefined) flush();
    },
    flush,
    forget: (throughId) => {
      let n = 0;
      while (n < unwritten.length && unwritten[n]!.record.id <= throughId) unwrittenBytes -= unwritten[n++]!.bytes.length;
      unwritten.splice(0, n);
      return n;
    },
    sync,
    seal,
    remove,
    reset: (found) => {
      segments.splice(0, segments.length, ...found);
      unwrittenBytes = unwritten.reduce((sum, { bytes }) => sum + bytes.length, 0);
      ready = true;
    },
    failing: () => failing,
    close: () => {
      for (const one of opened()) close(one);
      sealed = [];
      writing = undefined;
    },
  };
};

/** Puts a file aside under `quarantine/`, where at most four are kept. */
export const quarantine = (files: FileSystem, folder: string, { path }: { readonly path: string }): void => {
  const aside = join(folder, quarantineFolder);
  files.makeFolder(aside);
  const kept = files.list(aside).sort((a, b) => a.changedAt - b.changedAt || (a.name < b.name ? -1 : 1));
  for (const { name } of kept.slice(0, Math.max(0, kept.length - mostInQuarantine + 1))) files.remove(join(aside, name));
  files.rename(path, join(aside, path.slice(path.lastIndexOf('/') + 1)));
};

/** The code of a file system error, or its text. */
export const codeOf = (error: unknown): string => errorCode(error) ?? String(error);
