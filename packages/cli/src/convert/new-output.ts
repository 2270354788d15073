import { existsSync } from 'node:fs';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { whyNotWritten } from '../cannot-write.ts';
import { ConfigError } from '../errors.ts';
import { errorCode } from '../system-error.ts';

/**
 * Has `write` make a file or folder beside `out` under another name, and gives it its own when it is whole: whoever looks finds all of it or nothing. What was begun is
 * removed where `write` fails. Never overwrites: throws `ConfigError('bad-option')` where `out` exists, before anything is written and again at the end, and
 * `ConfigError('not-found')` where its folder is not there.
 */
export const newOutput = async <T>(out: string, write: (path: string) => Promise<T>): Promise<T> => {
  await refuseTaken(out);
  const folder = dirname(out);
  if (!existsSync(folder)) throw new ConfigError('not-found', `Cannot make '${out}': there is no such folder.`);
  const path = join(folder, `.${basename(out)}.part-${process.pid}`);
  try {
    const result = await write(path);
    await publish(path, out);
    return result;
  } catch (error) {
    throw whyNotWritten(out, error);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
};

/** Throws where there is something of that name. */
const refuseTaken = async (out: string): Promise<void> => {
  const isTaken = await lstat(out).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new ConfigError('bad-option', `'${out}' exists already, and nothing is ever overwritten: choose another name.`);
};

const publish = async (path: string, out: string): Promise<void> => {
  try {
    await link(path, out); // refuses a name that was taken meanwhile, which rename does not
  } catch (error) {
    if (errorCode(error) === 'EEXIST') await refuseTaken(out);
    // folders, and file systems without links
    await refuseTaken(out);
    await rename(path, out);
  }
};
