import { ConfigError } from './errors.ts';
import { errorCode, errorText, isSystemError } from './system-error.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'what should be a folder of its path is a file',
  EEXIST: 'there is something else of that name',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
};

/** Why a file cannot be written, in one line for a person. */
export const cannotWrite = (path: string, cause: unknown): ConfigError =>
  new ConfigError('not-found', `Cannot write '${path}': ${reasons[errorCode(cause) ?? ''] ?? errorText(cause)}.`, { cause });

/** What to throw where writing failed: what the system itself refuses, such as on a full disk, as `cannotWrite`, anything else as it is. */
export const whyNotWritten = (path: string, error: unknown): unknown => (isSystemError(error) ? cannotWrite(path, error) : error);

/** Has `write` write `path`; throws `whyNotWritten`. */
export const orCannotWrite = <T>(path: string, write: () => T): T => {
  try {
    return write();
  } catch (error) {
    throw whyNotWritten(path, error);
  }
};
