import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createInflate } from 'node:zlib';
import { fileError } from '../files/file-error.ts';
import { damaged } from './byte-source.ts';

/** Bytes in order as they come; every method waits for them, and throws `AcquireError('bad-file')` where they end before. */
export interface ByteStream {
  readonly name: string;
  /** Bytes taken so far. */
  readonly position: () => number;
  readonly fill: (target: Uint8Array) => Promise<void>;
  readonly skip: (length: number) => Promise<void>;
  /** Checks that nothing is left, and with it the checksum of what was packed. */
  readonly end: () => Promise<void>;
  /** Closes the file; to be called in any case. */
  readonly close: () => void;
}

/** A part of a file as a stream, through zlib where `isPacked`. Holds a few pieces of 256 kB. */
export const openByteStream = (path: string, offset: number, length: number, isPacked: boolean): ByteStream => {
  const file = createReadStream(path, { start: offset, end: offset + length - 1, highWaterMark: 256 * 1024 });
  const bytes: Readable = isPacked ? pipeline(file, createInflate({ chunkSize: 256 * 1024 }), () => {}) : file;
  const pieces: AsyncIterator<Uint8Array> = bytes[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  let at = 0;
  let taken = 0;

  const more = async (): Promise<boolean> => {
    try {
      const next = await pieces.next();
      piece = next.done ? new Uint8Array(0) : next.value;
      at = 0;
      return !next.done;
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? '';
      throw code.startsWith('Z_') ? damaged(path, offset, 'what is packed there cannot be unpacked') : fileError(path, cause);
    }
  };
  const take = async (n: number, target?: Uint8Array): Promise<void> => {
    for (let done = 0; done < n; ) {
      if (at === piece.length && !(await more())) throw damaged(path, offset, `what begins there ends after ${taken} bytes, expected more`);
      const count = Math.min(n - done, piece.length - at);
      target?.set(piece.subarray(at, at + count), done);
      at += count;
      done += count;
      taken += count;
    }
  };
  return {
    name: path,
    position: () => taken,
    fill: (target) => take(target.length, target),
    skip: (n) => take(n),
    end: async () => {
      if (at < piece.length || (await more())) throw damaged(path, offset, `what begins there goes on after ${taken} bytes`);
    },
    close: () => {
      bytes.destroy();
      file.destroy();
    },
  };
};
