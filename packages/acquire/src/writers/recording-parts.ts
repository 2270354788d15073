import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { AcquireError } from '../errors.ts';
import { fileError } from '../files/file-error.ts';

/** When a recording goes on in a new file; whichever comes first. */
export interface PartSize {
  readonly maxSec?: number;
  readonly maxBytes?: number;
}

/**
 * The paths of the parts of a recording: `run-001.xdf`, `run-002.xdf` … for `run.xdf`. Throws `AcquireError('bad-option')` where one of any number exists
 * already: a part that could not be begun in the middle of a session would be too late a time to say so.
 */
export const refuseTakenParts = async (path: string): Promise<(number: number) => string> => {
  const extension = extname(path);
  const stem = basename(path, extension);
  const folder = dirname(path);
  const names = await readdir(folder).catch((cause) => {
    throw fileError(folder, cause);
  });
  const taken = names.find(
    (name) =>
      name.startsWith(`${stem}-`) &&
      name.endsWith(extension) &&
      /^\d{3,}$/.test(name.slice(stem.length + 1, name.length - extension.length)),
  );
  if (taken !== undefined) {
    throw new AcquireError(
      'bad-option',
      `'${join(folder, taken)}' exists already, a part of an earlier recording of that name, and a recording is never overwritten: choose another name.`,
    );
  }
  return (number) => join(folder, `${stem}-${String(number).padStart(3, '0')}${extension}`);
};
