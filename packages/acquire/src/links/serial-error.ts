import { AcquireError } from '../errors.ts';

/** An error of `serialport` (which knows only words) as one of ours, with what to do about it. */
export const serialError = (path: string, cause: unknown): AcquireError => {
  if (cause instanceof AcquireError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  if (/no such (file|device)|ENOENT|ENXIO|ENODEV/i.test(words)) {
    return new AcquireError(
      'not-found',
      `There is no port '${path}'. Plug the device in, or see which ports there are with 'affect devices'.`,
      { cause },
    );
  }
  if (/permission denied|EACCES|EPERM/i.test(words)) {
    const remedy = "Run 'sudo usermod -aG dialout $USER', then log out and in again";
    return new AcquireError('no-permission', `No permission to open '${path}'. ${remedy}.`, { cause });
  }
  if (/cannot lock port|temporarily unavailable|EBUSY|resource busy/i.test(words)) {
    return new AcquireError('busy', `'${path}' is in use by another program (a serial monitor, ModemManager?). Close that one first.`, {
      cause,
    });
  }
  return new AcquireError('link-lost', `'${path}' failed: ${words}.`, { cause });
};
