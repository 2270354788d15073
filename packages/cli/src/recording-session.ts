import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { belongTogether, type Recording } from '@affect-edge/acquire';
import type { ModelCard } from '@affect-edge/models';
import { pairedForDemonstration, type Session } from './session.ts';

/**
 * The session of a replay. Nothing in it comes from a clock or from chance: its id is made from the content of the recordings and from what
 * is computed of them, so that the same command writes the same bytes and another one never reuses an id.
 */
export const recordingSession = async (
  station: string,
  recordings: readonly Recording[],
  paths: readonly string[],
  computed: { readonly hopSec: number; readonly cards: readonly ModelCard[] },
  /** What of the recordings is played, where it is not all of it once as it is. */
  played?: Readonly<Record<string, string | number>>,
): Promise<Session> => {
  const hash = createHash('sha256');
  for (const path of paths) await addContent(hash, path);
  hash.update(JSON.stringify([computed.hopSec, computed.cards.map(({ name, sha256 }) => [name, sha256])]));
  if (played !== undefined) hash.update(JSON.stringify(played));
  const together = belongTogether(recordings);
  const starts = recordings.flatMap(({ startedAt }) => startedAt ?? []);
  const live = recordings.length === 1 && played === undefined ? recordedSession(recordings[0], computed) : undefined;
  const simulated = recordings.some(({ session }) => session?.simulated === true);
  const uses = new Set(recordings.map(({ session }) => session?.intendedUse));
  const [use] = uses;
  return {
    id: live ?? `replay-${hash.digest('hex').slice(0, 16)}`,
    station,
    ...(together && starts.length === recordings.length && { startUnixSec: Math.min(...starts) }),
    sources: recordings.map(({ format, name, session }) => ({ device: format, origin: name, simulated: session?.simulated === true })),
    simulated,
    pairing: together ? null : pairedForDemonstration,
    ...(uses.size === 1 && typeof use === 'string' && { intendedUse: use }),
  };
};

/** The id of the live session where the very same is computed of it again: then these are the very same messages. */
const recordedSession = (
  { session }: Recording,
  { hopSec, cards }: { readonly hopSec: number; readonly cards: readonly ModelCard[] },
): string | undefined => {
  const now = JSON.stringify({ hopSec, models: cards.map(({ name, sha256 }) => [name, sha256]) });
  return typeof session?.id === 'string' && JSON.stringify(session.computed) === now ? session.id : undefined;
};

/** Adds names (without where they lie) and bytes of a file, or of a folder's files in the order of their names. */
const addContent = async (hash: ReturnType<typeof createHash>, path: string): Promise<void> => {
  const folder = (await stat(path)).isDirectory();
  const files = folder ? (await readdir(path)).sort().map((name) => join(path, name)) : [path];
  for (const file of files) {
    if (!(await stat(file)).isFile()) continue;
    hash.update(`\0${basename(file)}\0`);
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  }
};
