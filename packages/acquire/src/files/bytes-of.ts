import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AcquireError } from '../errors.ts';
import { fileError } from './file-error.ts';

/**
 * The bytes of a file in order, piece by piece, unpacked where the file is gzip (told by its first bytes, not its name). A gzip that ends
 * early or is damaged gives the bytes before the damage, then throws `AcquireError('bad-file')`; so does a file that cannot be read.
 * Stopping early closes the file.
 */
export async function* bytesOf(path: string, pieceBytes = 64 * 1024): AsyncGenerator<Uint8Array, void> {
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  try {
    yield* unpacked(file, pieceBytes);
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    file.destroy();
  }
}

async function* unpacked(file: AsyncIterable<Uint8Array>, chunkSize: number): AsyncGenerator<Uint8Array, void> {
  const pieces = file[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done) return;
  const whole = async function* () {
    for (let piece: IteratorResult<Uint8Array> = first; !piece.done; piece = await pieces.next()) yield piece.value;
  };
  yield* isGzip(first.value) ? pipeline(Readable.from(whole()), createGunzip({ chunkSize }), () => {}) : whole();
}

/** The first bytes of a file, unpacked, at most `length`. Damage behind at least one of them is told, not thrown. */
export const firstBytesOf = async (path: string, length: number, damaged: (error: AcquireError) => void = () => {}): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  let n = 0;
  try {
    for await (const piece of bytesOf(path)) {
      pieces.push(piece);
      n += piece.length;
      if (n >= length) break;
    }
  } catch (error) {
    if (n === 0 || !(error instanceof AcquireError)) throw error;
    damaged(error);
  }
  return Buffer.concat(pieces).subarray(0, length);
};

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Whether a file is gzip, so that it can only be read from front to back. */
export const isPacked = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const head = new Uint8Array(2);
    await file.read(head, 0, 2, 0);
    return isGzip(head);
  } finally {
    await file.close();
  }
};
