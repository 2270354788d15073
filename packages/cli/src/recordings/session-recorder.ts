import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRecorder, type Device, type Recorder } from '@affect-edge/acquire';
import type { ModelCard } from '@affect-edge/models';
import type { Session } from '../session.ts';
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
  readonly voice: Voice;
}

const sweepEveryMs = 3_600_000;

/**
 * Records the session in parts and deletes what is older than it may be kept, now and every hour. A disk that is full or broken ends the recording, not
 * the session.
 */
export const sessionRecorder = async (plan: RecordPlan, parts: SessionRecorderParts): Promise<Recorder> => {
  const { folder, splitSec, keepSec, subject, consent } = plan;
  const { session, sources, cards, hopSec, clock, voice } = parts;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let recorder: Recorder | undefined;
  const sweep = async (): Promise<void> => {
    if (keepSec === undefined) return;
    const deleted = await deleteOldRecordings(folder, keepSec, recorder?.paths() ?? [], {
      onProblem: (problem) => voice.warn('Record', problem),
    });
    if (deleted.length > 0) voice.tell('Record', `${deleted.length} recordings older than ${Math.round(keepSec / 3600)} h deleted`);
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
    onFailure: (error) => voice.warn('Record', `ended: ${error instanceof Error ? error.message : String(error)}`),
  });
  const timer = setInterval(() => void sweep(), sweepEveryMs);
  const { close } = recorder;
  return {
    ...recorder,
    close: async () => {
      clearInterval(timer);
      await close();
    },
  };
};
