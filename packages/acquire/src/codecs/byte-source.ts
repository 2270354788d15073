import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AcquireError } from '../errors.ts';
import { fileError } from '../files/file-error.ts';

/** Bytes that can be read at any place without being held: a file, a part of one, or memory. */
export interface ByteSource {
  /** File name for messages. */
  readonly name: string;
  readonly size: number;
  /** Fills `target` with the bytes from `offset` on. Throws `AcquireError('bad-file')` where the source ends before. */
  readonly read: (target: Uint8Array, offset: number) => void;
}

/** A file's damage as an error: what was found, and at which byte. */
export const damaged = (name: string, offset: number, detail: string): AcquireError =>
  new AcquireError(
    'bad-file',
    `'${name}' is damaged or not what it seems: ${detail} (byte ${offset}). Fetch the file again from its owner.`,
  );

const within = (source: { name: string; size: number }, offset: number, length: number): void => {
  if (offset < 0 || offset + length > source.size) {
    throw damaged(source.name, Math.min(offset, source.size), `it ends after ${source.size} bytes, expected ${offset + length} or more`);
  }
};

/** Bytes in memory as a source. */
export const memorySource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  read: (target, offset) => {
    within({ name, size: bytes.length }, offset, target.length);
    target.set(bytes.subarray(offset, offset + target.length));
  },
});

/** `length` bytes of a source from `offset` on, as a source; nothing is copied. */
export const partOf = (source: ByteSource, offset: number, length: number): ByteSource => {
  within(source, offset, length);
  return {
    name: source.name,
    size: length,
    read: (target, from) => {
      within({ name: source.name, size: length }, from, target.length);
      source.read(target, offset + from);
    },
  };
};

/** Opens a file as a source; `close` it when done. Throws `AcquireError`: `not-found`, `no-permission`, `bad-file`. */
export const openFileSource = (path: string): ByteSource & { readonly close: () => void } => {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw fileError(path, cause);
    }
  };
  const file = guarded(() => openSync(path, 'r'));
  const size = guarded(() => fstatSync(file).size);
  return {
    name: path,
    size,
    read: (target, offset) => {
      within({ name: path, size }, offset, target.length);
      for (let done = 0; done < target.length; ) {
        const length = Math.min(target.length - done, 1 << 30);
        const got = guarded(() => readSync(file, target, done, length, offset + done));
        if (got === 0) throw damaged(path, offset + done, 'it became shorter while it was read');
        done += got;
      }
    },
    close: () => closeSync(file),
  };
};

const windowBytes = 64 * 1024;

/** Reads a source from front to back through a window of 64 kB. Every method throws `AcquireError('bad-file')` at the end of the source. */
export interface ByteReader {
  readonly position: () => number;
  readonly byte: () => number;
  /** A copy of the next bytes; for short things only. */
  readonly bytes: (length: number) => Buffer;
  readonly skip: (length: number) => void;
  /** Offset of the next newline; the reader moves behind it. */
  readonly newline: () => number;
}

/** A reader at the beginning of `source`. */
export const byteReader = (source: ByteSource): ByteReader => {
  const window = Buffer.alloc(Math.min(windowBytes, source.size));
  let base = 0;
  let filled = 0;
  let at = 0;
  const fill = (): void => {
    base += at;
    at = 0;
    filled = Math.min(window.length, source.size - base);
    if (filled <= 0) throw damaged(source.name, source.size, 'it ends too early');
    source.read(window.subarray(0, filled), base);
  };
  return {
    position: () => base + at,
    byte: () => {
      if (at >= filled) fill();
      return window[at++]!;
    },
    bytes: (length) => {
      within(source, base + at, length);
      const copy = Buffer.allocUnsafe(length);
      if (at + length <= filled) window.copy(copy, 0, at, at + length);
      else source.read(copy, base + at);
      at += length;
      if (at > filled) skipTo(base + at);
      return copy;
    },
    skip: (length) => {
      within(source, base + at, length);
      skipTo(base + at + length);
    },
    newline: () => {
      for (;;) {
        if (at >= filled) fill();
        const found = window.subarray(0, filled).indexOf(10, at);
        at = found < 0 ? filled : found + 1;
        if (found >= 0) return base + found;
      }
    },
  };

  function skipTo(offset: number): void {
    if (offset <= base + filled) at = offset - base;
    else {
      base = offset;
      filled = 0;
      at = 0;
    }
  }
};
