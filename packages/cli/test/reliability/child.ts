import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A part of the harness in a process of its own, which tells what it does. */
export interface Child<Said> {
  readonly process: ChildProcess;
  readonly said: Said[];
  readonly tell: (order: unknown) => void;
  readonly gone: Promise<number | null>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts this same program (bundled) as `role`, with the arguments as JSON, and with the heap that a small computer gives it. */
export const startChild = <Said>(role: string, args: object, onSaid: (said: Said) => void = () => {}): Child<Said> => {
  const child = fork(fileURLToPath(import.meta.url), ['--role', role, JSON.stringify(args)], {
    execArgv: ['--expose-gc', '--max-old-space-size=256'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const said: Said[] = [];
  child.on('message', (message) => {
    said.push(message as Said);
    onSaid(message as Said);
  });
  const gone = new Promise<number | null>((done) => child.once('exit', done));
  running.add(child.once('exit', () => running.delete(child)));
  return { process: child, said, tell: (order) => child.send(order as object), gone };
};
