import { Script } from 'node:vm';

/** Thrown by `withinTime`. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

const place = Symbol.for('affect-edge.within-time');
const call = new Script('globalThis[Symbol.for("affect-edge.within-time")]()');

/**
 * The result of `work`, which must not wait for anything; throws `OutOfTime` where it has not ended after `ms`, wherever it was: for calls into compiled
 * code that a damaged input may keep busy for ever. What was interrupted must not be used again. A call costs a thread while it lasts, about 0.1 ms.
 */
export const withinTime = <T>(ms: number, work: () => T): T => {
  Object.defineProperty(globalThis, place, { value: work, configurable: true });
  try {
    return call.runInThisContext({ timeout: ms });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new OutOfTime(`it did not end within ${ms / 1000} s`, { cause });
    }
    throw cause;
  } finally {
    Reflect.deleteProperty(globalThis, place);
  }
};
