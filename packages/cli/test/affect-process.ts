import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The whole program as a user runs it, in a process of its own; `pnpm build` comes first. */

/** The cli package, seen from this file or from a benchmark bundled into its `dist`. */
const cli = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../..' : '..', import.meta.url));
export const executable = join(cli, 'bin/affect.js');
export const recording = (name: string): string => join(cli, 'test/recordings', name);

/** `tsc -b` alone leaves the bundled program as it was: bundle again what it has compiled since. */
const bundleWhatIsNew = (): void => {
  const program = join(cli, 'dist/program/main.js');
  const built = existsSync(program) ? statSync(program).mtimeMs : 0;
  const isNew = ['acquire', 'features', 'models', 'cli'].some((name) => {
    const dist = join(cli, '..', name, 'dist');
    return readdirSync(dist, { recursive: true, encoding: 'utf8' }).some(
      (file) =>
        file.endsWith('.js') && !/^(program|dashboard.page|bench|examples)/.test(file) && statSync(join(dist, file)).mtimeMs > built,
    );
  });
  if (isNew) execFileSync(process.execPath, [join(cli, 'bundle.mjs'), '--keep'], { stdio: 'inherit' });
};
let isBundled = false;

export interface AffectProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first match of a pattern in stdout or stderr, as soon as it is there; rejects when the program ends without it. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export const startAffect = (...args: string[]): AffectProcess => start([process.execPath, executable, ...args]);

/** The same on the first core only (Linux). */
export const startAffectOnOneCore = (...args: string[]): AffectProcess =>
  start(['taskset', '-c', '0', process.execPath, executable, ...args]);

const start = ([command, ...args]: string[]): AffectProcess => {
  if (!existsSync(join(cli, 'dist/main.js'))) throw new Error("not built: run 'pnpm build' first");
  if (!isBundled) bundleWhatIsNew();
  isBundled = true;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const hear = (stream: 'stdout' | 'stderr') => (data: Buffer) => {
    said[stream] += data;
    for (const check of waiting) check();
  };
  child.stdout.on('data', hear('stdout'));
  child.stderr.on('data', hear('stderr'));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) =>
    child.on('close', (code, signal) => done({ code, signal })),
  );
  return {
    pid: child.pid!,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    signal: (name) => child.kill(name),
    ended,
    until: (pattern) =>
      new Promise((found, reject) => {
        const check = (): void => {
          const match = pattern.exec(said.stdout) ?? pattern.exec(said.stderr);
          if (match === null) return;
          waiting.delete(check);
          found(match);
        };
        waiting.add(check);
        check();
        ended.then(() => reject(new Error(`ended without ${pattern}:\n${said.stdout}\n${said.stderr}`)));
      }),
  };
};

/** Largest resident memory of a running process so far, MB (Linux); undefined once it is gone. */
export const peakMegabytes = (pid: number): number | undefined => {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? undefined : Number(match[1]) / 1024;
  } catch {
    return undefined;
  }
};

/** True where something listens on this loopback port. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

/** Processes whose parent is this one (Linux). */
export const childrenOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  } catch {
    return '';
  }
};
