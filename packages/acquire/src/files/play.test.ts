import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import type { SampleBlock } from '../signal.ts';
import { openRecording } from './index.ts';
import { play } from './play.ts';
import type { Recording } from './recording.ts';

const recordings = fileURLToPath(new URL('../../test/recordings/', import.meta.url));
const v6 = join(recordings, 'openbci-text/v6.txt.gz');
const e4 = join(recordings, 'empatica-e4/S02');

const folder = mkdtempSync(join(tmpdir(), 'play-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('play', () => {
  const all = async (speed: 'max' | number, recordings_: readonly Recording[]) =>
    lastValueFrom(play(recordings_, { speed }).pipe(toArray()));

  it('merges recordings in order of time; those that do not belong together start together', async () => {
    const blocks = await all('max', [await openRecording(v6), await openRecording(e4)]);
    for (let i = 1; i < blocks.length; i++) expect(blocks[i]!.arrivedAt).toBeGreaterThanOrEqual(blocks[i - 1]!.arrivedAt);
    expect(blocks.find(({ signal }) => signal.id === 'eda')!.tmin).toBe(0);
    expect(blocks.find(({ signal }) => signal.id === 'eeg')!.tmin).toBe(0);
  });

  it('gives the same blocks at any pace', async () => {
    const paired = [await openRecording(v6), await openRecording(e4)];
    expect(await all(2000, paired)).toEqual(await all('max', paired));
  });

  it('recordings of one session keep their distance, and a second signal of a name gets a number', async () => {
    const recording = await openRecording(e4);
    const later = { ...recording, startedAt: recording.startedAt! + 60 };
    const blocks = await all('max', [recording, later]);
    expect(blocks.find(({ signal }) => signal.id === 'eda-2')!.tmin).toBe(60);
    const stranger = { ...later, subject: 'S03' };
    expect((await all('max', [recording, stranger])).find(({ signal }) => signal.id === 'eda-2')!.tmin).toBe(0);
  });

  it('unsubscribing stops reading', async () => {
    let read = 0;
    let closed = false;
    const [signal] = (await openRecording(e4)).signals;
    const endless: Recording = {
      name: 'endless',
      format: 'test',
      signals: [signal!],
      async *blocks() {
        try {
          for (; ; read++) yield { signal: signal!, firstSample: read, tmin: read, arrivedAt: read, data: Float64Array.of(1) };
        } finally {
          closed = true;
        }
      },
    };
    await new Promise<void>((resolve) => {
      const subscription = play([endless], { speed: 'max' }).subscribe(({ tmin }) => {
        if (tmin >= 500) {
          subscription.unsubscribe();
          resolve();
        }
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
    expect(read).toBeLessThan(510);
  });

  it('an abort signal ends the stream in good order', async () => {
    const recording = await openRecording(e4);
    const stop = new AbortController();
    const blocks: SampleBlock[] = [];
    await new Promise<void>((resolve, reject) => {
      play([recording], { speed: 1, signal: stop.signal }).subscribe({
        next: (block) => blocks.push(block),
        complete: resolve,
        error: reject,
      });
      setImmediate(() => stop.abort());
    });
    expect(blocks.length).toBeLessThan(5);
  });

  it('a recording that cannot be read any further is an error', async () => {
    const whole = readFileSync(v6);
    const path = join(folder, 'early.txt.gz');
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    const recording = await openRecording(path);
    await expect(all('max', [recording])).rejects.toMatchObject({ code: 'bad-file' });
  });
});
