import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { childrenOf, isListening, startAffect } from './affect-process.ts';

const portOf = (url: string): number => Number(new URL(url).port);

describe('affect demo', () => {
  test('30 s print at least 20 estimates, and an ordinary MQTT client receives them as the documented JSON', async () => {
    const affect = startAffect('demo', '--for', '30s');
    const [, url] = await affect.until(/MQTT +(mqtt:\/\/127\.0\.0\.1:\d+)/);
    const [, pageUrl] = await affect.until(/Page +(http:\S+)/);
    const client = await connectAsync(url);
    const received: { topic: string; payload: string }[] = [];
    client.on('message', (topic, payload) => received.push({ topic, payload: payload.toString() }));
    await client.subscribeAsync('affect/demo/#');
    expect((await affect.ended).code).toBe(0);
    await client.endAsync(true);

    const printed = affect.stdout().match(/^ +[\d.]+ s .*quality.*$/gm) ?? [];
    expect(printed.length).toBeGreaterThanOrEqual(20);
    expect(affect.stdout()).not.toContain('\x1b');

    const estimates = received.filter(({ topic }) => topic.startsWith('affect/demo/estimate/')).map(({ payload }) => JSON.parse(payload));
    expect(estimates.length).toBeGreaterThanOrEqual(20);
    expect(new Set(estimates.map(({ session }) => session)).size).toBe(1);
    expect(estimates.map(({ seq }) => seq)).toEqual(estimates.map((_, i) => estimates[0].seq + i));
    for (const estimate of estimates) {
      expect(Object.keys(estimate)).toEqual([
        ...['schema', 'session', 'seq', 't_sec', 't_start_sec', 'time', 'model', 'values', 'uncertainty', 'quality'],
        ...['simulated', 'pairing', 'historical'],
      ]);
      expect(Object.keys(estimate.uncertainty)).toEqual(Object.keys(estimate.values));
      for (const [low, high] of Object.values<[number, number]>(estimate.uncertainty)) expect(low).toBeLessThan(high);
      expect(estimate).toMatchObject({ schema: 'affect.estimate/1', simulated: { input: true, model: true }, pairing: null });
      expect(estimate.model.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(Object.values(estimate.values).every((value) => Number.isFinite(value))).toBe(true);
      expect(estimate.t_sec - estimate.t_start_sec).toBeGreaterThan(0);
    }
    const said = (topic: string) => received.filter((message) => message.topic === `affect/demo/${topic}`).map(({ payload }) => payload);
    expect(said('availability').map((payload) => JSON.parse(payload).state)).toEqual(['ready', 'disconnected']);
    expect(JSON.parse(said('session')[0])).toMatchObject({ schema: 'affect.session/1', station: 'demo', simulated: { input: true } });
    expect(await isListening(portOf(url))).toBe(false);
    expect(await isListening(portOf(pageUrl))).toBe(false);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it within 2 s with exit code 0 and leaves nothing behind', async (name) => {
    const affect = startAffect('demo');
    const [, url] = await affect.until(/MQTT +(mqtt:\/\/127\.0\.0\.1:\d+)/);
    const [, pageUrl] = await affect.until(/Page +(http:\S+)/);
    await affect.until(/quality/);
    expect(childrenOf(affect.pid)).toBe('');
    const pressedAt = performance.now();
    affect.signal(name);
    // npm and the terminal may both pass it on
    affect.signal(name);
    expect(await affect.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - pressedAt).toBeLessThan(2000);
    expect(await isListening(portOf(url))).toBe(false);
    expect(await isListening(portOf(pageUrl))).toBe(false);
    expect(affect.stdout()).toMatch(/Done: \d+ estimates/);
  });

  test('two demos side by side take different ports', async () => {
    const [one, other] = [startAffect('demo', '--for', '3s'), startAffect('demo', '--for', '3s')];
    const ports = await Promise.all([one, other].map(async (affect) => (await affect.until(/MQTT +(\S+)/))[1]));
    expect(new Set(ports).size).toBe(2);
    expect((await one.ended).code).toBe(0);
    expect((await other.ended).code).toBe(0);
  });
});
