import { closeSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { nodeFileSystem } from './outbox/file-system.ts';
import { writeAll } from './outbox/write-all.ts';

export interface DurableOptions {
  /** Permissions of the file, less the umask; 0666 when absent. */
  readonly mode?: number;
  /** Where it is written first, in the same folder; `<path>.new` when absent. Processes that may write the same file at once need one each. */
  readonly temporary?: string;
}

/**
 * Writes a file, over an older one, so that after a kill or a power cut there is the old one or the new one, never half of it. Waits for the disk. Where
 * it fails the old file stays, nothing lies beside it, and Node's error is thrown. What root replaces stays its owner's.
 */
export const writeDurably = (
  path: string,
  content: string | Uint8Array,
  { mode = 0o666, temporary = `${path}.new` }: DurableOptions = {},
): void => {
  const file = openSync(temporary, 'w', mode);
  try {
    try {
      // 'sudo affect forget' must not take a file away from the service's user.
      const old = process.getuid?.() === 0 ? statSync(path, { throwIfNoEntry: false }) : undefined;
      if (old !== undefined) fchownSync(file, old.uid, old.gid);
      writeAll(nodeFileSystem, file, typeof content === 'string' ? Buffer.from(content) : content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
};
