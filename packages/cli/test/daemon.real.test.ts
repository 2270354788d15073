import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectRecording } from '@affect-edge/acquire';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type AffectProcess, executable, isListening, startAffect } from './affect-process.ts';
import { freePort } from './mosquitto.ts';

const root = mkdtempSync(join(tmpdir(), 'affect-daemon-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
  file = join(folder, 'affect.yaml');
});
const write = (more: string, hop = '500ms'): void =>
  writeFileSync(
    file,
    `version: 1\nstation: test\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton?seed=7' } ]\nstate: { folder: state }\n` +
      `line: { hop: ${hop}, models: [ eeg-arousal-simulated ] }\n${more}`,
  );
const noPage = 'page: { enabled: false }\n';
/** What the log says, entry by entry. */
const entries = (affect: AffectProcess): Record<string, unknown>[] =>
  affect
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));

describe('affect run with a configuration', () => {
  test('logs JSON, and nothing else, from start to end; ends within 2 s with exit code 0', async () => {
    write(noPage);
    const affect = startAffect('run', '--config', file);
    await affect.until(/The first estimate/);
    const askedAt = performance.now();
    affect.signal('SIGTERM');
    expect(await affect.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAt).toBeLessThan(2000);
    expect(affect.stdout().trimEnd().split('\n')).toHaveLength(entries(affect).length);
    expect(affect.stderr()).toBe('');
    expect(entries(affect).at(-1)?.msg).toMatch(/^Done: \d+ estimates, no losses\.$/);
  });

  test('a mistake in the file ends it at once with exit code 2; nothing is tried again', async () => {
    write('pgae: { port: 1 }\n');
    const affect = startAffect('run', '--config', file);
    expect(await affect.ended).toEqual({ code: 2, signal: null });
    expect(affect.stderr()).toBe(
      `affect: ${file}:6:1: pgae: unknown key 'pgae'. Did you mean 'page'? Keys here are ${affect.stderr().split('Keys here are ')[1]}`,
    );
    expect(affect.stdout()).toBe('');
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  test('a port that is taken is waited for', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    write(`page: { port: ${port} }\n`);
    const affect = startAffect('run', '--config', file);
    await affect.until(/No free port for the page: expected port \d+ on 127\.0\.0\.1, taken by another program\. .*Trying again in 1 s\./);
    await affect.until(/Trying again in 5 s\./);
    await new Promise((done) => taken.close(done));
    await affect.until(/The first estimate/);
    expect(await isListening(port)).toBe(true);
    affect.signal('SIGTERM');
    expect((await affect.ended).code).toBe(0);
  });

  test('SIGHUP reads the file again: what is wrong is refused, what changed begins a new session, a level changes at once', async () => {
    write(noPage);
    const affect = startAffect('run', '--config', file);
    await affect.until(/The first estimate/);
    affect.signal('SIGHUP');
    await affect.until(/nothing has changed/);
    write(`${noPage}pgae: 1\n`);
    affect.signal('SIGHUP');
    await affect.until(/refused, everything goes on as it was: .*Did you mean 'page'/);
    write(`${noPage}log: { level: debug }\n`);
    affect.signal('SIGHUP');
    await affect.until(/log\.level is debug/);
    expect(affect.stdout()).not.toContain('Done:');
    write(`${noPage}log: { level: debug }\n`, '250ms');
    affect.signal('SIGHUP');
    await affect.until(/line changed: this session ends and a new one begins/);
    await affect.until(/The first estimate[\s\S]*Done:[\s\S]*The first estimate/);
    affect.signal('SIGTERM');
    expect((await affect.ended).code).toBe(0);
    expect(entries(affect).filter(({ msg }) => String(msg).startsWith('Done:'))).toHaveLength(2);
  });

  test.skipIf(!existsSync('/proc/self/net/tcp'))(
    'page, broker and metrics listen on loopback, and nothing listens anywhere else',
    async () => {
      write(`page: { port: 0 }\nmetrics: { enabled: true, port: ${await freePort()} }\n`);
      const affect = startAffect('run', '--config', file);
      await affect.until(/The first estimate/);
      const addresses = listeningAddresses(affect.pid);
      affect.signal('SIGTERM');
      await affect.ended;
      expect(addresses).toHaveLength(3);
      expect(new Set(addresses)).toEqual(new Set(['0100007F']));
    },
  );

  test('two do not share a folder; one that was killed leaves it free', async () => {
    write(noPage);
    const first = startAffect('run', '--config', file);
    await first.until(/"about":"mqtt"/);
    const second = startAffect('run', '--config', file);
    expect((await second.ended).code).toBe(2);
    expect(second.stderr()).toContain(`is in use by process ${first.pid}, another 'affect run'`);
    first.signal('SIGKILL');
    await first.ended;
    const third = startAffect('run', '--config', file);
    await third.until(/The first estimate/);
    third.signal('SIGTERM');
    expect((await third.ended).code).toBe(0);
    expect(readdirSync(join(folder, 'state'))).toEqual([]);
  });

  test('--dry-run says what would run and touches nothing; --once ends with the first estimate', async () => {
    write('record: { folder: recordings }\n');
    const dry = startAffect('run', '--config', file, '--dry-run');
    expect((await dry.ended).code).toBe(0);
    expect(dry.stdout()).toContain('Sensor  openbci-cyton on simulated:cyton?seed=7: eeg, acceleration');
    expect(dry.stdout()).toContain('Nothing was opened, nothing was published.');
    expect(readdirSync(folder)).toEqual(['affect.yaml']);
    const once = startAffect('run', '--config', file, '--once', '--dry-run', '--json');
    expect((await once.ended).code).toBe(0);
    expect(
      once
        .stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([0]);
    expect(readdirSync(folder)).toEqual(['affect.yaml']);
  });

  test('what was typed wins over the file', async () => {
    write(noPage);
    const affect = startAffect('run', '--config', file, '--name', 'kitchen', '--hop', '1s', '--once');
    expect((await affect.ended).code).toBe(0);
    expect(affect.stdout()).toContain('topic affect/kitchen/#');
  });
});

test('killed while the broker is away and started again: what was estimated before arrives, marked as late', async () => {
  const port = await freePort();
  write(`${noPage}mqtt: { url: 'mqtt://127.0.0.1:${port}' }\noutbox: { sync: 100ms }\n`);
  const first = startAffect('run', '--config', file);
  await first.until(/The first estimate/);
  await new Promise((done) => setTimeout(done, 2000));
  first.signal('SIGKILL');
  await first.ended;

  const estimates: { session: string; seq: number; historical: boolean }[] = [];
  const broker = await Aedes.createBroker();
  broker.on('publish', ({ topic, payload }) => {
    if (topic.startsWith('affect/test/estimate/')) estimates.push(JSON.parse(payload.toString()));
  });
  const server = createServer((socket) => broker.handle(socket)).listen(port, '127.0.0.1');
  const second = startAffect('run', '--config', file);
  await second.until(/The first estimate/);
  second.signal('SIGTERM');
  expect((await second.ended).code).toBe(0);
  await new Promise<void>((done) => broker.close(() => server.close(() => done())));

  const sessions = [...new Set(estimates.map(({ session }) => session))];
  expect(sessions).toHaveLength(2);
  const of = (session: string) => estimates.filter((estimate) => estimate.session === session);
  for (const session of sessions) expect(of(session).map(({ seq }) => seq)).toEqual(of(session).map((_, seq) => seq));
  expect(of(sessions[0]).length).toBeGreaterThanOrEqual(3);
  expect(of(sessions[0]).every(({ historical }) => historical)).toBe(true);
  expect(of(sessions[1]).some(({ historical }) => historical)).toBe(false);
});

test('marks come in by HTTP and by MQTT, are published in order with what they say, and outlive a broker that is away', async () => {
  const port = await freePort();
  const mqttUrl = `mqtt://127.0.0.1:${port}`;
  write(`${noPage}mqtt: { url: '${mqttUrl}' }\nhome_assistant: {}\nmarks: { http: { enabled: true, port: 0 } }\n`);
  const affect = startAffect('run', '--config', file);
  const [, url] = await affect.until(/POST (http:\/\/127\.0\.0\.1:\d+\/mark) with/);
  await affect.until(/The first estimate/);
  const token = readFileSync(join(folder, 'state/marks-token'), 'utf8').trim();
  const post = (body: string, type: string, shown = token) =>
    fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${shown}`, 'content-type': type } });
  expect((await post('eyes closed of Anna', 'text/plain')).status).toBe(201);
  expect((await post('{"valence":0.4,"text":"after lunch"}', 'application/json')).status).toBe(201);
  expect((await post('{"valence":"much"}', 'application/json')).status).toBe(400);
  expect((await post('by another', 'text/plain', 'ab'.repeat(16))).status).toBe(401);

  const marks: { schema: string; session: string; seq: number; t_sec: number; text: string }[] = [];
  const discoveries: string[] = [];
  let heard = (): void => {};
  const broker = await Aedes.createBroker();
  broker.on('publish', ({ topic, payload }) => {
    if (topic.startsWith('homeassistant/device/')) discoveries.push(topic);
    if (topic === 'affect/test/mark') marks.push(JSON.parse(payload.toString()));
    heard();
  });
  const has = (n: number, of: readonly unknown[] = marks) =>
    new Promise<void>((done) => {
      heard = () => of.length >= n && done();
      heard();
    });
  const server = createServer((socket) => broker.handle(socket)).listen(port, '127.0.0.1');
  await has(2);
  const client = await connectAsync(mqttUrl);
  await client.publishAsync('affect/test/mark/set', 'door');
  await has(3);
  await has(1, discoveries);
  await client.endAsync();
  affect.signal('SIGTERM');
  expect((await affect.ended).code).toBe(0);
  await new Promise<void>((done) => broker.close(() => server.close(() => done())));
  expect(marks.map(({ schema, seq, text }) => [schema, seq, text])).toEqual([
    ['affect.mark/1', 0, 'eyes closed of Anna'],
    ['affect.mark/1', 1, 'self-report valence=0.4 after lunch'],
    ['affect.mark/1', 2, 'door'],
  ]);
  expect(affect.stdout()).not.toContain('Anna');
  expect(affect.stdout()).not.toContain(token);
  const id = readFileSync(join(folder, 'state/home-assistant-id'), 'utf8').trim();
  expect(new Set(discoveries)).toEqual(new Set([`homeassistant/device/affect_${id}/config`]));
});

test.skipIf(!existsSync('/usr/bin/script'))('a line typed on its terminal is a mark, and Ctrl-C still ends it', async () => {
  write(`${noPage}record: { folder: recordings }\n`);
  // exec: not every shell steps aside for the one command it is given, and one that stays is ended by the Ctrl-C
  const terminal = spawn('/usr/bin/script', ['-qefc', `exec '${process.execPath}' '${executable}' run --config '${file}'`, '/dev/null']);
  let said = '';
  const until = (pattern: RegExp) =>
    new Promise<void>((found, reject) => {
      const look = (): void => {
        if (pattern.test(said)) found();
      };
      terminal.stdout.on('data', (data: Buffer) => {
        said += data;
        look();
      });
      terminal.once('close', () => reject(new Error(`ended without ${pattern}: ${said}`)));
      look();
    });
  await until(/Stop +Ctrl-C/);
  terminal.stdin.write('eyes closed\n');
  await until(/Mark +\d+\.\d{3} s {2}\(keys\)/);
  const ended = new Promise((done) => terminal.once('close', done));
  terminal.stdin.write('\x03');
  expect(await ended).toBe(0);
  const [name] = readdirSync(join(folder, 'recordings'));
  expect(await inspectRecording(join(folder, 'recordings', name))).toMatchObject({ nDamages: 0, marks: 1 });
});

describe('recording while it runs', () => {
  test('the parts bear the subject, hold its consent as a hash only, and are forgotten on demand', async () => {
    const nobody = `mqtt: { url: 'mqtt://127.0.0.1:${await freePort()}' }\n`; // so that estimates wait in the outbox
    write(
      `${noPage}${nobody}record: { folder: recordings, split: 1m, keep: 1d }\nsubject: { id: p01, consent: 'form 3 of Anna Canary' }\n`,
    );
    const affect = startAffect('run', '--config', file);
    await affect.until(/The first estimate/);
    const early = startAffect('forget', 'p01', '--yes', '--config', file);
    expect((await early.ended).code).toBe(2);
    expect(early.stderr()).toContain('is running and may be recording. Stop it first');
    affect.signal('SIGTERM');
    expect((await affect.ended).code).toBe(0);
    const [name] = readdirSync(join(folder, 'recordings'));
    expect(name).toMatch(/^p01_\d{4}-\d\d-\d\d-[0-9a-f]{12}-001\.xdf$/);
    const bytes = readFileSync(join(folder, 'recordings', name), 'latin1');
    expect(bytes).not.toContain('Canary');
    expect(bytes).toContain('consentSha256');
    const verify = startAffect('verify', join(folder, 'recordings', name));
    expect((await verify.ended).code).toBe(0);

    writeFileSync(join(folder, 'recordings', 'thesis.txt'), 'mine');
    const listed = startAffect('forget', 'p01', '--config', file);
    expect((await listed.ended).code).toBe(0);
    expect(listed.stdout()).toContain(name);
    expect(listed.stdout()).toMatch(/Outbox {5}[1-9]\d* messages not sent yet/);
    expect(listed.stdout()).toContain('the list of 1 session');
    expect(listed.stdout()).toContain('Nothing was deleted: add --yes');
    const other = startAffect('forget', 'p02', '--yes', '--config', file);
    expect((await other.ended).code).toBe(0);
    expect(readdirSync(join(folder, 'recordings'))).toHaveLength(2);
    const done = startAffect('forget', 'p01', '--yes', '--config', file);
    expect((await done.ended).code).toBe(0);
    expect(readdirSync(join(folder, 'recordings'))).toEqual(['thesis.txt']);
    expect(readFileSync(join(folder, 'state', 'sessions.jsonl'), 'utf8')).toBe('');
    const again = startAffect('forget', 'p01', '--config', file);
    expect((await again.ended).code).toBe(0);
    expect(again.stdout()).toMatch(/^Nothing is kept of p01 in /);
    const outbox = join(folder, 'state/outbox');
    const left = readdirSync(outbox, { recursive: true, encoding: 'utf8' }).map((name) => readFileSync(join(outbox, name), 'latin1'));
    expect(left.join('')).not.toContain('affect.estimate/1');
  });
});

/** Local addresses a process listens on (Linux): IPv4 and IPv6 in the kernel's hexadecimal. */
const listeningAddresses = (pid: number): string[] => {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((row) => sockets.has(row[9]) && (row[3] === '0A' || table.startsWith('udp')))
      .map((row) => row[1].split(':')[0]),
  );
};
