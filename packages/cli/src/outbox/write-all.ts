import type { FileSystem } from './file-system.ts';

/** A disk took nothing and did not say why. It counts as full, for whoever looks at `code` as at that of Node's errors. */
export class NothingWritten extends Error {
  override readonly name = 'NothingWritten';
  readonly code = 'ENOSPC';
}

/**
 * Appends all of the bytes, in as many writes as the disk needs. What was written before a failure stays written.
 * @throws NothingWritten where a write takes nothing; what `files` throws.
 */
export const writeAll = (files: Pick<FileSystem, 'write'>, file: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length; ) {
    const taken = files.write(file, done === 0 ? bytes : bytes.subarray(done));
    if (taken <= 0) throw new NothingWritten(`The disk took ${done} of ${bytes.length} bytes and then no more, without an error.`);
    done += taken;
  }
};
