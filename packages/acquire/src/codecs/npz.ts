import type { ByteSource } from './byte-source.ts';
import { readNpy } from './npy.ts';
import type { NumpyArray } from './numpy-array.ts';
import { readZip } from './zip.ts';

/**
 * The arrays of an `.npz` file by name: a zip archive of `.npy` files. Each is opened, and its checksum compared, when it is asked for.
 * Throws `AcquireError('bad-file')` for damage.
 */
export const readNpz = (source: ByteSource): ReadonlyMap<string, () => NumpyArray> =>
  new Map(readZip(source).map((entry) => [entry.name.replace(/\.npy$/, ''), () => readNpy(entry.open())]));
