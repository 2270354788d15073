import { ConfigError } from './errors.ts';
import { errorCode, errorText } from './system-error.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
};

/** Why a file cannot be written, in one line for a person. */
export const cannotWrite = (path: string, cause: unknown): ConfigError =>
  new ConfigError('not-found', `Cannot write '${path}': ${reasons[errorCode(cause) ?? ''] ?? errorText(cause)}.`, { cause });
