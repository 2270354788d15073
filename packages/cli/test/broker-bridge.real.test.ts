import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { estimateMessage, sessionMessage, topics } from '../src/message.ts';
import { openOutbox } from '../src/outbox/outbox.ts';
import { type MqttOptions, mqtt } from '../src/sinks/mqtt.ts';
import type { Sink } from '../src/sinks/sink.ts';
import { block, card, estimate, session, vector } from './fakes.ts';
import { discoveryFaults } from './home-assistant-schema.ts';
import { freePort, mosquitto, type RunningBroker, startMosquitto } from './mosquitto.ts';
import { pause, until } from './reliability/figure.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-bridge-'));
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A reader that keeps everything it gets, in order. */
const reader = async (
  url: string,
  topic: string,
): Promise<{ client: MqttClient; of: (topic: string) => string[]; all: Map<string, string[]> }> => {
  const client = await connectAsync(url);
  const all = new Map<string, string[]>();
  client.on('message', (name, payload) => all.set(name, [...(all.get(name) ?? []), payload.toString()]));
  await client.subscribeAsync(topic, { qos: 1 });
  closing.push(() => client.endAsync(true));
  return { client, all, of: (name) => all.get(name) ?? [] };
};

const open = async (options: Partial<MqttOptions> & Pick<MqttOptions, 'url'>): Promise<Sink & { said: string[] }> => {
  const said: string[] = [];
  const sink = await mqtt({
    topics: topics('test'),
    session: sessionMessage(session, [card]),
    retryMs: 100,
    onLink: (detail) => said.push(detail),
    ...options,
  })(() => {});
  closing.push(() => sink.close(500));
  return Object.assign(sink, { said });
};
const push = (sink: Sink, seq: number): void => sink.estimate!(estimate(seq), estimateMessage(session, seq, estimate(seq))!);
const connected = (sink: { said: string[] }) => until('connected', () => sink.said.includes('connected'), 5000);

describe.skipIf(mosquitto === undefined)('what is said over a real broker', () => {
  let broker: RunningBroker;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    broker = await startMosquitto(folder, port);
  });
  afterAll(() => broker.kill());

  test.each(['3.1.1', 5] as const)('MQTT %s: estimates, and what was asked for besides', async (protocolVersion) => {
    const name = `v${protocolVersion}`;
    const tree = topics(name);
    const { of } = await reader(broker.url, `affect/${name}/#`);
    const sink = await open({
      url: broker.url,
      topics: tree,
      protocolVersion,
      features: true,
      raw: { maxPerSec: 10 },
      estimates: { maxPerSec: 1 },
    });
    await connected(sink);
    for (let seq = 0; seq < 4; seq++) push(sink, seq);
    sink.vector!(vector(1), { feature: 'mean' } as never);
    sink.block!(block(0));
    await until('all there', () => of(tree.raw('eeg')).length > 0 && of(tree.feature('eeg', 'mean')).length > 0, 3000);
    // Half-second estimates, one a second let through.
    expect(of(tree.estimate('made-up')).map((payload) => JSON.parse(payload).seq)).toEqual([0, 2]);
    expect(JSON.parse(of(tree.raw('eeg'))[0]!)).toMatchObject({
      schema: 'affect.raw/1',
      channels: ['Fp1', 'O1'],
      first_sample: 0,
      sfreq: 100,
      data: [Array(10).fill(1), Array(10).fill(1)],
    });
    expect(JSON.parse(of(tree.info)[0]!)).toMatchObject({ schema: 'affect.info/1', publishes: { raw: { maxPerSec: 10 } } });
  });

  test('raw samples and features stay here unless they are asked for', async () => {
    const { all } = await reader(broker.url, 'affect/private/#');
    const sink = await open({ url: broker.url, topics: topics('private') });
    await connected(sink);
    for (let n = 0; n < 20; n++) sink.block!(block(10 * n));
    expect(sink.vector).toBeUndefined();
    push(sink, 0);
    await until('the estimate', () => all.has('affect/private/estimate/made-up'), 3000);
    await pause(100);
    expect([...all.keys()].filter((topic) => /raw|feature|state/.test(topic))).toEqual([]);
  });

  test('a request is answered with its id; a retained one, a long one and nonsense change nothing', async () => {
    const tree = topics('ask');
    const { client, of } = await reader(broker.url, 'affect/ask/bridge/response/#');
    await client.publishAsync(tree.request('health'), '{"id":"old"}', { retain: true });
    const marks: string[] = [];
    const sink = await open({ url: broker.url, topics: tree, onMark: (text) => marks.push(text) });
    await connected(sink);
    push(sink, 0);
    await client.publishAsync(tree.request('health'), '{"id":7}');
    await client.publishAsync(tree.request('self-report'), '{"id":8,"valence":0.4}');
    await client.publishAsync(tree.request('run-code'), '{"id":9}');
    await client.publishAsync(tree.request('mark'), 'x'.repeat(5000));
    await until(
      'four answers',
      () => ['health', 'self-report', 'run-code', 'mark'].every((name) => of(tree.response(name)).length > 0),
      3000,
    );
    const answer = (name: string) => JSON.parse(of(tree.response(name))[0]!);
    expect(answer('health')).toMatchObject({ id: 7, status: 'ok', data: { schema: 'affect.health/1', line: { estimates: 1 } } });
    expect(answer('self-report')).toMatchObject({ id: 8, status: 'ok' });
    expect(answer('run-code')).toMatchObject({ id: 9, status: 'error' });
    expect(answer('mark')).toMatchObject({ status: 'error', error: expect.stringContaining('5000') });
    expect(of(tree.response('health'))).toHaveLength(1);
    expect(marks).toEqual(['self-report valence=0.4']);
  });

  test('marks come in; without somebody who takes them nothing is listened for', async () => {
    const tree = topics('marks');
    const marks: string[] = [];
    const sink = await open({ url: broker.url, topics: tree, onMark: (text) => marks.push(text) });
    const deaf = await open({ url: broker.url, topics: topics('deaf') });
    await Promise.all([connected(sink), connected(deaf)]);
    const { client } = await reader(broker.url, 'affect/none');
    await pause(100);
    for (const payload of ['coffee', '{"text":"eyes closed"}', '{"valence":0.5,"arousal":0.1}', '{"bad":1}'])
      await client.publishAsync(tree.markSet, payload);
    await until('three marks', () => marks.length >= 3, 3000);
    expect(marks).toEqual(['coffee', 'eyes closed', 'self-report valence=0.5 arousal=0.1']);
  });

  test('each sensor says how it is, in words without addresses; one that is gone since the last run is forgotten', async () => {
    const tree = topics('sensors');
    const { client, of } = await reader(broker.url, 'affect/sensors/sensor/#');
    await client.publishAsync(tree.sensorAvailability('old-one'), '{"state":"ready"}', { retain: true, qos: 1 });
    const sink = await open({ url: broker.url, topics: tree });
    await connected(sink);
    const report = (state: 'opening' | 'open' | 'lost') =>
      sink.report!({ kind: 'link', uri: 'simulated:cyton', state, detail: 'AA:BB:CC:DD:EE:FF' });
    for (const state of ['opening', 'open', 'lost'] as const) report(state);
    await until('three states', () => of(tree.sensorAvailability('openbci-cyton')).length === 3, 3000);
    expect(of(tree.sensorAvailability('openbci-cyton')).map((payload) => JSON.parse(payload))).toMatchObject([
      { state: 'init' },
      { state: 'ready' },
      { state: 'lost', reason: 'lost' },
    ]);
    await until('the old one gone', () => of(tree.sensorAvailability('old-one')).at(-1) === '', 3000);
    await sink.close(1000);
    await pause(100);
    expect(JSON.parse(of(tree.sensorAvailability('openbci-cyton')).at(-1)!)).toMatchObject({ state: 'disconnected' });
  });

  test('Home Assistant: announced, again on birth, states throttled, entities that have gone removed, the device removed when asked', async () => {
    const tree = topics('home');
    const config = 'homeassistant/device/affect_n1/config';
    const { client, of } = await reader(broker.url, '#');
    const homeAssistant = { nodeId: 'n1', everySec: 5 };
    const first = await open({ url: broker.url, topics: tree, homeAssistant });
    await connected(first);
    await until('announced', () => of(config).length === 1, 3000);
    for (let seq = 0; seq < 40; seq++) push(first, seq);
    await until('all estimates', () => of(tree.estimate('made-up')).length === 40, 3000);
    expect(of(tree.state('made-up'))).toHaveLength(4);
    await client.publishAsync('homeassistant/status', 'online');
    await until('announced again', () => of(config).length === 2, 4000);
    expect(of(config)[1]).toBe(of(config)[0]);
    await until('the newest state again', () => of(tree.state('made-up')).length === 5, 1000);
    await first.close(500);

    const fewer = { ...card, outputs: [card.outputs[0]!] };
    const second = await open({ url: broker.url, topics: tree, session: sessionMessage(session, [fewer]), homeAssistant });
    await connected(second);
    await until('removed, then announced', () => of(config).length === 4, 3000);
    const [removal, after] = of(config)
      .slice(2)
      .map((payload) => JSON.parse(payload));
    expect(removal.components.scl_microsiemens).toEqual({ platform: 'sensor' });
    expect(after.components.scl_microsiemens).toBeUndefined();
    for (const payload of of(config)) expect(discoveryFaults(config, JSON.parse(payload))).toEqual([]);
    await client.publishAsync(tree.request('remove-discovery'), '');
    await until('the device gone', () => of(config).at(-1) === '', 3000);
  });

  test('what an outbox kept over a restart comes first, as historical, and nothing is missing', async () => {
    const tree = topics('late');
    const { of } = await reader(broker.url, 'affect/late/estimate/#');
    const nowhere = `mqtt://127.0.0.1:${await freePort()}`;
    const first = await open({ url: nowhere, topics: tree, outbox: openOutbox({ folder: join(folder, 'late') }) });
    for (let seq = 0; seq < 30; seq++) push(first, seq);
    await first.close(0);
    const second = await open({ url: broker.url, topics: tree, outbox: openOutbox({ folder: join(folder, 'late') }) });
    push(second, 30);
    await until('everything', () => of(tree.estimate('made-up')).length === 31, 5000);
    const messages = of(tree.estimate('made-up')).map((payload) => JSON.parse(payload));
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, seq) => seq));
    expect(messages.map(({ historical }) => historical)).toEqual([...Array(30).fill(true), false]);
    await second.close(500);
    expect(openOutbox({ folder: join(folder, 'late') }).figures().depth).toBe(0);
  });

  test('a second daemon that says "lost" for an earlier one does not have the last word', async () => {
    const tree = topics('race');
    const { client, of } = await reader(broker.url, tree.availability);
    const sink = await open({ url: broker.url, topics: tree });
    await connected(sink);
    await until('ready', () => of(tree.availability).length > 0, 2000);
    await client.publishAsync(tree.availability, '{"state":"lost","session":"an earlier one"}', { retain: true, qos: 1 });
    await until('said again', () => of(tree.availability).length >= 3, 2000);
    expect(JSON.parse(of(tree.availability).at(-1)!)).toEqual({ state: 'ready', session: 'test-session' });
  });
});

/** Keys and certificates made for this test: a CA, a server for `localhost`, one for another name, a client. */
const certificates = () => {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test ca');
  for (const [name, subject] of [
    ['localhost', 'DNS:localhost'],
    ['elsewhere', 'DNS:broker.example'],
    ['client', 'DNS:client'],
  ] as const) {
    openssl(
      'req',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${subject}`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-copy_extensions',
      'copy',
      '-out',
      `${name}.pem`,
    );
  }
  return at;
};

describe.skipIf(mosquitto === undefined)('TLS', () => {
  let at: (name: string) => string;
  const secure = async (server: string, more = ''): Promise<number> => {
    const port = await freePort();
    const broker = await startMosquitto(
      folder,
      port,
      `listener ${port} 127.0.0.1\nallow_anonymous true\ncafile ${at('ca.pem')}\ncertfile ${at(`${server}.pem`)}\nkeyfile ${at(`${server}.key`)}\n${more}`,
    );
    closing.push(broker.kill);
    return port;
  };
  const pem = (name: string): Buffer => readFileSync(at(name));
  beforeAll(() => {
    at = certificates();
  });

  test('a broker whose certificate is of our CA is believed, one of nobody we know is not', async () => {
    const port = await secure('localhost');
    const known = await open({ url: `mqtts://localhost:${port}`, topics: topics('tls'), tls: { ca: pem('ca.pem') } });
    const unknown = await open({ url: `mqtts://localhost:${port}`, topics: topics('tls2') });
    await connected(known);
    await until('a reason', () => unknown.said.length > 0, 3000);
    expect(unknown.said[0]).toMatch(/certificate/);
    expect(unknown.said).not.toContain('connected');
  });

  test('a certificate for another name is refused, and believed where that name is the one asked for', async () => {
    const port = await secure('elsewhere');
    const tls = { ca: pem('ca.pem') };
    const wrong = await open({ url: `mqtts://localhost:${port}`, topics: topics('tls3'), tls });
    const right = await open({ url: `mqtts://localhost:${port}`, topics: topics('tls4'), tls: { ...tls, servername: 'broker.example' } });
    const careless = await open({ url: `mqtts://localhost:${port}`, topics: topics('tls5'), tls: { verify: false } });
    await Promise.all([connected(right), connected(careless)]);
    await until('a reason', () => wrong.said.length > 0, 3000);
    expect(wrong.said[0]).toMatch(/altnames|localhost/i);
  });

  test('a client certificate is shown where the broker wants one', async () => {
    const port = await secure('localhost', 'require_certificate true\n');
    const tls = { ca: pem('ca.pem') };
    const without = await open({ url: `mqtts://localhost:${port}`, topics: topics('tls6'), tls });
    const shown = await open({
      url: `mqtts://localhost:${port}`,
      topics: topics('tls7'),
      tls: { ...tls, cert: pem('client.pem'), key: pem('client.key') },
    });
    await connected(shown);
    await until('a reason', () => without.said.length > 0, 3000);
    expect(without.said).not.toContain('connected');
  });

  test('TLS 1.1 is not spoken, with a server that speaks nothing newer', async () => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const server = createTlsServer({ ...old, cert: pem('localhost.pem'), key: pem('localhost.key') }, (socket) =>
      socket.on('error', () => {}),
    );
    server.on('tlsClientError', () => {});
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closing.push(async () => server.close());
    const { port } = server.address() as { port: number };
    const spoken = await new Promise((done) => {
      const socket = connectTls({ ...old, port, host: '127.0.0.1', ca: pem('ca.pem'), servername: 'localhost' }, () => {
        done(socket.getProtocol());
        socket.destroy();
      });
    });
    expect(spoken).toBe('TLSv1.1');
    const sink = await open({
      url: `mqtts://127.0.0.1:${port}`,
      topics: topics('tls8'),
      tls: { ca: pem('ca.pem'), servername: 'localhost' },
    });
    await until('a reason', () => sink.said.length > 0, 3000);
    expect(sink.said[0]).toMatch(/version|protocol/i);
  });
});

describe.skipIf(mosquitto === undefined)('a broker with a password', () => {
  test('the right one is let in, the wrong one told why, and the password is in no word of it', async () => {
    const port = await freePort();
    const passwords = join(folder, 'passwords');
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, 'anna', 'sesame-canary'], { stdio: 'ignore' });
    const broker = await startMosquitto(folder, port, `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\n`);
    closing.push(broker.kill);
    for (const protocolVersion of ['3.1.1', 5] as const) {
      const right = await open({ url: broker.url, topics: topics('pw1'), username: 'anna', password: 'sesame-canary', protocolVersion });
      const wrong = await open({ url: broker.url, topics: topics('pw2'), username: 'anna', password: 'wrong-canary', protocolVersion });
      await connected(right);
      await until('a reason', () => wrong.said.length > 0, 3000);
      expect(wrong.said[0]).toMatch(/authoriz/i);
      expect([...right.said, ...wrong.said].join()).not.toContain('canary');
    }
  });
});
