import { type Backlog, type BacklogFigures, historicalAfterSec, type Outgoing, type Taken } from '../bridge/backlog.ts';
import { takenSet } from '../bridge/taken.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { holes } from './holes.ts';
import { writeLedger } from './ledger.ts';
import { openReading } from './reading.ts';
import { encodeRecord, type OutboxRecord } from './record.ts';
import { recover } from './recover.ts';
import { codeOf, segmentStore } from './segment-store.ts';

export interface OutboxOptions {
  /** A folder of its own, made if it is not there. One process at a time may use it. */
  readonly folder: string;
  /** Room on disk; the oldest messages go first. 256 MiB when absent. */
  readonly maxBytes?: number;
  /** Older messages are not sent any more, s; 14 days when absent. */
  readonly maxAgeSec?: number;
  /** Time between syncs: what a power cut can cost, ms; 500 when absent. 0 leaves syncing to whoever calls `sync`. */
  readonly syncMs?: number;
  /** A file of messages is this long, bytes; 4 MiB when absent, never more than a quarter of `maxBytes`. */
  readonly segmentBytes?: number;
  /** Room in memory for messages the disk refuses; 4 MiB when absent. */
  readonly memoryBytes?: number;
  readonly files?: FileSystem;
  /** Unix time, s. */
  readonly now?: () => number;
  /** Hears when the disk begins to refuse, with the reason, and `working` when it is over. */
  readonly onDisk?: (state: string) => void;
}

export interface OutboxFigures extends BacklogFigures {
  /** The disk has everything up to this id for certain. */
  readonly syncedId: number;
  /** Messages that are in memory only because the disk refuses them. */
  readonly unwritten: number;
  /** Damaged segments put aside since the process began. */
  readonly quarantined: number;
  /** What the disk last refused; nothing while it works. */
  readonly failing: string | undefined;
}

/** A backlog on disk. */
export interface Outbox extends Backlog {
  readonly figures: () => OutboxFigures;
  /** Everything pushed so far survives a power cut when this resolves, unless `figures().failing` says otherwise. Never rejects. */
  readonly sync: () => Promise<void>;
}

/** A longer message is dropped and counted, bytes. */
export const longestMessage = 1 << 20;
const recordOverhead = 64;
/** Before this a clock was not set (Unix s, 2020): such a time tells nothing about age. */
const clockWasSet = 1_577_836_800;
/** A segment that is wholly acknowledged is ended and deleted once it is this long, bytes. */
const worthDeleting = 1 << 16;
const recoveryAttempts = 3;
/** A sync does not wait for its time when this much is at stake, bytes. */
const syncAtBytes = 1 << 20;

/**
 * Messages committed to disk before they are sent, and deleted when they are acknowledged: a log in segments (docs/decisions/0006). It survives
 * a kill at any moment with everything that was pushed, and a power cut with everything that was pushed before the last sync. A disk that is
 * full, read-only or broken ends nothing: messages wait in memory and go to disk when it works again. Never throws.
 */
export const openOutbox = (options: OutboxOptions): Outbox => {
  const { folder, maxBytes = 256 << 20, maxAgeSec = 14 * 86_400, syncMs = 500, memoryBytes = 4 << 20 } = options;
  const { files = nodeFileSystem, now = () => Date.now() / 1000, onDisk = () => {} } = options;
  const segmentBytes = Math.max(256, Math.min(options.segmentBytes ?? 4 << 20, maxBytes / 4));
  const longest = Math.min(longestMessage, maxBytes / 4) + recordOverhead;
  const store = segmentStore(files, folder, segmentBytes, longest);
  const taken = takenSet<OutboxRecord>();
  const given = holes();
  let recovered = false;
  let attempts = 0;
  let firstOfThisRun = 1;
  let nextId = 1;
  let cursor = 1; // the next id to take
  let ledger = 0;
  let pushed = 0;
  let acknowledged = 0;
  let dropped = 0;
  let quarantined = 0;
  let syncedId = 0;
  let said = 'working';
  let problem: string | undefined;
  let closed = false;
  let syncing: Promise<void> | undefined;

  const start = (): void => {
    try {
      attempts += 1;
      const found = recover(files, folder, longest, attempts > recoveryAttempts);
      // Ids are our own business as long as nobody holds one: what was pushed meanwhile comes after what the disk has.
      const waiting = store.unwritten.splice(0).filter(({ record }) => record.id >= cursor);
      store.reset(found.segments);
      ledger = found.acked;
      nextId = found.nextId;
      firstOfThisRun = nextId;
      cursor = Math.min(nextId, Math.max(ledger + 1, found.segments[0]?.firstId ?? nextId));
      given.clear();
      recovered = true;
      problem = undefined;
      makeRoom(0);
      for (const { record } of waiting) commit({ ...record, id: nextId });
    } catch (error) {
      problem = `reading: ${codeOf(error)}`;
    }
  };

  const reading = openReading({
    files,
    segments: store.segments,
    longest,
    cursor: () => cursor,
    lose: (endId) => skipTo(endId),
    onFailure: (code) => {
      problem = `reading: ${code}`;
    },
  });

  /** Ids before this are acknowledged or given up. */
  const lowest = (): number => Math.min(taken.lowest() ?? cursor, cursor);

  /** Moves the cursor; ids that nobody took and that were not given up before are lost. */
  const skipTo = (id: number): void => {
    if (id <= cursor) return;
    dropped += id - cursor - given.within(cursor, id);
    cursor = id;
    given.forgetBelow(id);
  };

  /** Gives up the oldest messages to make room: a segment, or, where none can be deleted, what waits in memory. Gives whether it helped. */
  const dropOldest = (): boolean => {
    const oldest = store.segments[0];
    if (oldest !== undefined) {
      if (oldest === store.segments.at(-1)) store.seal();
      const { endId } = oldest;
      reading.leave(oldest);
      if (store.remove(oldest)) {
        skipTo(endId);
        return true;
      }
    }
    const first = store.unwritten[0];
    if (first === undefined) return false;
    store.forget(first.record.id);
    if (first.record.id >= cursor) {
      dropped += 1;
      given.add(first.record.id);
    }
    return true;
  };

  const makeRoom = (bytes: number): void => {
    while (store.segments.length > 0 && store.bytes() + bytes > maxBytes && dropOldest());
  };

  const commit = (record: OutboxRecord): void => {
    const bytes = encodeRecord(record);
    if (bytes.length > longest) {
      dropped += 1;
      return;
    }
    nextId = record.id + 1;
    makeRoom(bytes.length);
    store.append(record, bytes);
    if (timer !== undefined && store.unsyncedBytes() > syncAtBytes && syncing === undefined) void sync();
    while (store.unwrittenBytes() > memoryBytes && dropOldest()) if (store.failing() !== undefined) store.flush();
  };

  const tooOld = (madeAt: number): boolean => madeAt > clockWasSet && now() - madeAt > maxAgeSec;

  /** Deletes what is done with, and segments whose newest message is too old. */
  const tidy = (): void => {
    for (;;) {
      const oldest = store.segments[0];
      if (oldest === undefined || !(oldest.endId <= lowest() || tooOld(oldest.newestAt))) return;
      if (oldest === store.segments.at(-1)) {
        if (!closed && oldest.bytes < worthDeleting && !tooOld(oldest.newestAt)) return;
        store.seal();
      }
      const { endId, damaged } = oldest;
      reading.leave(oldest);
      if (!store.remove(oldest)) return;
      if (damaged) quarantined += 1;
      skipTo(endId);
    }
  };

  const tick = async (): Promise<void> => {
    reading.wake();
    if (!recovered && taken.size === 0) start();
    store.forget(lowest() - 1);
    store.flush();
    syncedId = Math.max(syncedId, await store.sync());
    if (recovered) {
      const acked = lowest() - 1;
      if (acked > ledger) {
        try {
          await writeLedger(files, folder, acked);
          ledger = acked;
        } catch (error) {
          problem = `writing the ledger: ${codeOf(error)}`;
        }
      }
      tidy();
    }
    const state = store.failing() ?? problem ?? 'working';
    if (state !== said) onDisk(state);
    said = state;
    if (recovered) problem = undefined;
  };

  const sync = (): Promise<void> => {
    // A second caller waits for a run that begins after its call.
    const run = (syncing ?? Promise.resolve()).then(tick).finally(() => {
      if (syncing === run) syncing = undefined;
    });
    syncing = run;
    return run;
  };

  const timer = syncMs > 0 ? setInterval(() => syncing ?? void sync(), syncMs) : undefined;
  timer?.unref();
  start();

  const figures = (): OutboxFigures => {
    const oldest = taken.oldest();
    const oldestAt =
      oldest?.madeAt ??
      store.segments.find(({ endId }) => endId > cursor)?.oldestAt ??
      store.unwritten.find(({ record }) => record.id >= cursor)?.record.madeAt;
    const backlog = nextId - cursor - given.within(cursor, nextId);
    return {
      depth: backlog + taken.size,
      bytes: store.bytes(),
      oldestSec: oldestAt === undefined ? 0 : Math.max(0, now() - oldestAt),
      pushed,
      acknowledged,
      dropped,
      syncedId,
      unwritten: store.unwritten.length,
      quarantined,
      failing: store.failing() ?? problem,
    };
  };

  return {
    push: ({ topic, payload }: Outgoing) => {
      pushed += 1;
      if (!closed) commit({ id: nextId, madeAt: now(), topic, payload });
    },
    take: (): Taken | undefined => {
      let record = taken.next();
      while (record === undefined) {
        record = reading.next() ?? (reading.resting() ? undefined : store.unwritten.find(({ record }) => record.id >= cursor)?.record);
        if (record === undefined) return undefined;
        skipTo(record.id);
        if (tooOld(record.madeAt)) {
          skipTo(record.id + 1);
          record = undefined;
          continue;
        }
        cursor = record.id + 1;
        given.forgetBelow(cursor);
        taken.take(record.id, record);
      }
      const { id, madeAt, topic, payload } = record;
      // Written out: a spread here puts every message into the old generation of the heap (measured).
      return { id, madeAt, topic, payload, historical: id < firstOfThisRun || now() - madeAt > historicalAfterSec };
    },
    acknowledge: (id) => {
      if (taken.settle(id)) acknowledged += 1;
    },
    putBack: taken.putBack,
    rewind: taken.rewind,
    figures,
    sync,
    close: async () => {
      clearInterval(timer);
      closed = true;
      await sync();
      reading.leave();
      store.close();
    },
  };
};
