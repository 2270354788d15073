import { AcquireError } from '../errors.ts';

/** A file system, gzip or deflate error as one of ours; an `AcquireError` stays as it is. */
export const fileError = (path: string, cause: unknown): AcquireError => {
  if (cause instanceof AcquireError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT') return new AcquireError('not-found', `There is no file or folder '${path}'.`, { cause });
  if (code === 'EACCES' || code === 'EPERM') return new AcquireError('no-permission', `No permission to read '${path}'.`, { cause });
  const detail = code.startsWith('Z_') ? 'its gzip compression is damaged or ends too early' : (cause as Error).message;
  return new AcquireError('bad-file', `Cannot read '${path}' any further: ${detail}.`, { cause });
};
