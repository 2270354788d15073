import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { decodeRecord, nextMarker, type OutboxRecord } from './record.ts';

/**
 * A segment is a file of records and nothing else, named for the id of its first one: `0000000000000042.log`, or `0000000000000042.1.log` where
 * that name was taken by a file that could not be removed.
 */
export interface Segment {
  readonly path: string;
  readonly firstId: number;
  /** One more than the last id in it. */
  endId: number;
  /** Bytes that hold records; what lies behind them was given up. */
  bytes: number;
  /** When its oldest and newest record were made, as far as is known, Unix s. */
  oldestAt: number;
  newestAt: number;
  /** Records in it could not be read: kept for inspection, not deleted, when it is done with. */
  damaged: boolean;
}

/** The first free name for a segment that begins with this id, one for each attempt. */
export const segmentName = (firstId: number, attempt = 0): string =>
  `${String(firstId).padStart(16, '0')}${attempt === 0 ? '' : `.${attempt}`}.log`;

/** The segments of a folder, oldest first, with ends as far as their names tell; other files are left alone. */
export const listSegments = (files: FileSystem, folder: string): Segment[] => {
  const named = files.list(folder).flatMap(({ name, bytes, changedAt }) => {
    const match = /^(\d{16})(?:\.(\d{1,6}))?\.log$/.exec(name);
    return match === null ? [] : [{ name, bytes, changedAt, firstId: Number(match[1]), attempt: Number(match[2] ?? 0) }];
  });
  named.sort((a, b) => a.firstId - b.firstId || a.attempt - b.attempt);
  return named.map(({ name, bytes, changedAt, firstId }, i) => ({
    path: join(folder, name),
    firstId,
    endId: Math.max(firstId, named[i + 1]?.firstId ?? firstId),
    bytes,
    oldestAt: changedAt,
    newestAt: changedAt,
    damaged: false,
  }));
};

/** Reads a segment from its beginning. */
export interface SegmentReader {
  /** The next record that is whole; nothing at the end of what is there now. */
  readonly next: () => OutboxRecord | undefined;
  /** Bytes that belong to no whole record and have whole records behind them. */
  readonly damagedBytes: () => number;
  readonly close: () => void;
}

const pageBytes = 1 << 16;

/**
 * Opens a segment for reading, also while it grows. Damage is skipped to the next whole record. A damaged end
 * counts as not yet written: that is what a crash leaves. Throws what `files` throws; reading may then be tried again.
 *
 * @param longest bytes of the longest record there can be.
 */
export const readSegment = (files: FileSystem, segment: Segment, longest: number): SegmentReader => {
  const file = files.open(segment.path, 'read');
  let page: Buffer = Buffer.alloc(0);
  let pageAt = 0; // where in the file the page begins
  let at = 0; // where in the page the next record should begin
  let damaged = 0;
  let room: Buffer = Buffer.alloc(0);
  /** More of what is unread, at least twice as much as there is; gives whether there was more. The room for it is used again and again. */
  const load = (): boolean => {
    const unread = page.length - at;
    const wanted = Math.min(Math.max(pageBytes, 2 * unread), segment.bytes - pageAt - at);
    if (wanted <= unread) return false;
    if (room.length < wanted) room = Buffer.allocUnsafe(Math.max(pageBytes, wanted));
    const got = files.read(file, room.subarray(0, wanted), pageAt + at);
    pageAt += at;
    at = 0;
    page = room.subarray(0, got);
    return got > unread;
  };
  const take = (from: number): OutboxRecord | undefined => {
    const decoded = decodeRecord(page, from, page.length, longest);
    if (decoded.kind !== 'record') return undefined;
    at = decoded.next;
    return decoded.record;
  };
  /** The next record behind damage. Where there is none, `at` stays: what looks damaged may be half written. */
  const resynchronise = (): OutboxRecord | undefined => {
    while (load());
    const from = at;
    for (let to = nextMarker(page, from + 1, page.length); to < page.length; to = nextMarker(page, to + 1, page.length)) {
      const record = take(to);
      if (record === undefined) continue;
      damaged += to - from;
      return record;
    }
    return undefined;
  };
  return {
    next: () => {
      if (at === page.length && !load()) return undefined;
      for (;;) {
        const record = take(at);
        if (record !== undefined) return record;
        if (page.length - at >= longest || !load()) return resynchronise();
      }
    },
    damagedBytes: () => damaged,
    close: () => files.close(file),
  };
};
