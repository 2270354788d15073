import type { FileSystem } from './file-system.ts';
import { writeAll } from './write-all.ts';

/**
 * Replaces a file as a whole: a power cut leaves the old one or the new one. It is written as `<path>.new` first; what a failure leaves there is
 * replaced the next time. A new name in the folder is safe only after `syncFolder`, which is left to the caller.
 * Rejects with `NothingWritten` where a write takes nothing, and with what `files` throws.
 */
export const replaceFile = async (files: FileSystem, path: string, bytes: Uint8Array): Promise<void> => {
  const file = files.open(`${path}.new`, 'replace');
  try {
    writeAll(files, file, bytes);
    await files.sync(file);
  } finally {
    files.close(file);
  }
  files.rename(`${path}.new`, path);
};
