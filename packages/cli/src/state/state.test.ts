import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { installationId, marksToken } from './kept-random.ts';
import { holderOf, holdState } from './state-lock.ts';
import { forgetSessions, noteSession, sessionsOf } from './subject-sessions.ts';

const root = mkdtempSync(join(tmpdir(), 'affect-state-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('the state folder', () => {
  test('is held from start to end', () => {
    const folder = join(root, 'held');
    const release = holdState(folder);
    expect(readFileSync(join(folder, 'run.pid'), 'utf8')).toBe(`${process.pid}\n`);
    release();
    expect(existsSync(join(folder, 'run.pid'))).toBe(false);
  });

  test('left by a process that is gone, or by nonsense, is taken over', () => {
    const folder = join(root, 'left');
    holdState(folder);
    for (const text of ['4194305\n', '', 'x', '-1', '0']) {
      writeFileSync(join(folder, 'run.pid'), text);
      expect(holderOf(folder)).toBeUndefined();
      holdState(folder)();
    }
  });
});

describe('what is made once by chance', () => {
  test('stays the same from start to start, is the owner’s alone, and differs between installations', () => {
    const folder = join(root, 'kept');
    const id = installationId(folder);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(installationId(folder)).toBe(id);
    expect(installationId(join(root, 'another'))).not.toBe(id);
    const token = marksToken(folder);
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect(marksToken(folder)).toBe(token);
    expect(readdirSync(folder).sort()).toEqual(['home-assistant-id', 'marks-token']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test('is made anew where the file was cut short', () => {
    const folder = join(root, 'short');
    installationId(folder);
    writeFileSync(join(folder, 'home-assistant-id'), 'ab');
    const id = installationId(folder);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(installationId(folder)).toBe(id);
  });
});

describe('sessions of subjects', () => {
  test('are noted, found again and forgotten, each subject for itself', () => {
    const folder = join(root, 'sessions');
    expect(sessionsOf(folder, 'p01')).toEqual([]);
    noteSession(folder, 'a', 'p01');
    noteSession(folder, 'b', 'p02');
    noteSession(folder, 'c', 'p01');
    expect(sessionsOf(folder, 'p01')).toEqual(['a', 'c']);
    forgetSessions(folder, 'p01');
    expect(sessionsOf(folder, 'p01')).toEqual([]);
    expect(sessionsOf(folder, 'p02')).toEqual(['b']);
  });

  test('a line cut short by a power failure costs that line only', () => {
    const folder = join(root, 'torn');
    noteSession(folder, 'a', 'p01');
    writeFileSync(
      join(folder, 'sessions.jsonl'),
      `${readFileSync(join(folder, 'sessions.jsonl'), 'utf8')}{"session":"b","sub\n{"session":"c","subject":"p01"}\n`,
    );
    expect(sessionsOf(folder, 'p01')).toEqual(['a', 'c']);
  });
});
