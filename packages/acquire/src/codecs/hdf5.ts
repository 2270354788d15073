import { statSync } from 'node:fs';
import type { Dataset, File, Group } from 'h5wasm/node';
import { AcquireError } from '../errors.ts';
import { fileError } from '../files/file-error.ts';
import { returnHdf5Library, takeHdf5Library } from './hdf5-library.ts';
import { withinTime } from './within-time.ts';

/** An HDF5 file, opened for reading. Every method throws `AcquireError('bad-file')` where the file is damaged or has no such thing. */
export interface Hdf5 {
  /** Names in a group; empty for an array. */
  readonly names: (group: string) => string[];
  /** Attributes of a group or array: numbers, texts, lists of either. */
  readonly attributes: (of: string) => Readonly<Record<string, unknown>>;
  /** Shape of an array; undefined for a group. */
  readonly shape: (of: string) => readonly number[] | undefined;
  /** Rows `from` … `to` − 1 of an array of numbers, all its other dimensions whole, row-major. */
  readonly rows: (of: string, from: number, to: number) => Float64Array;
  /** Where the references in an array lead: paths, in its order. */
  readonly references: (of: string) => readonly string[];
  /** Gives its memory back. Throws where the file turns out damaged only now; a second time does nothing. */
  readonly close: () => void;
}

/** Largest piece that is read at once, numbers. */
const maxNumbers = 2 ** 28;

/** A call that has not ended by then never will, ms; a number that is read may take so much longer: a slow card gives a megabyte in a second. */
const longestMs = 5000;
const perNumberMs = 0.008;

/**
 * Opens an HDF5 file (also MATLAB 7.3). It is read where it lies, never whole. Throws `AcquireError`: `not-found`, `no-permission`,
 * `bad-file`. HDF5 is read by the HDF Group's own library, compiled to WebAssembly (h5wasm 0.10.3); what it cannot take of a damaged file
 * is a typed error, and leaves the next file unharmed. One that keeps it busy for ever is given up after `limitMs`. Each open file has about 20 MB
 * until it is closed.
 */
export const openHdf5 = async (path: string, { limitMs = longestMs }: { readonly limitMs?: number } = {}): Promise<Hdf5> => {
  try {
    statSync(path);
  } catch (cause) {
    throw fileError(path, cause);
  }
  const library = await takeHdf5Library();
  const { File: Opened, Dataset: Sheet, Group: Folder, Reference } = library.loaded;
  let state: 'open' | 'damaged' | 'closed' = 'open';
  const fail = (detail: string, cause?: unknown) =>
    new AcquireError('bad-file', `'${path}' is HDF5 that cannot be read: ${detail}.`, cause === undefined ? undefined : { cause });
  const guarded = <T>(work: () => T, nNumbers = 0): T => {
    if (state !== 'open') throw fail(state === 'closed' ? 'it is closed' : 'it was found damaged before');
    try {
      return withinTime(limitMs + Math.ceil(perNumberMs * Math.min(maxNumbers, Math.max(0, nNumbers))), work);
    } catch (cause) {
      if (cause instanceof AcquireError) throw cause; // asked for what is not there: the library is sound
      state = 'damaged';
      throw fail(`${(cause as Error | undefined)?.message ?? cause}`.split('\n')[0]!.slice(0, 200), cause);
    }
  };
  const close = (file?: File): void => {
    if (state === 'closed') return;
    try {
      if (state === 'open') guarded(() => file?.close());
    } finally {
      returnHdf5Library(library, state === 'open' && file !== undefined);
      state = 'closed';
    }
  };
  const open = (): File => {
    try {
      return guarded(() => new Opened(path, 'r'));
    } catch (cause) {
      close();
      throw cause;
    }
  };
  const file = open();
  const at = (of: string): Group | Dataset => {
    const found = of === '/' ? file : file.get(of);
    if (found instanceof Folder || found instanceof Sheet) return found;
    throw fail(`there is no '${of}' in it`);
  };
  const arrayAt = (of: string): Dataset => {
    const found = at(of);
    if (found instanceof Sheet && found.shape !== null) return found;
    throw fail(`'${of}' is no array`);
  };
  return {
    names: (group) =>
      guarded(() => {
        const found = at(group);
        return found instanceof Folder ? found.keys() : [];
      }),
    attributes: (of) =>
      guarded(() => Object.fromEntries(Object.entries(at(of).attrs).map(([name, attribute]) => [name, plain(attribute.value)]))),
    shape: (of) =>
      guarded(() => {
        const found = at(of);
        return found instanceof Sheet ? (found.shape ?? []) : undefined;
      }),
    rows: (of, from, to) => {
      const shape = guarded(() => arrayAt(of).shape!);
      const wanted = (to - from) * shape.slice(1).reduce((product, n) => product * n, 1);
      return guarded(() => {
        if (!(wanted >= 0 && wanted <= maxNumbers) || to > shape[0]!) throw fail(`'${of}' has the shape (${shape.join(', ')})`);
        const values = wanted === 0 ? [] : arrayAt(of).slice([[from, to]]);
        if (!ArrayBuffer.isView(values) && wanted > 0) throw fail(`'${of}' holds no numbers`);
        const numbers = Float64Array.from(values as ArrayLike<number | bigint>, Number);
        if (numbers.length !== wanted) throw fail(`'${of}' gave ${numbers.length} numbers, expected ${wanted}`);
        return numbers;
      }, wanted);
    },
    references: (of) =>
      guarded(() => {
        const array = arrayAt(of);
        const held = array.value;
        if (!Array.isArray(held)) return [];
        return held.flat(4).map((reference) => {
          const target = reference instanceof Reference ? array.dereference(reference) : null;
          if (target === null || !('path' in target)) throw fail(`a reference in '${of}' leads nowhere`);
          return `${target.path}`;
        });
      }),
    close: () => close(file),
  };
};

// A view that is no array of numbers (a DataView) is never given by the library.
const plain = (value: unknown): unknown =>
  typeof value === 'bigint'
    ? Number(value)
    : ArrayBuffer.isView(value)
      ? Array.from(value as never as ArrayLike<number | bigint>, Number)
      : value;
