import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDevice, inspectRecording } from '@affect-edge/acquire';
import { afterEach, expect, test, vi } from 'vitest';
import { liveSession } from '../session.ts';
import { sessionRecorder } from './session-recorder.ts';

afterEach(() => vi.useRealTimers());
const megabytes = 2 ** 20;

/** A recorder on a disk with as much room as one says, whose minutes pass when told. */
const onDisk = async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const folder = mkdtempSync(join(tmpdir(), 'affect-full-'));
  const uri = 'simulated:cyton?seed=1';
  const disk = { free: 1000 * megabytes };
  const said: string[] = [];
  let rooms = 0;
  const recorder = await sessionRecorder(
    { folder, splitSec: 600 },
    {
      session: liveSession('test', 1_700_000_000, [{ device: 'openbci-cyton', uri }]),
      sources: [{ device: findDevice('openbci-cyton').create({}), options: {}, uri }],
      cards: [],
      hopSec: 0.5,
      clock: () => 1,
      voice: { tell: (_, text) => said.push(text), warn: (_, text) => said.push(text) },
      onRoom: () => {
        rooms += 1;
      },
      freeBytes: async () => disk.free,
    },
  );
  return {
    ...{ recorder, disk, said, rooms: () => rooms },
    file: () => join(folder, readdirSync(folder)[0]),
    end: async () => {
      await recorder.close();
      rmSync(folder, { recursive: true });
    },
  };
};

test('a disk that fills up ends the recording in good order; where there is room again, a new session is asked for, once', async () => {
  const { recorder, disk, said, rooms, file, end } = await onDisk();
  recorder.mark(0.5, 'before');
  disk.free = 12 * megabytes;
  await recorder.sync();
  await vi.waitFor(() => expect(said).toHaveLength(1));
  expect(said[0]).toMatch(/^ended: Only 12 MB are free .* Everything else goes on\. It begins again when 256 MB are free\.$/);
  recorder.mark(0.9, 'after');
  expect(await inspectRecording(file())).toMatchObject({ nDamages: 0, marks: 1 });

  disk.free = 255 * megabytes;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(rooms()).toBe(0);
  disk.free = 256 * megabytes;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rooms()).toBe(1);
  expect(said[1]).toBe('there is room again: this session ends and a new one begins, which is recorded');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(rooms()).toBe(1);
  await end();
});

test('after the end of the session nobody looks for room any more', async () => {
  const { recorder, disk, said, rooms, end } = await onDisk();
  disk.free = 0;
  await recorder.sync();
  await vi.waitFor(() => expect(said).toHaveLength(1));
  await end();
  disk.free = 1000 * megabytes;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(rooms()).toBe(0);
});
