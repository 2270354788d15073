import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelError } from '@affect-edge/models';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

export interface RunTasksOptions {
  readonly start: WorkerStart;
  /** Numbers of the tasks to run. */
  readonly ids: readonly number[];
  readonly workers: number;
  readonly onDone: (id: number) => void;
  /** Ends all workers between two tasks' results. */
  readonly stop: AbortSignal;
}

// One thread each: a sum over threads would round differently on another number of cores.
const oneThread = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '3' };

/**
 * Runs tasks in processes of their own, as many at a time as there are workers, in the order given. Resolves when all are written, or when `stop`
 * fires. Rejects with the first failure of a task, the other workers ended.
 */
export const runTasks = async ({ start, ids, workers, onDone, stop }: RunTasksOptions): Promise<void> => {
  const waiting = [...ids];
  const children: ChildProcess[] = [];
  const work = (): Promise<void> =>
    new Promise((done, fail) => {
      const child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...process.env, ...oneThread },
      });
      children.push(child);
      const say = (message: ToWorker): void => void child.send(message);
      const next = (): void => {
        const id = waiting.shift();
        if (id === undefined || stop.aborted) child.disconnect();
        else say({ kind: 'run', id });
      };
      let failure: Error | undefined;
      child.on('message', (message: FromWorker) => {
        if (message.kind === 'failed') {
          failure = new ModelError('diverged', message.message);
          child.kill();
          return;
        }
        if (message.kind === 'done') onDone(message.id);
        next();
      });
      child.on('error', fail);
      child.on('exit', (code, signal) => {
        if (failure) fail(failure);
        else if (stop.aborted || (code === 0 && signal === null)) done();
        else fail(new ModelError('diverged', `A worker ended before its task was done (${signal ?? `code ${code}`}).`));
      });
      say({ kind: 'start', start });
    });
  const end = (): void => {
    for (const child of children) child.kill();
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    await Promise.all(Array.from({ length: Math.min(workers, ids.length) }, work));
  } finally {
    stop.removeEventListener('abort', end);
    for (const child of children) if (child.exitCode === null) child.kill();
  }
};
