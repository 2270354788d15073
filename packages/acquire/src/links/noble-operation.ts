import type { NobleEmitter } from './noble-library.ts';

export type Hook = readonly [emitter: NobleEmitter, event: string, listener: (...args: never[]) => void];

/**
 * An operation that events tell the end of: `begin` starts it, one of the `hooks` resolves or rejects it, `late` gives the error when
 * `timeoutSec` are over. However it ends, every listener it added is gone again.
 */
export const nobleOperation = <T>(operation: {
  readonly timeoutSec: number;
  readonly hooks: (resolve: (value: T) => void, reject: (error: unknown) => void) => readonly Hook[];
  readonly begin: () => void;
  readonly late: () => unknown;
}): Promise<T> =>
  new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      for (const [emitter, event, listener] of hooks) emitter.removeListener(event, listener);
    };
    const fail = (error: unknown): void => {
      finish();
      reject(error);
    };
    const hooks = operation.hooks((value) => {
      finish();
      resolve(value);
    }, fail);
    for (const [emitter, event, listener] of hooks) emitter.on(event, listener);
    const timer = setTimeout(() => fail(operation.late()), operation.timeoutSec * 1000);
    try {
      operation.begin();
    } catch (error) {
      fail(error);
    }
  });
