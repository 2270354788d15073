import { basename, dirname } from 'node:path';
import type { FileSystem } from '../src/outbox/file-system.ts';

interface Content {
  bytes: Buffer;
  /** What a power cut leaves for certain. */
  synced: Buffer;
  /** Its name survives a power cut. */
  named: boolean;
}

/** A disk in memory that can refuse, tear and forget. */
export interface FaultyFileSystem extends FileSystem {
  /** Operations so far, names in order. */
  readonly operations: readonly string[];
  /** The n-th operation from now (0 is the next) and, with `lasting`, all that change something after it, fail with this code; `torn` writes half first. */
  readonly failAt: (n: number, code: string, how?: { readonly lasting?: boolean; readonly torn?: boolean }) => void;
  readonly mend: () => void;
  /** The program dies: what it wrote stays, what it had open is closed. */
  readonly kill: () => void;
  /** Power is cut: of what was not synced a part remains, as `share` (0-1, called once a file) decides; names may be lost too. */
  readonly cutPower: (share: () => number) => void;
  /** Flips one bit of a file, chosen by `pick` (0-1). Gives false where there is nothing to damage. */
  readonly flipBit: (pick: () => number) => boolean;
  /** Writes of this many bytes or more, in all, do not fit. */
  room: number;
  readonly contents: ReadonlyMap<string, { readonly bytes: Buffer }>;
}

const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });
const changing = new Set(['makeFolder', 'open', 'write', 'truncate', 'sync', 'syncFolder', 'rename', 'remove']);

export const faultyFileSystem = (): FaultyFileSystem => {
  const contents = new Map<string, Content>();
  const lost = new Map<string, Content>(); // names whose removal or renaming a power cut may undo
  const open = new Map<number, string>();
  const operations: string[] = [];
  let nextFile = 3;
  let fault: { at: number; code: string; lasting: boolean; torn: boolean } | undefined;

  /** Counts the operation; gives whether it is to fail. */
  const fails = (name: string): { code: string; torn: boolean } | undefined => {
    operations.push(name);
    if (fault === undefined) return undefined;
    fault.at -= 1;
    if (fault.at === -1 || (fault.at < -1 && fault.lasting && changing.has(name))) return fault;
    return undefined;
  };
  const check = (name: string): void => {
    const failing = fails(name);
    if (failing !== undefined) throw failure(failing.code);
  };
  const at = (file: number): Content => {
    const content = contents.get(open.get(file) ?? '');
    // A file that was removed while open goes on existing for who holds it.
    return content ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0), named: true };
  };
  const used = (): number => [...contents.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);

  const disk: FaultyFileSystem = {
    operations,
    contents,
    room: Number.POSITIVE_INFINITY,
    failAt: (n, code, { lasting = false, torn = false } = {}) => {
      fault = { at: n, code, lasting, torn };
    },
    mend: () => {
      fault = undefined;
    },
    kill: () => open.clear(),
    cutPower: (share) => {
      open.clear();
      for (const [path, content] of lost) if (!contents.has(path) && share() < 0.5) contents.set(path, content);
      lost.clear();
      for (const [path, content] of contents) {
        if (!content.named && share() < 0.5) contents.delete(path);
        const unsynced = content.bytes.subarray(content.synced.length);
        const kept = unsynced.subarray(0, Math.floor(share() * (unsynced.length + 1)));
        // A page that was never written reads as zeros.
        const zeros = Buffer.alloc(share() < 0.3 ? unsynced.length - kept.length : 0);
        content.bytes = Buffer.concat([content.bytes.subarray(0, content.synced.length), kept, zeros]);
        content.synced = content.bytes;
        content.named = true;
      }
    },
    flipBit: (pick) => {
      const files = [...contents.entries()].filter(([path, { bytes }]) => bytes.length > 0 && !path.includes('quarantine'));
      if (files.length === 0) return false;
      const [, content] = files[Math.floor(pick() * files.length)]!;
      content.bytes = Buffer.from(content.bytes);
      content.bytes[Math.floor(pick() * content.bytes.length)]! ^= 1 << Math.floor(pick() * 8);
      content.synced = content.bytes;
      return true;
    },
    makeFolder: () => check('makeFolder'),
    list: (folder) => {
      check('list');
      return [...contents.entries()]
        .filter(([path]) => dirname(path) === folder)
        .map(([path, { bytes }]) => ({ name: basename(path), bytes: bytes.length, changedAt: 2e9 }));
    },
    readAll: (path) => {
      check('readAll');
      const content = contents.get(path);
      if (content === undefined) throw failure('ENOENT');
      return content.bytes;
    },
    open: (path, mode) => {
      check(mode === 'read' ? 'openToRead' : 'open');
      const exists = contents.has(path);
      if (mode === 'new' && exists) throw failure('EEXIST');
      if (mode === 'read' && !exists) throw failure('ENOENT');
      if (mode === 'replace' || !exists) contents.set(path, { bytes: Buffer.alloc(0), synced: Buffer.alloc(0), named: exists });
      open.set(nextFile, path);
      return nextFile++;
    },
    write: (file, bytes) => {
      const failing = fails('write');
      const content = at(file);
      let length = Math.min(bytes.length, disk.room - used());
      if (failing !== undefined) length = failing.torn ? bytes.length >> 1 : 0;
      if (length > 0) content.bytes = Buffer.concat([content.bytes, bytes.subarray(0, length)]);
      if (failing !== undefined) throw failure(failing.code);
      if (length <= 0) throw failure('ENOSPC');
      return length;
    },
    read: (file, into, position) => {
      check('read');
      return at(file).bytes.copy(into, 0, position);
    },
    truncate: (file, length) => {
      check('truncate');
      const content = at(file);
      content.bytes = content.bytes.subarray(0, length);
      if (content.synced.length > length) content.synced = content.bytes;
    },
    sync: async (file) => {
      const { bytes } = at(file);
      check('sync');
      at(file).synced = bytes;
    },
    syncFolder: async (folder) => {
      check('syncFolder');
      for (const [path, content] of contents) if (dirname(path) === folder) content.named = true;
      for (const path of lost.keys()) if (dirname(path) === folder) lost.delete(path);
    },
    close: (file) => {
      check('close');
      open.delete(file);
    },
    rename: (from, to) => {
      check('rename');
      const content = contents.get(from);
      if (content === undefined) throw failure('ENOENT');
      contents.delete(from);
      contents.set(to, content);
    },
    remove: (path) => {
      check('remove');
      const content = contents.get(path);
      if (content === undefined) throw failure('ENOENT');
      contents.delete(path);
      lost.set(path, content);
    },
  };
  return disk;
};
