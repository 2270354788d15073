import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type AffectProcess, startAffect } from './affect-process.ts';
import { freePort } from './mosquitto.ts';

/**
 * Secrets, names and addresses are planted wherever a person can write one; then everything the program gives out is searched for them: log, metrics,
 * topics and payloads, page, help for bug reports, messages about mistakes.
 */

const canaries = {
  password: 'canary-pass/word+"1',
  username: 'canary-user-anna',
  consent: 'Canary-Consent of Anna',
  exception: 'Canary-Exception decided by Anna',
  mac: 'CA:4A:12:FE:0D:01',
  bleName: 'Canary Annas Muse',
  serial: 'usb-Canary_Anna_DM01CANARY-if00',
  home: 'canary-home-anna',
  environment: 'canary-environment-token',
  mark: 'Canary Anna is angry',
} as const;
/** Every form in which one could slip out. */
const forms: readonly string[] = [
  ...new Set(
    Object.values(canaries).flatMap((text) => [
      text,
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
    ]),
  ),
  ...['ca4a12fe0d01', 'CA4A12FE0D01', 'ca:4a:12:fe:0d:01', 'CA-4A-12-FE-0D-01', 'ca-4a-12-fe-0d-01'],
];
const found = (text: string): string[] => forms.filter((form) => text.includes(form));
/** A person at a terminal is told where their own files are. */
const foundOnTerminal = (text: string): string[] => found(text.replaceAll(folder, ''));

const root = mkdtempSync(join(tmpdir(), 'affect-'));
const folder = join(root, 'home', canaries.home);
const file = join(folder, 'affect.yaml');
const heard: string[] = [];
let credentials: readonly string[] = [];
let server: Server;
let closeBroker: () => Promise<void>;
let port = 0;
let metricsPort = 0;

const config = (link: string, device: string): string => `version: 1
station: lab
intended_use: workplace
exception: "${canaries.exception}, a long enough reason"
subject: { id: p01, consent: "${canaries.consent}" }
sensors:
  - { device: openbci-cyton, link: 'simulated:cyton?seed=7' }
  - { device: ${device}, link: '${link}' }
line: { models: [ eeg-arousal-simulated ] }
mqtt:
  url: mqtt://127.0.0.1:${port}
  username: ${canaries.username}
  password: { file: secrets/password }
  publish: { features: true, raw: true, marks: false }
home_assistant: { interval: 1s }
page: { port: 0 }
metrics: { enabled: true, port: ${metricsPort} }
marks: { http: { enabled: true, port: 0 } }
record: { folder: recordings }
state: { folder: state }
log: { level: debug }
`;

beforeAll(async () => {
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  writeFileSync(join(folder, 'secrets/password'), `${canaries.password}\n`);
  chmodSync(join(folder, 'secrets/password'), 0o600);
  process.env.AFFECT_TOKEN = canaries.environment;
  port = await freePort();
  metricsPort = await freePort();
  const broker = await Aedes.createBroker();
  broker.authenticate = (_, username, password, done) => {
    credentials = [username ?? '', password?.toString() ?? ''];
    done(null, true);
  };
  broker.on('publish', ({ topic, payload }) => {
    if (!topic.startsWith('$SYS')) heard.push(`${topic} ${payload.toString()}`);
  });
  server = createServer((socket) => broker.handle(socket)).listen(port, '127.0.0.1');
  closeBroker = () => new Promise((done) => broker.close(() => server.close(() => done())));
});
afterAll(async () => {
  delete process.env.AFFECT_TOKEN;
  await closeBroker();
  rmSync(root, { recursive: true, force: true });
});

/** Everything the open page gives a browser that has its link: its files, its greeting and some frames. */
const pageTexts = async (link: string): Promise<string> => {
  const { origin, host } = new URL(link);
  const entered = await fetch(link);
  const cookie = entered.headers.get('set-cookie')!.split(';', 1)[0];
  const files = await Promise.all(
    ['/', '/page.js', '/page.css', '/nothing'].map(async (path) => (await fetch(`${origin}${path}`, { headers: { cookie } })).text()),
  );
  const messages: string[] = [];
  const socket = new WebSocket(`ws://${host}/live`, { headers: { origin, cookie } });
  socket.on('message', (data) => messages.push(data.toString()));
  await new Promise((done) => socket.on('open', done));
  await new Promise((done) => setTimeout(done, 2500));
  socket.terminate();
  expect(messages.length).toBeGreaterThan(5);
  expect(messages.join()).toContain('"type":"hello"');
  return [...files, ...messages].join('\n');
};

const finished = async (affect: AffectProcess): Promise<string> => {
  await affect.ended;
  return affect.stdout() + affect.stderr();
};

test('what was planted in the configuration is in no log, metric, topic, payload, page or note of a daemon', async () => {
  writeFileSync(
    file,
    config(
      `serial:/dev/serial/by-id/${canaries.serial}`,
      'gsr-lines, options: { sfreq: 4, unit: microsiemens, format: label, column: EDA }',
    ),
  );
  const affect = startAffect('run', '--config', file);
  await affect.until(/The first estimate/);
  const [, marksUrl] = await affect.until(/POST (http:\S+\/mark) with/);
  const marksToken = readFileSync(join(folder, 'state/marks-token'), 'utf8').trim();
  const mark = await fetch(marksUrl, { method: 'POST', body: canaries.mark, headers: { authorization: `Bearer ${marksToken}` } });
  expect(mark.status).toBe(201);
  await affect.until(/"about":"link".*"state":"(lost|retrying)"/);
  const link = JSON.parse(readFileSync(join(folder, 'state/page-link.json'), 'utf8')).link as string;
  expect(await finished(startAffect('page', '--config', file))).toBe(`${link}\n`);
  const page = await pageTexts(link);
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(metrics).toContain('affect_estimates_total');
  affect.signal('SIGTERM');
  const log = await finished(affect);

  expect(credentials).toEqual([canaries.username, canaries.password]);
  expect(heard.some((message) => message.startsWith('homeassistant/device/'))).toBe(true);
  for (const topic of ['estimate/', 'feature/', 'raw/', 'session', 'bridge/info', 'bridge/health', 'sensor/'])
    expect(
      heard.some((message) => message.startsWith(`affect/lab/${topic}`)),
      topic,
    ).toBe(true);
  expect(found(log)).toEqual([]);
  expect(log).not.toContain(new URL(link).searchParams.get('token'));
  expect(log).not.toContain(marksToken);
  expect(found(metrics)).toEqual([]);
  expect(found(heard.join('\n'))).toEqual([]);
  expect(found(page)).toEqual([]);
  const kept = readdirSync(join(folder, 'state'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, 'state', name))
    .filter((path) => statSync(path).isFile());
  for (const path of kept) expect(found(readFileSync(path, 'latin1')), path).toEqual([]);
});

test.each([
  ['an address', `ble:${canaries.mac}`],
  ['a name', `ble:name=${encodeURIComponent(canaries.bleName)}`],
])('a Bluetooth sensor by %s that cannot be reached is told of without it', async (_, link) => {
  writeFileSync(file, config(link, 'muse-2'));
  const affect = startAffect('run', '--config', file);
  await affect.until(/Trying again in|"state":"(lost|retrying|stalled)"|The first estimate/);
  affect.signal('SIGTERM');
  expect(found(await finished(affect))).toEqual([]);
  expect(found(heard.join('\n'))).toEqual([]);
});

test('what the configuration is asked for shows none of it: print, dry run, notice, schema, mistakes', async () => {
  writeFileSync(file, config(`ble:${canaries.mac}`, 'muse-2'));
  for (const argv of [['config', 'print'], ['config', 'print', '--format', 'json'], ['run', '--dry-run'], ['notice']]) {
    const said = await finished(startAffect(...argv, '--config', file));
    expect(said.length).toBeGreaterThan(100);
    expect(foundOnTerminal(said), argv.join(' ')).toEqual([]);
  }
  const wrong = join(root, 'wrong.yaml');
  const text = config(`ble:${canaries.mac}`, 'muse-2');
  for (const mistake of [
    text.replace('{ file: secrets/password }', JSON.stringify(canaries.password)),
    text.replace('{ file: secrets/password }', `{ fille: ${JSON.stringify(canaries.password)} }`),
    text.replace('password: { file: secrets/password }', `passwort: ${JSON.stringify(canaries.password)}`),
    text.replace('mqtt://', `mqtt://${canaries.username}:${encodeURIComponent(canaries.password)}@`),
    text.replace('id: p01', `id: ${canaries.username}`),
    text.replace('{ file: secrets/password }', `"${canaries.environment}`),
  ]) {
    writeFileSync(wrong, mistake);
    const affect = startAffect('config', 'check', '--config', wrong);
    expect(found(await finished(affect))).toEqual([]);
    expect((await affect.ended).code).toBe(2);
  }
});

test('the bundle for a bug report holds none of it', async () => {
  writeFileSync(file, config(`ble:${canaries.mac}`, 'muse-2'));
  const zip = join(root, 'report.zip');
  const said = await finished(startAffect('doctor', '--config', file, '--bundle', zip));
  expect(existsSync(zip)).toBe(true);
  const texts = unzipped(readFileSync(zip));
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.join('\n').length).toBeGreaterThan(500);
  expect(found(texts.join('\n'))).toEqual([]);
  expect(foundOnTerminal(said)).toEqual([]);
});

/** The files of a ZIP archive, from its local headers. */
const unzipped = (bytes: Buffer): string[] => {
  const texts: string[] = [];
  for (let at = bytes.indexOf('PK\x03\x04'); at >= 0; at = bytes.indexOf('PK\x03\x04', at + 4)) {
    const [method, size, nameLength, extraLength] = [
      bytes.readUInt16LE(at + 8),
      bytes.readUInt32LE(at + 18),
      bytes.readUInt16LE(at + 26),
      bytes.readUInt16LE(at + 28),
    ];
    const from = at + 30 + nameLength + extraLength;
    const content = bytes.subarray(from, from + size);
    texts.push(bytes.toString('utf8', at + 30, at + 30 + nameLength), (method === 8 ? inflateRawSync(content) : content).toString('utf8'));
  }
  return texts;
};
