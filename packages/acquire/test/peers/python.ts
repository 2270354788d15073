import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root, seen from this file or from a benchmark bundled elsewhere. */
const root = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'pnpm-workspace.yaml')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
})();
const requirements = join(root, 'packages/acquire/test/peers/requirements.txt');
const cache = join(root, 'node_modules/.cache/test-peers');
/** Several test processes may want the environment at once: the others wait this long for the one that makes it. */
const longestInstallMs = 10 * 60_000;
const maxOutputBytes = 512 * 2 ** 20;

/** What a peer program gave. */
export interface PeerRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a committed Python script with the pinned packages of requirements.txt and gives what it printed, parsed as JSON. The environment is made on
 * first use under node_modules/.cache and again when the list changes (python3 with venv, and PyPI, are needed then). Throws, never skips:
 * where the environment cannot be made, and where the script fails, with what it said.
 *
 * @example
 * const read = python(new URL('peers/read_xdf.py', import.meta.url), [file]) as { streams: … };
 */
export const python = (script: URL, args: readonly string[]): unknown => {
  const path = fileURLToPath(script);
  const { code, stdout, stderr } = runPeer('python', ['-W', 'ignore', path, ...args]);
  if (code !== 0) throw new Error(`The peer script '${path}' failed with exit code ${code}: ${stderr.trim().slice(-4000)}`);
  return JSON.parse(stdout);
};

/** Runs a program of the environment (`python`, `bids-validator-deno`) to its end, whatever its exit code. Throws where there is no environment. */
export const runPeer = (program: string, args: readonly string[]): PeerRun => {
  const bin = `${environment()}/bin`;
  const { status, stdout, stderr, error } = spawnSync(`${bin}/${program}`, args, {
    encoding: 'utf8',
    maxBuffer: maxOutputBytes,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1' },
  });
  if (error !== undefined) throw new Error(`The peer '${program}' cannot be run: ${error.message}`, { cause: error });
  return { code: status ?? -1, stdout, stderr };
};

/** The folder of the environment, made where it is not there yet. */
const environment = (): string => {
  const fingerprint = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const venv = `${cache}/${fingerprint}`;
  const mark = `${venv}/installed`;
  if (existsSync(mark)) return venv;
  const lock = `${cache}/lock`;
  mkdirSync(cache, { recursive: true });
  while (!locked(lock)) {
    if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > longestInstallMs)
      rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
  try {
    if (existsSync(mark)) return venv;
    rmSync(venv, { recursive: true, force: true });
    install('python3', ['-m', 'venv', venv]);
    install(`${venv}/bin/python`, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    writeFileSync(mark, '');
    return venv;
  } finally {
    rmdirSync(lock);
  }
};

const locked = (lock: string): boolean => {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const install = (command: string, args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status === 0) return;
  const said = error?.message ?? stderr.trim().slice(-2000);
  throw new Error(
    `The Python peers cannot be installed, and without them this test proves nothing. '${command} ${args.join(' ')}' failed: ${said}\n` +
      'Needed once: python3 with venv (apt install python3-venv) and a way to PyPI.',
  );
};
