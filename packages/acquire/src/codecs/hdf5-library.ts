import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AcquireError } from '../errors.ts';

type Loaded = typeof import('h5wasm/node');

/** A copy of the HDF5 library with a memory of its own, for one open file at a time. */
export interface Hdf5Library {
  readonly loaded: Loaded;
  /** Whether a file is still open in it. */
  readonly holdsFile: () => boolean;
  /** Bytes of its memory, which grows and never shrinks. */
  readonly memory: () => number;
  /** Closes what is still open and lets go of the memory. The copy cannot be used again. */
  readonly drop: () => void;
}

interface Stream {
  readonly fd: number;
}

/** What is used of the compiled library beside its own objects. */
interface Compiled {
  readonly activate_throwing_error_handler: () => void;
  readonly HEAPU8: Uint8Array;
  readonly FS: { readonly streams: readonly (Stream | null | undefined)[]; readonly close: (stream: Stream) => void };
}

/** The module as it is loaded, and the object through which it reaches its compiled library. */
interface Front {
  readonly loaded: Loaded;
  readonly compiled: Compiled;
}

/** The copy that waits for the next file; at most one. */
let idle: Hdf5Library | undefined;
/** Fronts whose compiled library was dropped. Node keeps every module it has loaded, so they are used again. */
const emptied: Front[] = [];
let nFronts = 0;

/** More memory than this is not kept for the next file, bytes. */
const mostKept = 64 * 2 ** 20;

/**
 * A copy of the HDF5 library (h5wasm 0.10.3, 4 MB): the idle one, or a new one (about 30 ms, 20 MB). It throws its errors instead of printing them. A damaged
 * file can stop the library for good, or leave a file open in it that it would give again under the same path: so every open file has a
 * copy to itself, and one that met damage is never used again.
 */
export const takeHdf5Library = async (): Promise<Hdf5Library> => {
  const ready = idle;
  idle = undefined;
  return ready ?? library(await front());
};

/** Gives a copy back, for the next file where all went well, else to be dropped. */
export const returnHdf5Library = (library: Hdf5Library, wentWell: boolean): void => {
  if (wentWell && idle === undefined && !library.holdsFile() && library.memory() <= mostKept) idle = library;
  else library.drop();
};

const library = ({ loaded, compiled }: Front): Hdf5Library => {
  compiled.activate_throwing_error_handler();
  const { FS } = compiled;
  const openStreams = () => FS.streams.filter((stream) => stream != null && stream.fd > 2) as Stream[];
  return {
    loaded,
    holdsFile: () => openStreams().length > 0,
    memory: () => compiled.HEAPU8.length,
    drop: () => {
      for (const stream of openStreams()) {
        try {
          FS.close(stream);
        } catch {
          // Closed already by the library, in part: nothing is left to do.
        }
      }
      empty(compiled);
      empty(FS);
      emptied.push({ loaded, compiled });
    },
  };
};

/** A front with a compiled library that nothing has used yet. */
const front = async (): Promise<Front> => {
  const again = emptied.pop();
  if (again !== undefined) {
    // Whatever it is asked for is found in the new one.
    Object.setPrototypeOf(again.compiled, await compile());
    return again;
  }
  const n = nFronts++;
  // A module is run again where its address is another; by name there is one only.
  const loaded: Loaded = n === 0 ? await import('h5wasm/node') : await import(/* @vite-ignore */ `${address('hdf5_hl.js')}?copy=${n}`);
  // the library types its module as what is called from outside, not as what Emscripten makes
  return { loaded, compiled: (await loaded.ready) as unknown as Compiled };
};

const compile = async (): Promise<Compiled> => {
  const { default: make } = (await import(/* @vite-ignore */ address('hdf5_util.js'))) as {
    default: (options: object) => Promise<Compiled>;
  };
  return make({ noInitialRun: true });
};

/** Lets go of all that is held through an object, also through its hidden properties: of the memory. */
const empty = (object: object): void => {
  for (const name of Reflect.ownKeys(object)) Reflect.deleteProperty(object, name);
  Object.setPrototypeOf(object, null);
};

const address = (name: string): string => {
  const folders = createRequire(import.meta.url).resolve.paths('h5wasm') ?? [];
  const file = folders.map((folder) => join(folder, 'h5wasm/dist/node', name)).find((path) => existsSync(path));
  if (file === undefined)
    throw new AcquireError(
      'not-found',
      `The HDF5 library h5wasm is not installed in any of ${folders.join(', ')}. Install the program anew.`,
    );
  return pathToFileURL(file).href;
};
