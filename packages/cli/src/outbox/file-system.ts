import {
  closeSync,
  fdatasync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../system-error.ts';

/** A file of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly bytes: number;
  /** When it was last written, Unix s. */
  readonly changedAt: number;
}

/**
 * The few file system calls the outbox makes, so that a test can make any of them fail. Each throws (or rejects with) Node's error, which has
 * a `code` such as `ENOSPC`. Writing is synchronous because it ends in the page cache; syncing waits for the disk and is not.
 */
export interface FileSystem {
  readonly makeFolder: (path: string) => void;
  readonly list: (folder: string) => FolderEntry[];
  readonly readAll: (path: string) => Uint8Array;
  /** `new` refuses a file that exists (`EEXIST`), `replace` empties it. */
  readonly open: (path: string, mode: 'new' | 'replace' | 'read') => number;
  /** Appends; gives how many bytes were taken, perhaps not all. */
  readonly write: (file: number, bytes: Uint8Array) => number;
  /** Fills `into` from `position`; gives how many bytes there were. */
  readonly read: (file: number, into: Uint8Array, position: number) => number;
  readonly truncate: (file: number, bytes: number) => void;
  readonly sync: (file: number) => Promise<void>;
  /** Makes the names in a folder survive a power cut. */
  readonly syncFolder: (path: string) => Promise<void>;
  readonly close: (file: number) => void;
  readonly rename: (from: string, to: string) => void;
  readonly remove: (path: string) => void;
}

const settled = (call: (done: (error: NodeJS.ErrnoException | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));

/** What file systems say that have no syncing of folders (some network ones, Windows): there it is done without. */
const foldersAreNotSynced = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM']);

/** The disk. Folders are private to their owner (0700), files too (0600). */
export const nodeFileSystem: FileSystem = {
  makeFolder: (path) => mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => {
        const { size, mtimeMs } = statSync(join(folder, name));
        return { name, bytes: size, changedAt: mtimeMs / 1000 };
      }),
  readAll: (path) => readFileSync(path),
  open: (path, mode) => openSync(path, mode === 'read' ? 'r' : mode === 'new' ? 'ax' : 'w', 0o600),
  write: (file, bytes) => writeSync(file, bytes),
  read: (file, into, position) => readSync(file, into, 0, into.length, position),
  truncate: (file, bytes) => ftruncateSync(file, bytes),
  sync: (file) => settled((done) => fdatasync(file, done)),
  syncFolder: async (path) => {
    try {
      const folder = openSync(path, 'r');
      try {
        await settled((done) => fsync(folder, done));
      } finally {
        closeSync(folder);
      }
    } catch (error) {
      if (!foldersAreNotSynced.has(errorCode(error) ?? '')) throw error;
    }
  },
  close: (file) => closeSync(file),
  rename: renameSync,
  remove: unlinkSync,
};
