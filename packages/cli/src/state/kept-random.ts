import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../system-error.ts';
import { writeDurably } from '../write-durably.ts';

/**
 * Random hexadecimal digits, made once and kept under this name in the state folder: the same after every start. Only the owner can read the file; one
 * that holds anything else is made anew.
 */
export const keptRandom = (folder: string, name: string, nBytes: number): string => {
  const file = join(folder, name);
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept.length === nBytes * 2 && /^[0-9a-f]+$/.test(kept)) return kept;
  } catch (error) {
    // Made anew only where there is none: an id that changes because a disk failed once would double every entity.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const made = randomBytes(nBytes).toString('hex');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurably(file, `${made}\n`, { mode: 0o600 });
  return made;
};

/** The installation's name for Home Assistant: entities survive another station name. */
export const installationId = (folder: string): string => keptRandom(folder, 'home-assistant-id', 8);

/** The file of the token marks by HTTP need, in the state folder. */
export const marksTokenFile = 'marks-token';

/** The token marks by HTTP need. */
export const marksToken = (folder: string): string => keptRandom(folder, marksTokenFile, 16);
