import { createHash } from 'node:crypto';
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { createRecorder, type Device, type Recorder } from '@affect-edge/acquire';
import type { ModelCard } from '@affect-edge/models';
import type { Session } from '../session.ts';
import { errorText } from '../system-error.ts';
import type { Voice } from '../voice.ts';
import { deleteOldRecordings, recordingName } from './retention.ts';

/** What is recorded where while the daemon runs. */
export interface RecordPlan {
  readonly folder: string;
  readonly splitSec: number;
  /** How long recordings are kept, s; for ever when absent. */
  readonly keepSec?: number;
  /** A pseudonym. */
  readonly subject?: string;
  /** Goes into the file as a hash: it tells later whether this is the consent that was given, without saying it. */
  readonly consent?: string;
}

export interface SessionRecorderParts {
  readonly session: Session;
  readonly sources: readonly { readonly device: Device; readonly options: Readonly<Record<string, unknown>>; readonly uri: string }[];
  readonly cards: readonly ModelCard[];
  readonly hopSec: number;
  readonly clock: () => number;
  readonly voice: Pick<Voice, 'tell' | 'warn'>;
  /** There is room again after the recording ended for want of it; called once. */
  readonly onRoom?: () => void;
  /** Bytes that are free where a path lies; asks the system when absent. */
  readonly freeBytes?: (path: string) => Promise<number>;
}

const sweepEveryMs = 3_600_000;
const lookForRoomEveryMs = 60_000;
/** Room from which on a recording is worth beginning again: four times what ends one, so that it does not end in the same minute. */
const enoughBytes = 256 * 2 ** 20;

/** Free bytes for this user in a folder; rejects where nobody knows: a disk that was pulled out has no room, where a recorder would go on. */
const freeBytesAt = (path: string): Promise<number> => statfs(path).then(({ bavail, bsize }) => bavail * bsize);

/**
 * Records the session in parts and deletes what is older than it may be kept, now and every hour. A disk that is full or broken ends the recording, not
 * the session: the file is closed in good order where that is still possible, and nothing more is recorded. Where it was want of room, `onRoom` is called
 * as soon as there is enough, looked for every minute: only a new session has the links' bytes from the beginning.
 */
export const sessionRecorder = async (plan: RecordPlan, parts: SessionRecorderParts): Promise<Recorder> => {
  const { folder, splitSec, keepSec, subject, consent } = plan;
  const { session, sources, cards, hopSec, clock, voice, onRoom, freeBytes = freeBytesAt } = parts;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let recorder: Recorder | undefined;
  const sweep = async (): Promise<void> => {
    if (keepSec === undefined) return;
    const deleted = await deleteOldRecordings(folder, keepSec, recorder?.paths() ?? [], {
      onProblem: (problem) => voice.warn('Record', problem),
    });
    if (deleted.length > 0) voice.tell('Record', `${deleted.length} recordings older than ${Math.round(keepSec / 3600)} h deleted`);
  };
  let ended = false;
  let looking: NodeJS.Timeout | undefined;
  const hasRoom = (): Promise<boolean> =>
    freeBytes(folder).then(
      (free) => free >= enoughBytes,
      () => false,
    );
  const lookForRoom = async (): Promise<void> => {
    if (!(await hasRoom()) || looking === undefined) return;
    clearInterval(looking);
    looking = undefined;
    voice.tell('Record', 'there is room again: this session ends and a new one begins, which is recorded');
    onRoom?.();
  };
  const end = async (error: unknown): Promise<void> => {
    ended = true;
    await closeOnce();
    const why = errorText(error);
    const isFull = onRoom !== undefined && !(await hasRoom());
    voice.warn(
      'Record',
      `ended: ${why} Everything else goes on. ${isFull ? `It begins again when ${enoughBytes >> 20} MB are free.` : 'It begins again with the next session.'}`,
    );
    if (isFull && !closed) looking = setInterval(() => void lookForRoom(), lookForRoomEveryMs);
  };
  let closed = false;
  let closing: Promise<void> | undefined;
  const closeOnce = (): Promise<void> | undefined => {
    closing ??= recorder?.close();
    return closing;
  };
  await sweep();
  recorder = await createRecorder(join(folder, recordingName(session.id, subject)), {
    sources: sources.map(({ device, options, uri }) => ({ device: device.name, options, uri, made: device })),
    startedAt: session.startUnixSec ?? Date.now() / 1000,
    clock,
    split: { maxSec: splitSec },
    session: {
      ...session,
      computed: { hopSec, models: cards.map(({ name, sha256 }) => [name, sha256]) },
      ...(subject !== undefined && { subject }),
      ...(consent !== undefined && { consentSha256: createHash('sha256').update(consent).digest('hex') }),
    },
    onPart: (_, problem) => problem !== undefined && voice.warn('Record', `no new part can be begun: ${problem}`),
    ...(parts.freeBytes && { freeBytes: parts.freeBytes }),
    onFailure: (error) => void end(error),
  });
  const timer = setInterval(() => void sweep(), sweepEveryMs);
  const { block, estimate, mark, report } = recorder;
  const unlessEnded =
    <Args extends readonly unknown[]>(write: (...args: Args) => void) =>
    (...args: Args): void => {
      if (!ended) write(...args);
    };
  return {
    ...recorder,
    block: unlessEnded(block),
    estimate: unlessEnded(estimate),
    mark: unlessEnded(mark),
    report: unlessEnded(report),
    close: async () => {
      closed = true;
      clearInterval(timer);
      clearInterval(looking);
      looking = undefined;
      await closeOnce();
    },
  };
};
