import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../write-durably.ts';

const file = (folder: string): string => join(folder, 'sessions.jsonl');
const mostSessions = 10_000;

interface SubjectSession {
  readonly session: string;
  readonly subject: string;
}

const read = (folder: string): SubjectSession[] => {
  try {
    return readFileSync(file(folder), 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          const { session, subject }: { readonly session?: unknown; readonly subject?: unknown } = JSON.parse(line);
          return typeof session === 'string' && typeof subject === 'string' ? [{ session, subject }] : [];
        } catch {
          return []; // a line cut short by a power failure
        }
      });
  } catch {
    return [];
  }
};

const write = (folder: string, sessions: readonly SubjectSession[]): void =>
  writeDurably(file(folder), sessions.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });

/** Notes whose session this is, so that everything of a person can be found again and forgotten. The oldest of ten thousand are dropped. */
export const noteSession = (folder: string, session: string, subject: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  appendFileSync(file(folder), `${JSON.stringify({ session, subject })}\n`, { mode: 0o600 });
  const all = read(folder);
  if (all.length > mostSessions) write(folder, all.slice(-mostSessions / 2));
};

/** The sessions of a subject. */
export const sessionsOf = (folder: string, subject: string): string[] =>
  read(folder).flatMap((entry) => (entry.subject === subject ? [entry.session] : []));

/** Drops the note of a subject's sessions. */
export const forgetSessions = (folder: string, subject: string): void =>
  write(
    folder,
    read(folder).filter((entry) => entry.subject !== subject),
  );
