import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { startAffect } from './affect-process.ts';
import { freePort, mosquitto, type RunningBroker, startMosquitto } from './mosquitto.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-broker-'));
const running: RunningBroker[] = [];
afterEach(() => Promise.all(running.splice(0).map(({ kill }) => kill())));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startBroker = async (port: number): Promise<RunningBroker> => {
  const broker = await startMosquitto(folder, port);
  running.push(broker);
  return broker;
};
const stateIn = (payload = '{}'): string => JSON.parse(payload).state;

const listen = async (url: string, topic: string): Promise<{ client: MqttClient; messages: Map<string, string[]> }> => {
  const client = await connectAsync(url, { reconnectPeriod: 100 });
  const messages = new Map<string, string[]>();
  client.on('message', (name, payload) => messages.set(name, [...(messages.get(name) ?? []), payload.toString()]));
  await client.subscribeAsync(topic, { qos: 1 });
  return { client, messages };
};

const simulated = ['--source', 'openbci-cyton@simulated:cyton?seed=7', '--no-page'];

describe.skipIf(mosquitto === undefined)('an external broker (Mosquitto)', () => {
  test('killed and started again: the line goes on, and no estimate made meanwhile is missing', async () => {
    const port = await freePort();
    const url = `mqtt://127.0.0.1:${port}`;
    const first = await startBroker(port);
    const affect = startAffect('run', ...simulated, '--mqtt', url, '--name', 'kitchen', '--for', '14s');
    const { client, messages } = await listen(url, 'affect/kitchen/#');
    await affect.until(/quality/);
    await first.kill();
    await affect.until(/trying every second/);
    await new Promise((done) => setTimeout(done, 2500));
    await startBroker(port);
    expect((await affect.ended).code).toBe(0);
    await new Promise((done) => setTimeout(done, 300));
    await client.endAsync(true);

    const printed = affect.stdout().match(/^ +[\d.]+ s .*quality.*$/gm) ?? [];
    const [topic] = [...messages.keys()].filter((name) => name.includes('/estimate/'));
    const seqs = new Set((messages.get(topic) ?? []).map((payload) => JSON.parse(payload).seq as number));
    // Those of the first second may have come before this test subscribed.
    const from = Math.min(...seqs);
    expect(from).toBeLessThan(6);
    expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: printed.length - from }, (_, i) => from + i));
    expect(stateIn(messages.get('affect/kitchen/availability')?.at(-1))).toBe('disconnected');
  });

  test('after Ctrl-C the broker keeps nothing but that daemon and sensor have ended; after a kill the last will says that the daemon is lost', async () => {
    const port = await freePort();
    const url = `mqtt://127.0.0.1:${port}`;
    await startBroker(port);
    for (const name of ['SIGINT', 'SIGKILL'] as const) {
      const affect = startAffect('run', ...simulated, '--mqtt', url, '--name', name);
      await affect.until(/quality/);
      affect.signal(name);
      await affect.ended;
      await new Promise((done) => setTimeout(done, 300));
      const { client, messages } = await listen(url, `affect/${name}/#`);
      await new Promise((done) => setTimeout(done, 300));
      await client.endAsync(true);
      expect(messages.get(`affect/${name}/availability`)?.map(stateIn)).toEqual([name === 'SIGINT' ? 'disconnected' : 'lost']);
      if (name === 'SIGINT') {
        const sensor = `affect/${name}/sensor/openbci-cyton/availability`;
        expect([...messages.keys()].sort()).toEqual([`affect/${name}/availability`, sensor]);
        expect(messages.get(sensor)?.map(stateIn)).toEqual(['disconnected']);
      }
    }
  });

  test('a broker that is not there ends nothing: estimates are printed, the queue waits', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const affect = startAffect('run', ...simulated, '--mqtt', url, '--for', '5s');
    expect((await affect.ended).code).toBe(0);
    expect(affect.stdout().match(/quality/g)?.length).toBeGreaterThanOrEqual(4);
    expect(affect.stderr()).toMatch(/MQTT.*127\.0\.0\.1.*trying every second/);
  });
});
