import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AcquireError } from '../errors.ts';
import { lineFramer } from '../framing.ts';

/** Where a line came from, counted from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * The lines of a text file, plain or gzip (told by its first bytes, not its name), read piece by piece, in batches of a piece each. A line that
 * is too long to be one (4,096 bytes) comes as an empty text, so that it can be counted as damaged. A gzip that ends early or is damaged gives
 * the lines before the damage, then throws `AcquireError('bad-file')`; so does a file that cannot be read. Stopping early closes the file.
 */
export async function* linesOf(path: string): AsyncGenerator<Line[], void> {
  const file = createReadStream(path, { highWaterMark: 64 * 1024 });
  let batch: Line[] = [];
  let number = 0;
  const lines = lineFramer({
    maxLength: 4096,
    keepEmpty: true,
    line: (text) => batch.push({ text, number: ++number }),
    tooLong: () => batch.push({ text: '', number: ++number }),
  });
  const takeBatch = () => {
    const taken = batch;
    batch = [];
    return taken;
  };

  try {
    for await (const piece of unpacked(file)) {
      lines.push(piece);
      if (batch.length > 0) yield takeBatch();
    }
    lines.end();
    if (batch.length > 0) yield takeBatch();
  } catch (cause) {
    if (batch.length > 0) yield takeBatch();
    throw fileError(path, cause);
  } finally {
    file.destroy();
  }
}

/** The bytes of a file, unpacked where they are gzip. */
async function* unpacked(file: Readable): AsyncGenerator<Uint8Array, void> {
  const pieces: AsyncIterator<Uint8Array> = file[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done) return;
  const whole = async function* () {
    for (let piece: IteratorResult<Uint8Array> = first; !piece.done; piece = await pieces.next()) yield piece.value;
  };
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* isGzip ? pipeline(Readable.from(whole()), createGunzip(), () => {}) : whole();
}

/** A file system or gzip error as one of ours. */
export const fileError = (path: string, cause: unknown): AcquireError => {
  if (cause instanceof AcquireError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT') return new AcquireError('not-found', `There is no file or folder '${path}'.`, { cause });
  if (code === 'EACCES' || code === 'EPERM') return new AcquireError('no-permission', `No permission to read '${path}'.`, { cause });
  const detail = code.startsWith('Z_') ? 'its gzip compression is damaged or ends too early' : (cause as Error).message;
  return new AcquireError('bad-file', `Cannot read '${path}' any further: ${detail}.`, { cause });
};
