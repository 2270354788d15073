import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { openOutbox } from '../outbox/outbox.ts';
import { noteSession, sessionsOf } from '../state/subject-sessions.ts';
import { forget } from './forget.ts';

let root = '';
let config = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'affect-forget-'));
  config = join(root, 'affect.yaml');
  writeFileSync(
    config,
    `version: 1\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton' } ]\npage: { enabled: false }\n` +
      `state: { folder: state }\nrecord: { folder: recordings }\noutbox: { max_age: 365d }\n`,
  );
  mkdirSync(join(root, 'recordings'));
});
afterEach(() => rmSync(root, { recursive: true }));

const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
const folder = (): string => join(root, 'state', 'outbox');
const terminal = () => ({ out: paper(), err: paper(), stop: new AbortController().signal });
/** Messages of these sessions wait, in this order, made at this time (Unix s). */
const leaveWaiting = async (sessions: readonly string[], now = Date.now() / 1000): Promise<void> => {
  const outbox = openOutbox({ folder: folder(), syncMs: 0, now: () => now });
  for (const [n, session] of sessions.entries()) outbox.push({ topic: 't', payload: JSON.stringify({ session, n }) });
  await outbox.close();
};
const waiting = async (): Promise<{ readonly n: number; readonly madeAt: number }[]> => {
  const outbox = openOutbox({ folder: folder(), syncMs: 0, maxAgeSec: 1e9 });
  const found = [];
  for (let taken = outbox.take(); taken !== undefined; taken = outbox.take())
    found.push({ n: Number(JSON.parse(taken.payload).n), madeAt: taken.madeAt });
  await outbox.close();
  return found;
};

test('what waits of a subject is deleted where messages of others wait before it, and those stay as they were', async () => {
  noteSession(join(root, 'state'), 'mine', 'p01');
  noteSession(join(root, 'state'), 'other', 'p02');
  await leaveWaiting(['other', 'mine', 'other', 'mine'], anHourAgo);
  expect(await forget('p01', { config, yes: true }, terminal())).toBe(0);
  expect(await waiting()).toEqual([
    { n: 0, madeAt: anHourAgo },
    { n: 2, madeAt: anHourAgo },
  ]);
  expect(sessionsOf(join(root, 'state'), 'p01')).toEqual([]);
});

test('looking what is kept deletes no message, however long the settings let it wait', async () => {
  noteSession(join(root, 'state'), 'mine', 'p01');
  await leaveWaiting(['other', 'mine'], Date.now() / 1000 - 30 * 86_400);
  const screen = terminal();
  expect(await forget('p01', { config }, screen)).toBe(0);
  expect(screen.out.text).toContain('1 messages not sent yet');
  expect((await waiting()).map(({ n }) => n)).toEqual([0, 1]);
});

test('what was put aside as damaged is deleted where it holds something of the subject', async () => {
  noteSession(join(root, 'state'), 'mine', 'p01');
  const aside = join(folder(), 'quarantine');
  mkdirSync(aside, { recursive: true });
  writeFileSync(join(aside, '0000000000000001.log'), 'half a record {"session":"mine","n":');
  writeFileSync(join(aside, '0000000000000009.log'), 'half a record {"session":"other","n":');
  expect(await forget('p01', { config, yes: true }, terminal())).toBe(0);
  expect(readdirSync(aside)).toEqual(['0000000000000009.log']);
});

test('a folder that is named twice is deleted from once, and everything else is forgotten too', async () => {
  const name = 'p01_2026-11-23-0123456789ab-001.xdf';
  writeFileSync(join(root, 'recordings', name), '');
  noteSession(join(root, 'state'), 'mine', 'p01');
  expect(await forget('p01', { config, in: [join(root, 'recordings')], yes: true }, terminal())).toBe(0);
  expect(readdirSync(join(root, 'recordings'))).toEqual([]);
  expect(sessionsOf(join(root, 'state'), 'p01')).toEqual([]);
  expect(existsSync(join(root, 'state', 'sessions.jsonl'))).toBe(true);
});
