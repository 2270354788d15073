import { type FileHandle, open } from 'node:fs/promises';
import { AcquireError } from '../errors.ts';

/** A new file, open for writing. Never overwrites: throws `AcquireError('bad-option')` where it exists, `not-found` (no such folder), `no-permission` or `bad-file`. */
export const createFile = async (path: string): Promise<FileHandle> =>
  open(path, 'wx').catch((cause) => {
    throw cannotWrite(path, cause);
  });

/** Writes all of the bytes and gives how many there were; throws what `cannotWrite` makes of it. */
export const writeAll = async (file: FileHandle, path: string, bytes: Uint8Array): Promise<number> => {
  try {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  return bytes.length;
};

/** Why a file or folder cannot be written, from what the system said. */
export const cannotWrite = (path: string, cause: unknown): AcquireError => {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTEMPTY')
    return new AcquireError('bad-option', `'${path}' exists already, and nothing is ever overwritten: choose another name.`, { cause });
  if (code === 'ENOENT') return new AcquireError('not-found', `Cannot make '${path}': there is no such folder.`, { cause });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new AcquireError('no-permission', `No permission to write '${path}'.`, { cause });
  const detail = code === 'ENOSPC' ? 'the disk is full' : message;
  return new AcquireError('bad-file', `Cannot write '${path}' any further: ${detail}. What was written before is whole.`, { cause });
};
