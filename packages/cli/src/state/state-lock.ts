import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { errorCode } from '../system-error.ts';

const lockFile = (folder: string): string => join(folder, 'run.pid');

/** The process that uses the state folder now; undefined where none does. */
export const holderOf = (folder: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(lockFile(folder), 'utf8'), 10);
    return pid > 0 && pid !== process.pid && isRunning(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Takes the state folder for this process and gives what lets it go. A file left by a process that is gone is taken over.
 * @throws ConfigError('in-use') where another daemon has it: two would send each other's messages.
 */
export const holdState = (folder: string): (() => void) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = holderOf(folder);
  if (holder !== undefined) {
    throw new ConfigError(
      'in-use',
      `${folder} is in use by process ${holder}, another 'affect run'. Stop that one, or give this one its own folder: 'state: { folder: … }'.`,
    );
  }
  rmSync(lockFile(folder), { force: true });
  const handle = openSync(lockFile(folder), 'wx', 0o600);
  try {
    writeSync(handle, `${process.pid}\n`);
  } finally {
    closeSync(handle);
  }
  return () => rmSync(lockFile(folder), { force: true });
};

/** True for a process there is, if it is a Node program where that can be seen: a number may have been given to another one since. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('affect');
  } catch {
    return true;
  }
};
