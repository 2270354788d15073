import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { isListening, startAffect } from './affect-process.ts';

const mosquitto = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'affect-broker-'));
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const broker of running) broker.kill('SIGKILL');
});

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

const startBroker = async (port: number): Promise<ChildProcess> => {
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
  const broker = spawn(mosquitto!, ['-c', config], { stdio: 'ignore' });
  running.add(broker.once('exit', () => running.delete(broker)));
  while (!(await isListening(port))) await new Promise((done) => setTimeout(done, 20));
  return broker;
};

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
    const gone = new Promise((done) => first.once('exit', done));
    first.kill('SIGKILL');
    await gone;
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
    expect(messages.get('affect/kitchen/availability')?.at(-1)).toBe('offline');
  });

  test('after Ctrl-C the broker keeps nothing but "offline"; after a kill its last will says the same', async () => {
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
      expect(messages.get(`affect/${name}/availability`)).toEqual(['offline']);
      if (name === 'SIGINT') expect([...messages.keys()]).toEqual([`affect/${name}/availability`]);
    }
  });

  test('a broker that is not there ends nothing: estimates are printed, the queue waits', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const affect = startAffect('run', ...simulated, '--mqtt', url, '--for', '5s');
    expect((await affect.ended).code).toBe(0);
    expect(affect.stdout().match(/quality/g)?.length).toBeGreaterThanOrEqual(4);
    expect(affect.stderr()).toMatch(/MQTT.*127\.0\.0\.1.*trying every second/);
    rmSync(folder, { recursive: true, force: true });
  });
});
