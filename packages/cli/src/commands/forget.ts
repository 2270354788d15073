import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openRecording } from '@affect-edge/acquire';
import type { Taken } from '../bridge/backlog.ts';
import { findSettings } from '../config/find-settings.ts';
import { type LoadedSettings, loadSettings } from '../config/load-settings.ts';
import { isPseudonym, pseudonymExpected } from '../config/pseudonym.ts';
import { ConfigError } from '../errors.ts';
import { type Outbox, openOutbox } from '../outbox/outbox.ts';
import { quarantineFolder } from '../outbox/segment-store.ts';
import { isOwnRecording } from '../recordings/retention.ts';
import { baselineFilesOf } from '../state/baseline-file.ts';
import { holderOf } from '../state/state-lock.ts';
import { forgetSessions, sessionsOf } from '../state/subject-sessions.ts';
import { say, type Terminal } from '../terminal.ts';

export interface ForgetOptions {
  readonly config?: string;
  /** Further folders with recordings. */
  readonly in?: readonly string[];
  readonly yes?: boolean;
}

/**
 * Everything this program keeps of a subject: recordings in the daemon's folder and those named, messages that wait, the list of sessions, what features
 * learned. Lists it; deletes it with `--yes`. What was published, copied or exported is elsewhere, and it says so.
 */
export const forget = async (
  subject: string,
  { config, in: folders = [], yes = false }: ForgetOptions,
  { out, err }: Terminal,
): Promise<number> => {
  if (!isPseudonym(subject)) throw new ConfigError('bad-option', `'affect forget' takes the subject's id: expected ${pseudonymExpected}.`);
  const file = findSettings(config);
  const loaded = file === undefined ? undefined : loadSettings(file);
  const named = [...(loaded?.settings.record === undefined ? [] : [loaded.settings.record.folder]), ...folders];
  const where = [...new Set(named.map((folder) => resolve(folder)))];
  for (const folder of folders) if (!existsSync(folder)) throw new ConfigError('not-found', `There is no folder ${folder}.`);
  if (loaded === undefined && folders.length === 0) {
    throw new ConfigError(
      'not-found',
      "There is no configuration that says where recordings are. Name their folders: 'affect forget p01 --in recordings'.",
    );
  }
  const holder = loaded === undefined ? undefined : holderOf(loaded.stateFolder);
  if (yes && holder !== undefined) {
    throw new ConfigError(
      'in-use',
      `'affect run' (process ${holder}) is running and may be recording. Stop it first: 'systemctl stop affect', or Ctrl-C.`,
    );
  }
  const recordings = (await Promise.all(where.map((folder) => recordingsOf(folder, subject)))).flat();
  const sessions = loaded === undefined ? [] : sessionsOf(loaded.stateFolder, subject);
  const baselines = loaded === undefined ? [] : baselineFilesOf(loaded.stateFolder, subject);
  const waiting = loaded === undefined || holder !== undefined ? 0 : await waitingMessages(loaded, sessions, false);
  const damaged = loaded === undefined ? [] : damagedFilesOf(loaded, sessions);
  for (const path of recordings) say(out, `Recording  ${path}`);
  if (waiting > 0) say(out, `Outbox     ${waiting} messages not sent yet`);
  for (const path of damaged) say(out, `Outbox     ${path}, put aside as damaged`);
  if (sessions.length > 0) say(out, `State      the list of ${sessions.length} sessions`);
  for (const path of baselines) say(out, `Baseline   ${path}`);
  if (recordings.length + waiting + damaged.length + sessions.length + baselines.length === 0) {
    say(out, `Nothing is kept of ${subject} in ${[...where, ...(loaded ? [loaded.stateFolder] : [])].join(', ')}.`);
    return 0;
  }
  if (!yes) {
    say(out, `Nothing was deleted: add --yes to delete this for ever.`);
    return 0;
  }
  for (const path of [...recordings, ...damaged, ...baselines]) await rm(path, { force: true });
  if (loaded !== undefined) {
    if (waiting > 0) await waitingMessages(loaded, sessions, true);
    if (sessions.length > 0) forgetSessions(loaded.stateFolder, subject);
  }
  say(out, `Deleted.`);
  say(err, 'What was published is with the broker and its readers, what was exported or copied is where it was put: delete it there too.');
  return 0;
};

/** Recordings of this subject in a folder: the daemon's by their name, others by what their header says. Files of other formats tell nothing and are left. */
const recordingsOf = async (folder: string, subject: string): Promise<string[]> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.xdf')).sort();
  const found: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (isOwnRecording(name) && name.startsWith(`${subject}_`)) found.push(path);
    else if ((await openRecording(path, { decoded: true }).catch(() => undefined))?.session?.subject === subject) found.push(path);
  }
  return found;
};

/** What a message of one of these sessions holds. */
const marksOf = (sessions: readonly string[]): string[] => sessions.map((session) => `"session":"${session}"`);

/**
 * How many messages of these sessions wait in the outbox; deletes them if told to. The others stay.
 * @throws ConfigError('bad-option') where the disk refuses: run again, it deletes what is left.
 */
const waitingMessages = async ({ settings }: LoadedSettings, sessions: readonly string[], remove: boolean): Promise<number> => {
  const { folder } = settings.outbox;
  if (folder === undefined || sessions.length === 0 || !existsSync(folder)) return 0;
  const wanted = marksOf(sessions);
  let madeAt: number | undefined;
  // Without limits: to look must delete nothing.
  const noLimit = Number.POSITIVE_INFINITY;
  const open = () =>
    openOutbox({
      ...{ folder, syncMs: 0, maxBytes: noLimit, maxAgeSec: noLimit, memoryBytes: noLimit },
      now: () => madeAt ?? Date.now() / 1000,
    });
  const end = async (outbox: Outbox): Promise<void> => {
    await outbox.close();
    const { failing } = outbox.figures();
    if (failing !== undefined && remove)
      throw new ConfigError(
        'bad-option',
        `Messages that wait in ${folder} cannot be deleted (${failing}). Make room, or look at its rights.`,
      );
  };
  const outbox = open();
  const all: Taken[] = [];
  for (let message = outbox.take(); message !== undefined; message = outbox.take()) all.push(message);
  const others = all.filter(({ payload }) => !wanted.some((mark) => payload.includes(mark)));
  const count = all.length - others.length;
  // What is acknowledged leaves the disk only with all before it: what stays is written anew behind the rest, then the rest goes.
  if (remove && count > 0) {
    for (const message of others) {
      madeAt = message.madeAt;
      outbox.push(message);
    }
    madeAt = undefined;
  }
  await end(outbox);
  if (!remove || count === 0) return count;
  const last = all.at(-1)!.id;
  const rest = open();
  for (let message = rest.take(); message !== undefined && message.id <= last; message = rest.take()) rest.acknowledge(message.id);
  await end(rest);
  return count;
};

/** Damaged files of the outbox, put aside, that hold something of these sessions. */
const damagedFilesOf = ({ settings }: LoadedSettings, sessions: readonly string[]): string[] => {
  const folder = join(settings.outbox.folder ?? '', quarantineFolder);
  if (settings.outbox.folder === undefined || sessions.length === 0 || !existsSync(folder)) return [];
  const wanted = marksOf(sessions);
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return wanted.some((mark) => bytes.includes(mark));
    });
};
