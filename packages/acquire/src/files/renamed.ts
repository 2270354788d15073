import { AcquireError } from '../errors.ts';
import type { Montage } from '../signal.ts';

/** A montage with the caller's channel names. Throws `AcquireError('bad-option')` for another number of them. */
export const renamed = (path: string, montage: Montage, channels: readonly string[] | undefined): Montage => {
  if (channels === undefined) return montage;
  const { length } = montage.channels;
  if (channels.length === length) return { ...montage, channels };
  throw new AcquireError('bad-option', `'${path}' holds ${length} channels: expected as many names, got ${channels.length}.`);
};
