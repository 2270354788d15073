import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { notifier } from '../src/sd-notify.ts';
import { startAffect } from './affect-process.ts';

/** What systemd would hear, from a listener that behaves like it at the socket. */

const folder = mkdtempSync(join(tmpdir(), 'affect-notify-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints each message, and closes the descriptors that come with it, which is systemd's receipt. Ends after the last word. */
const listen = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    text, fds, _, _ = socket.recv_fds(s, 4096, 4)
    for fd in fds:
        os.close(fd)
    print(text.decode().replace('\\n', ' '), flush=True)
    if b'STOPPING=1' in text:
        break
`;

let systemd: ChildProcess;
let ended: Promise<unknown>;
let heard = '';
let turn = 0;
const before = { ...process.env };
beforeEach(async () => {
  heard = '';
  process.env.NOTIFY_SOCKET = join(folder, `notify-${++turn}`); // systemd-notify inherits it
  systemd = spawn('python3', ['-c', listen, process.env.NOTIFY_SOCKET], { stdio: ['ignore', 'pipe', 'inherit'] });
  ended = new Promise((done) => systemd.once('close', done));
  await new Promise<void>((done) =>
    systemd.stdout!.on('data', (data: Buffer) => {
      heard += data;
      if (heard.startsWith('listening')) done();
    }),
  );
});
afterEach(() => {
  systemd.kill('SIGKILL');
  process.env = { ...before };
});
const messages = (): string[] => heard.split('\n').filter((line) => line.includes('=') && !line.startsWith('BARRIER'));

test('what is told arrives at systemd’s socket, in order', async () => {
  const told = notifier();
  told.ready('3 streams, 0 drops, outbox 0');
  told.alive('3 streams, 2 drops, outbox 7');
  told.stopping();
  await ended;
  expect(messages()).toEqual([
    'READY=1 STATUS=3 streams, 0 drops, outbox 0',
    'WATCHDOG=1 STATUS=3 streams, 2 drops, outbox 7',
    'STOPPING=1',
  ]);
});

test('the daemon is ready when its line is up, feeds the watchdog while samples come, and says goodbye', async () => {
  const config = join(folder, 'affect.yaml');
  writeFileSync(
    config,
    `version: 1\nsensors: [{ device: openbci-cyton, link: "simulated:cyton" }]\npage: { enabled: false }\nstate: { folder: ${join(folder, 'state')} }\n`,
  );
  process.env.WATCHDOG_USEC = '1500000'; // fed every half a second
  const affect = startAffect('run', '--config', config);
  const wanted = new Promise<void>((done) => {
    systemd.stdout!.on('data', () => {
      if (messages().filter((line) => line.startsWith('WATCHDOG=1')).length >= 3) done();
    });
  });
  await Promise.race([wanted, affect.ended.then(() => Promise.reject(new Error(`${affect.stdout()}\n${affect.stderr()}`)))]);
  affect.signal('SIGTERM');
  expect((await affect.ended).code).toBe(0);
  await ended;
  expect(messages()[0]).toMatch(/^READY=1 STATUS=.+/);
  expect(messages().find((line) => line.startsWith('WATCHDOG=1'))).toMatch(/STATUS=no losses/);
  expect(messages().at(-1)).toBe('STOPPING=1');
});

test('a line that cannot be right is never ready, and ends with the code that systemd does not start again', async () => {
  const config = join(folder, 'wrong.yaml');
  writeFileSync(config, 'version: 1\nsensors: [{ device: openbci-cytn, link: "simulated:cyton" }]\n');
  const affect = startAffect('run', '--config', config);
  expect((await affect.ended).code).toBe(2);
  expect(messages()).toEqual([]);
});
