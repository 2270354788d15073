import { spawn } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { availableParallelism, homedir, userInfo } from 'node:os';
import { type SerialFacts, serialFacts } from '@affect-edge/acquire';

/** What a program printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Where the facts come from: files, programs, this process. Replaced in tests by recordings of other machines. */
export interface Machine extends SerialFacts {
  readonly platform: string;
  readonly arch: string;
  readonly nodeVersion: string;
  readonly cores: number;
  readonly user: { readonly name: string; readonly home: string; readonly uid: number };
  /** Groups of this process, by number. */
  readonly groups: readonly number[];
  readonly nowMs: () => number;
  /** Runs a program for at most five seconds; undefined where there is none of this name. */
  readonly run: (program: string, ...args: string[]) => Promise<Ran | undefined>;
  /** Room on the file system a path is on; undefined where the path is not there. */
  readonly room: (path: string) => Promise<{ readonly freeBytes: number; readonly totalBytes: number } | undefined>;
}

/** The machine this runs on. */
export const thisMachine = (): Machine => {
  const { username, uid } = userInfo();
  return {
    platform: process.platform,
    arch: process.arch,
    nodeVersion: process.versions.node,
    cores: availableParallelism(),
    user: { name: username, home: homedir(), uid },
    groups: process.getgroups?.() ?? [],
    nowMs: () => Date.now(),
    ...serialFacts,
    run: runProgram,
    room: (path) =>
      statfs(path).then(
        ({ bavail, blocks, bsize }) => ({ freeBytes: bavail * bsize, totalBytes: blocks * bsize }),
        () => undefined,
      ),
  };
};

const longestMs = 5000;
const mostBytes = 4e6;

const runProgram: Machine['run'] = (program, ...args) =>
  new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: longestMs, env: { ...process.env, LC_ALL: 'C' } });
    const said = { out: '', err: '' };
    for (const [stream, pipe] of [
      ['out', child.stdout],
      ['err', child.stderr],
    ] as const) {
      pipe.on('data', (data: Buffer) => {
        if (said[stream].length < mostBytes) said[stream] += data.toString();
      });
    }
    child.once('error', () => done(undefined));
    child.once('close', (code) => done({ code: code ?? 1, ...said }));
  });

/** Running programs by their kernel name (at most 15 letters), with the number of each. */
export const processes = async ({ list, text }: Machine): Promise<readonly { readonly pid: string; readonly name: string }[]> =>
  Promise.all(
    (await list('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => ({ pid, name: (await text(`/proc/${pid}/comm`)).trim() })),
  );
