import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { missingPrograms } from '../serial/programs.ts';
import { type H4Proxy, h4Proxy } from './h4-proxy.ts';

/** The Debian packages the rig is made of. */
export const RIG_PACKAGES = 'sudo apt-get install -y bluez-test-tools socat gcc libc6-dev';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** What the machine lacks for the rig: names of programs, empty when it can run. */
export const missingForRig = (): readonly string[] => missingPrograms(['btvirt', 'socat', 'cc']);

export interface PeripheralOptions {
  readonly kind: 'muse' | 'heart-rate';
  /** The advertised name. */
  readonly name: string;
}

export type PeripheralMessage =
  | { readonly kind: 'advertising'; readonly address: string }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'streaming'; readonly on: boolean }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'sent'; readonly packets: number };

/** An emulated peripheral in a process of its own. */
export interface RigPeripheral {
  readonly address: string;
  /** Everything it told so far, oldest first. */
  readonly messages: readonly PeripheralMessage[];
  readonly commands: () => readonly string[];
  readonly send: (message: object) => void;
  readonly next: (kind: PeripheralMessage['kind']) => Promise<PeripheralMessage>;
  /** Battery out: host and radio are gone, and no controller says a word about it. */
  readonly kill: () => Promise<void>;
}

export interface Rig {
  /** The pty on which the central finds its Bluetooth controller. */
  readonly centralTty: string;
  /** The fault injector on the central's side. */
  readonly faults: H4Proxy;
  readonly peripheral: (options: PeripheralOptions) => Promise<RigPeripheral>;
  readonly stop: () => Promise<void>;
}

const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const end = async (child: ChildProcess): Promise<void> => {
  if (exited(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

const appears = async (path: string): Promise<void> => {
  for (let i = 0; i < 500; i++) {
    if (existsSync(path)) return;
    await sleep(10);
  }
  throw new Error(`The Bluetooth rig waited 5 s for ${path}.`);
};

/**
 * A virtual air: BlueZ's `btvirt` with one controller for the central, reached through the fault-injecting proxy, and one for every
 * peripheral. Each rig has a folder of its own; everything in it dies with this process.
 */
export const startRig = async (): Promise<Rig> => {
  const folder = mkdtempSync(join(tmpdir(), 'affect-rig-'));
  const shim = join(folder, 'shim.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, here('btvirt-shim.c'), '-ldl']);
  const children = new Set<ChildProcess>();
  let stopped = false;
  const run = (program: string, args: readonly string[]): ChildProcess => {
    const env = { ...process.env, LD_PRELOAD: shim, RIG_DIR: folder };
    const child = spawn(program, args, { env, stdio: 'ignore' });
    children.add(child);
    return child;
  };
  const sweep = (): void => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', sweep);

  const bridge = async (tty: string, socket: string): Promise<ChildProcess> => {
    const child = run('socat', [`PTY,link=${tty},raw,echo=0`, `UNIX-CONNECT:${socket}`]);
    await appears(tty);
    return child;
  };

  const air = join(folder, 'bt-server-le');
  run('btvirt', ['-s']).once('exit', (code, signal) => {
    if (!stopped)
      console.error(`*** btvirt ended by itself (${signal ?? code}): every Bluetooth test from here on fails for that reason. ***`);
  });
  await appears(air);
  const faults = await h4Proxy(join(folder, 'central.sock'), air);
  const centralTty = join(folder, 'tty-central');
  await bridge(centralTty, join(folder, 'central.sock'));

  let nPeripherals = 0;
  const peripheral = async (options: PeripheralOptions): Promise<RigPeripheral> => {
    const tty = join(folder, `tty-${nPeripherals++}`);
    const radio = await bridge(tty, air);
    const child = fork(here('peripheral.mjs'), [tty, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    children.add(child);
    const messages: PeripheralMessage[] = [];
    const waiting: { readonly kind: string; readonly resolve: (message: PeripheralMessage) => void }[] = [];
    child.on('message', (message: PeripheralMessage) => {
      messages.push(message);
      for (const waiter of waiting.filter(({ kind }) => kind === message.kind)) {
        waiting.splice(waiting.indexOf(waiter), 1);
        waiter.resolve(message);
      }
    });
    const next = (kind: PeripheralMessage['kind']) => new Promise<PeripheralMessage>((resolve) => waiting.push({ kind, resolve }));
    const advertising = await Promise.race([next('advertising'), once(child, 'exit').then(() => undefined)]);
    if (advertising?.kind !== 'advertising') throw new Error(`The emulated ${options.kind} did not start advertising.`);
    return {
      address: advertising.address,
      messages,
      commands: () => messages.flatMap((message) => (message.kind === 'command' ? [message.text] : [])),
      send: (message) => child.send(message),
      next,
      kill: async () => {
        await Promise.all([end(child), end(radio)]);
      },
    };
  };

  const stop = async (): Promise<void> => {
    stopped = true;
    process.removeListener('exit', sweep);
    await Promise.all([...children].map(end));
    faults.close();
    sweep();
  };
  return { centralTty, faults, peripheral, stop };
};
