import { readdir, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorText } from '../system-error.ts';

/** The name of a daemon's recording: `<subject>_<session>.xdf`; its parts are `…-001.xdf`, `…-002.xdf`. */
export const recordingName = (sessionId: string, subject?: string): string =>
  `${subject === undefined ? '' : `${subject}_`}${sessionId}.xdf`;

const ours = /^(?:[A-Za-z0-9_-]+_)?\d{4}-\d{2}-\d{2}-[0-9a-f]{12}-\d{3,}\.xdf$/;

/** True for the name of a part of a daemon's recording: nothing else in the folder is ever deleted. */
export const isOwnRecording = (name: string): boolean => ours.test(name);

/**
 * Deletes the daemon's own recordings that were last written more than `keepSec` ago, except those in use, and gives the names of what is gone. A file
 * that cannot be deleted is left for the next time and told.
 */
export const deleteOldRecordings = async (
  folder: string,
  keepSec: number,
  inUse: readonly string[],
  { nowSec = Date.now() / 1000, onProblem = () => {} }: { readonly nowSec?: number; readonly onProblem?: (problem: string) => void } = {},
): Promise<string[]> => {
  const using = new Set(inUse.map((path) => resolve(path)));
  const deleted: string[] = [];
  for (const name of (await readdir(folder).catch(() => [])).filter(isOwnRecording).sort()) {
    const path = join(folder, name);
    if (using.has(resolve(path))) continue;
    try {
      const { mtimeMs, isFile } = await stat(path).then((facts) => ({ mtimeMs: facts.mtimeMs, isFile: facts.isFile() }));
      if (!isFile || nowSec - mtimeMs / 1000 <= keepSec) continue;
      await unlink(path);
      deleted.push(name);
    } catch (error) {
      onProblem(`${name} cannot be deleted: ${errorText(error)}`);
    }
  }
  return deleted;
};
