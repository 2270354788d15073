import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askBroker, type BrokerTarget } from '../src/doctor/ask-broker.ts';
import { askCertificate } from '../src/doctor/ask-certificate.ts';
import { thisMachine } from '../src/doctor/machine.ts';
import { startAffect } from './affect-process.ts';
import { freePort, mosquitto, type RunningBroker, startMosquitto } from './mosquitto.ts';

/** The doctor with real parts: Mosquitto with users, access lists and TLS, the whole program, this machine. */

const folder = mkdtempSync(join(tmpdir(), 'affect-doctor-real-'));
afterAll(() => rmSync(folder, { recursive: true }));

const brokers: RunningBroker[] = [];
afterAll(() => Promise.all(brokers.map(({ kill }) => kill())));
const start = async (lines: string): Promise<number> => {
  const port = await freePort();
  brokers.push(await startMosquitto(folder, port, `listener ${port} 127.0.0.1\n${lines}`));
  return port;
};

const ask = (port: number, some: Partial<BrokerTarget> = {}) =>
  askBroker({ url: `mqtt://127.0.0.1:${port}`, verify: true, protocol: 5, topic: 'affect/lab/bridge/response/doctor', ...some });

describe.skipIf(mosquitto === undefined)('a broker is asked', () => {
  test.each([5, '3.1.1'] as const)('a message goes and comes back (MQTT %s)', async (protocol) => {
    const facts = await ask(await start('allow_anonymous true\n'), { protocol });
    expect(facts).toMatchObject({ kind: 'connected', roundTripMs: expect.any(Number) });
    expect(facts).not.toHaveProperty('publishRefused');
  });

  test('nobody there, and no broker there', async () => {
    expect(await ask(await freePort())).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
    expect(await ask(1, { url: 'mqtt://no-such-name.invalid' })).toMatchObject({
      kind: 'unreachable',
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  test.each([5, '3.1.1'] as const)('a wrong password is a refusal (MQTT %s)', async (protocol) => {
    const passwords = join(folder, 'passwords');
    writeFileSync(passwords, '', { mode: 0o600 });
    const port = await start(`allow_anonymous false\npassword_file ${passwords}\n`);
    expect(await ask(port, { protocol, username: 'anna', password: 'wrong' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/not authorized|bad user/i),
    });
  });

  test.each([
    ['may only read', 'topic read affect/#', 5, { publishRefused: expect.stringMatching(/not authorized/i) }],
    ['may only write', 'topic write affect/#', 5, {}],
    ['may do nothing here', 'topic other/#', '3.1.1', {}],
  ] as const)('who %s does not get his message back', async (_, list, protocol, expected) => {
    const access = join(folder, `access-${list.replaceAll(/\W/g, '-')}`);
    writeFileSync(access, `${list}\n`, { mode: 0o600 });
    const facts = await ask(await start(`allow_anonymous true\nacl_file ${access}\n`), { protocol });
    expect(facts).toMatchObject({ kind: 'connected', ...expected });
    expect(facts).not.toHaveProperty('roundTripMs');
  });

  test('what it says of itself is read (MQTT 5)', async () => {
    const facts = await ask(await start('allow_anonymous true\nmax_packet_size 2048\nretain_available false\nmax_qos 1\n'));
    expect(facts).toMatchObject({ maximumPacketSize: 2048, retainAvailable: false });
  });
});

describe.skipIf(mosquitto === undefined)('a certificate is looked at', () => {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  beforeAll(() => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      path('ca.key'),
      '-out',
      path('ca.pem'),
      '-subj',
      '/CN=test authority',
      '-days',
      '3',
    );
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      path('b.key'),
      '-out',
      path('b.csr'),
      '-subj',
      '/CN=broker.test',
    );
    writeFileSync(path('ext'), 'subjectAltName=DNS:broker.test\n');
    openssl(
      'x509',
      '-req',
      '-in',
      path('b.csr'),
      '-CA',
      path('ca.pem'),
      '-CAkey',
      path('ca.key'),
      '-CAcreateserial',
      '-out',
      path('b.pem'),
      '-days',
      '2',
      '-extfile',
      path('ext'),
    );
  });
  const secure = (): Promise<number> =>
    start(`allow_anonymous true\ncafile ${path('ca.pem')}\ncertfile ${path('b.pem')}\nkeyfile ${path('b.key')}\n`);

  test('with its authority and its name it is believed, and a message goes over it', async () => {
    const port = await secure();
    const ca = readFileSync(path('ca.pem'), 'utf8');
    const facts = await askCertificate({ host: '127.0.0.1', port, servername: 'broker.test', ca });
    expect(facts).toMatchObject({ kind: 'shown', subject: 'broker.test', protocol: 'TLSv1.3' });
    expect(facts).not.toHaveProperty('distrusted');
    expect(Date.parse((facts as { validTo: string }).validTo) - Date.now()).toBeLessThan(2.1 * 86_400_000);
    expect(await ask(port, { url: `mqtts://127.0.0.1:${port}`, ca, servername: 'broker.test' })).toMatchObject({
      kind: 'connected',
      roundTripMs: expect.any(Number),
    });
  });

  test('without its authority, or under another name, it is not', async () => {
    const port = await secure();
    const ca = readFileSync(path('ca.pem'), 'utf8');
    expect(await askCertificate({ host: '127.0.0.1', port, servername: 'broker.test' })).toMatchObject({
      distrusted: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/),
    });
    expect(await askCertificate({ host: '127.0.0.1', port, servername: 'other.test', ca })).toMatchObject({
      distrusted: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(await ask(port, { url: `mqtts://127.0.0.1:${port}` })).toMatchObject({ kind: 'unreachable' });
  });

  test('a server without one shows none', async () => {
    expect(await askCertificate({ host: '127.0.0.1', port: await start('allow_anonymous true\n') })).toMatchObject({ kind: 'none' });
  });
});

test('the whole program looks at this machine, says it as JSON, and makes a bundle other programs can open', async () => {
  const bundle = join(folder, 'bundle.zip');
  const config = join(folder, 'affect.yaml');
  writeFileSync(config, 'version: 1\nsensors:\n  - { device: openbci-cyton, link: "simulated:cyton" }\n', { mode: 0o600 });
  const doctor = startAffect('doctor', '--config', config, '--json', '--bundle', bundle);
  const { code } = await doctor.ended;
  const { schema, exit_code: exitCode, findings } = JSON.parse(doctor.stdout());
  expect(schema).toBe('affect.doctor/1');
  expect(code).toBe(exitCode);
  const names = findings.map(({ check }: { check: string }) => check);
  for (const check of ['config', 'node', 'load', 'memory', 'clock', 'disk-room', 'disk-type', 'broker', 'engine', 'models', 'speed'])
    expect(names).toContain(check);
  expect(names).not.toContain('doctor'); // no check failed itself
  const listed = execFileSync(
    'python3',
    ['-c', 'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(*z.namelist())', bundle],
    { encoding: 'utf8' },
  );
  expect(listed.trim().split(' ')).toEqual(['README.txt', 'findings.json', 'versions.json', 'config.yaml', 'log.txt']);
  expect((await startAffect('doctor', '--config', config, '--bundle', bundle).ended).code).toBe(2); // never overwritten
});

test('a program that is not there is no program that failed, and one that hangs is ended', async () => {
  const { run } = thisMachine();
  expect(await run('affect-no-such-program')).toBeUndefined();
  expect(await run('sh', '-c', 'echo out; echo err >&2; exit 3')).toEqual({ code: 3, out: 'out\n', err: 'err\n' });
  expect(await run('sleep', '60')).toMatchObject({ code: 1 });
});
