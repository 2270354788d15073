import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspectRecording, recordedTexts } from '@affect-edge/acquire';
import { afterAll, describe, expect, test } from 'vitest';
import { startAffect } from './affect-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-'));
afterAll(() => rmSync(folder, { recursive: true }));
const eeg = (speed: number) => ['--source', `openbci-cyton@simulated:cyton?seed=7&loss=0.002&speed=${speed}`];
const eda = (speed: number) => [
  '--source',
  `gsr-lines?sfreq=4&unit=microsiemens&format=label&column=EDA@simulated:gsr-lines?seed=7&speed=${speed}`,
];

describe('affect record', () => {
  test('a recording is replayed to the very messages of the live session', async () => {
    const path = join(folder, 'session.xdf');
    const recording = startAffect('record', '-o', path, ...eeg(20), ...eda(20), '--for', '6s');
    expect((await recording.ended).code).toBe(0);
    expect(recording.stderr()).toContain('you can lose at most 2 s');
    const replay = startAffect('replay', path);
    expect((await replay.ended).code).toBe(0);
    const replayed = replay.stdout().trim().split('\n');
    expect(replayed.length).toBeGreaterThan(150);
    expect(new Set(replayed.map((line) => JSON.parse(line).model.name)).size).toBeGreaterThan(1);
    expect(await estimatesIn(path)).toEqual(replayed);
    expect(JSON.parse(replayed[0]!)).toMatchObject({ simulated: { input: true } });
  });

  test('Ctrl-C ends it within two seconds and leaves a whole file', async () => {
    const path = join(folder, 'stopped.xdf');
    const recording = startAffect('record', '-o', path, ...eeg(1));
    await recording.until(/recorded/);
    const asked = performance.now();
    recording.signal('SIGINT');
    expect((await recording.ended).code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2500);
    const { nDamages, streams } = await inspectRecording(path);
    expect([nDamages, streams.every(({ closed }) => closed)]).toEqual([0, true]);
  });

  test.each([900, 2100, 3300])('killed after %s ms of recording it loses at most two seconds', async (afterMs) => {
    const path = join(folder, `killed-${afterMs}.xdf`);
    const recording = startAffect('record', '-o', path, ...eeg(1));
    await recording.until(/Stop/);
    while (statSync(path).size < 20_000) await setTimeout(50);
    await setTimeout(afterMs);
    const before = statSync(path).size;
    recording.signal('SIGKILL');
    await recording.ended;
    expect(statSync(path).size).toBeGreaterThanOrEqual(before);
    const { nDamages, signals } = await inspectRecording(path);
    expect(nDamages).toBe(0);
    expect(signals[0]!.lastSec! - signals[0]!.firstSec!).toBeGreaterThan(afterMs / 1000 - 2);
  });

  test('a sensor that is not there does not keep the other from being recorded', async () => {
    const path = join(folder, 'half.xdf');
    const recording = startAffect(
      'record',
      '-o',
      path,
      ...eeg(1),
      '--source',
      'gsr-lines?sfreq=4&unit=microsiemens&format=integer@serial:/dev/nothing',
      '--for',
      '4s',
    );
    expect((await recording.ended).code).toBe(0);
    const signals = (await inspectRecording(path)).signals;
    expect(signals.find(({ id }) => id === 'eeg')!.nSamples).toBeGreaterThan(400);
    expect(signals.find(({ id }) => id === 'eda')!.nSamples).toBe(0);
  });
});

/** The estimates that were recorded live, as their messages. */
const estimatesIn = async (path: string): Promise<readonly string[]> => {
  const messages: string[] = [];
  for await (const { text } of recordedTexts(path, 'estimates')) messages.push(text);
  return messages;
};
