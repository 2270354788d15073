import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { liveSessionId } from '../session.ts';
import { deleteOldRecordings, isOwnRecording, recordingName } from './retention.ts';

test('only parts of the daemon’s own recordings are its own', () => {
  const part = (subject?: string) => recordingName(liveSessionId(1_700_000_000), subject).replace('.xdf', '-001.xdf');
  expect([part(), part('p01'), part('sub-007')].map(isOwnRecording)).toEqual([true, true, true]);
  for (const name of [
    'thesis.xdf',
    'run-001.xdf',
    '2026-11-23.xdf',
    part().replace('.xdf', '.edf'),
    `../${part()}`,
    `${part()}.bak`,
    'notes.txt',
  ])
    expect(isOwnRecording(name), name).toBe(false);
});

test('what is older than it is kept is deleted, what is in use or somebody else’s is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'affect-keep-'));
  const nowSec = 1_800_000_000;
  const put = (name: string, ageSec: number): string => {
    writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, name), nowSec - ageSec, nowSec - ageSec);
    return name;
  };
  const old = put('p01_2026-01-01-0123456789ab-001.xdf', 101);
  const oldInUse = put('p01_2026-01-01-0123456789ab-002.xdf', 101);
  const fresh = put('2026-01-02-0123456789ab-001.xdf', 99);
  const others = [put('thesis.xdf', 1e9), put('run-001.xdf', 1e9), put('2026-01-01-notes.txt', 1e9)];
  expect(await deleteOldRecordings(folder, 100, [join(folder, oldInUse)], { nowSec })).toEqual([old]);
  expect(readdirSync(folder).sort()).toEqual([oldInUse, fresh, ...others].sort());
  expect(await deleteOldRecordings(join(folder, 'nowhere'), 100, [])).toEqual([]);
  rmSync(folder, { recursive: true });
});
