import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectRecording, openRecording, recordedTexts } from '@affect-edge/acquire';
import { connectAsync } from 'mqtt';
import { afterAll, describe, expect, test } from 'vitest';
import { embeddedBroker } from '../src/sinks/embedded-broker.ts';
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

  test('marks come over MQTT while it records, and its estimates go there', async () => {
    const broker = await embeddedBroker(0);
    const path = join(folder, 'marked.xdf');
    const recording = startAffect('record', '-o', path, ...eeg(5), '--mqtt', broker.url, '--name', 'lab');
    await recording.until(/MQTT .* connected/);
    const client = await connectAsync(broker.url);
    const heard = new Promise<string>((done) => client.on('message', (topic) => done(topic)));
    await client.subscribeAsync('affect/lab/estimate/#');
    await client.publishAsync('affect/lab/mark/set', 'stimulus 3', { qos: 1 });
    await recording.until(/stimulus 3 +\(mqtt\)/);
    expect(await heard).toMatch(/^affect\/lab\/estimate\//);
    recording.signal('SIGINT');
    expect((await recording.ended).code).toBe(0);
    await client.endAsync();
    await broker.close();
    expect((await openRecording(path)).marks?.map(({ text }) => text)).toEqual(['stimulus 3']);
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

  test('a sensor that is not there does not keep the other from being recorded', async () => {
    const path = join(folder, 'half.xdf');
    const recording = startAffect(
      'record',
      '-o',
      path,
      ...eeg(1),
      '--source',
      'gsr-lines?sfreq=4&unit=microsiemens&format=integer@serial:/dev/nothing',
      '--use',
      'research',
      '--for',
      '4s',
    );
    expect((await recording.ended).code).toBe(0);
    expect((await openRecording(path)).session).toMatchObject({ intendedUse: 'research' });
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
