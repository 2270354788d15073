import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What the board does to its bytes. Each is off when absent. */
export interface SerialFaults {
  /** Cut what is written at random. */
  readonly split?: boolean;
  /** Keep everything back for a while, once, then send it all at once. */
  readonly holdSec?: number;
  /** Send only so often, in one piece. */
  readonly burstSec?: number;
  /** Leave out one frame in so many. */
  readonly dropEvery?: number;
  /** Break the start byte of one frame in so many. */
  readonly corruptEvery?: number;
  /** Answer commands in words while streaming. */
  readonly echo?: boolean;
}

export interface SentCount {
  /** Samples the board took since it was last started. */
  readonly samples: number;
  readonly dropped: number;
  readonly corrupted: number;
}

type BoardMessage =
  | { readonly kind: 'listening' }
  | { readonly kind: 'command'; readonly text: string }
  | ({ readonly kind: 'sent' } & SentCount);

/** A board in a process of its own behind a real pty. */
export interface SerialRig {
  /** The host's end of the line. */
  readonly tty: string;
  /** Commands the board got, oldest first. */
  readonly commands: readonly string[];
  readonly inject: (faults: SerialFaults) => void;
  readonly sent: () => Promise<SentCount>;
  /** Pulls the cable: the port is gone. */
  readonly unplug: () => Promise<void>;
  /** Puts it back: the port is there again, under the same name. */
  readonly plug: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

/** The number counts that sample n of channel c of a board stands for; `board.mjs` has its own. */
export const boardValue = (n: number, c: number): number => (Math.imul(n * 16 + c, 2654435761) >> 8) | 0;

/** Starts a board and plugs it in. Everything dies with this process. */
export const startSerialRig = async (kind: 'cyton' | 'wide'): Promise<SerialRig> => {
  const folder = mkdtempSync(join(tmpdir(), 'affect-serial-'));
  const socket = join(folder, 'board.sock');
  const tty = join(folder, 'ttyUSB0');
  const program = fileURLToPath(new URL('board.mjs', import.meta.url));
  const board = fork(program, [socket, JSON.stringify({ kind })], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const commands: string[] = [];
  const counts: ((count: SentCount) => void)[] = [];
  const listening = once(board, 'message');
  board.on('message', (message: BoardMessage) => {
    if (message.kind === 'command') commands.push(message.text);
    if (message.kind === 'sent') counts.shift()?.(message);
  });
  await listening;

  let cable: ChildProcess | undefined;
  const plug = async (): Promise<void> => {
    cable = spawn('socat', [`PTY,link=${tty},raw,echo=0`, `UNIX-CONNECT:${socket}`], { stdio: 'ignore' });
    for (let i = 0; i < 500 && !existsSync(tty); i++) await sleep(10);
    if (!existsSync(tty)) throw new Error('socat made no pty within 5 s.');
  };
  const unplug = async (): Promise<void> => {
    if (cable !== undefined) await end(cable);
    // socat killed in mid-flight leaves its link, which points to a pty that is gone.
    if (lstatSync(tty, { throwIfNoEntry: false }) !== undefined) rmSync(tty);
  };
  const sweep = (): void => {
    cable?.kill('SIGKILL');
    board.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', sweep);
  await plug();

  return {
    tty,
    commands,
    inject: (faults) => void board.send({ faults }),
    sent: () =>
      new Promise((resolve) => {
        counts.push(resolve);
        board.send({ ask: 'sent' });
      }),
    plug,
    unplug,
    stop: async () => {
      process.removeListener('exit', sweep);
      await unplug();
      await end(board);
      sweep();
    },
  };
};
