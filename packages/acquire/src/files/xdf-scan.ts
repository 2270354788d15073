import { open } from 'node:fs/promises';
import { maxXdfChunk, readXdfLength, xdfBoundary, xdfMagic, xdfTag } from '../codecs/xdf-chunk.ts';
import { AcquireError } from '../errors.ts';
import { fileError } from './lines.ts';

/** One whole chunk of a file. */
export interface XdfChunk {
  readonly tag: number;
  /** 0 for a chunk that belongs to no stream. */
  readonly streamId: number;
  /** Where the chunk begins, bytes from the beginning of the file. */
  readonly offset: number;
  readonly content: Uint8Array;
}

/** Bytes that are no chunks. */
export interface XdfDamage {
  readonly offset: number;
  readonly bytes: number;
  readonly detail: string;
}

const pieceBytes = 2 ** 20;

/**
 * The chunks of an XDF file in order, in batches of what one read brought (about 1 MB; a chunk is never split). What is no chunk is told to
 * `damaged`, and reading goes on after the next boundary. Throws `AcquireError`: `not-found`, `no-permission`, `bad-file` where it is no XDF.
 */
export async function* xdfChunks(path: string, damaged: (damage: XdfDamage) => void = () => {}): AsyncGenerator<XdfChunk[], void> {
  const file = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const { size } = await file.stat();
    let held: Uint8Array = new Uint8Array(0); // from byte `base` of the file
    let base = 0;
    const readMore = async (atLeast: number): Promise<boolean> => {
      const from = base + held.length;
      const next = new Uint8Array(held.length + Math.max(0, Math.min(size - from, Math.max(atLeast, pieceBytes))));
      next.set(held);
      const { bytesRead } = await file.read(next, held.length, next.length - held.length, from);
      held = next.subarray(0, held.length + bytesRead);
      return bytesRead > 0;
    };
    const drop = (count: number) => {
      held = held.subarray(count);
      base += count;
    };
    await readMore(0);
    if (Buffer.compare(held.subarray(0, 4), xdfMagic) !== 0)
      throw new AcquireError('bad-file', `'${path}' is no XDF file: it does not begin with 'XDF:'.`);
    drop(4);

    /** Goes on after the next boundary; false where there is none. */
    const resync = async (detail: string): Promise<boolean> => {
      const offset = base;
      for (;;) {
        const found = Buffer.from(held.buffer, held.byteOffset, held.length).indexOf(xdfBoundary);
        if (found >= 0) {
          drop(found + xdfBoundary.length);
          damaged({ offset, bytes: base - offset, detail: `${detail}; skipped to the next boundary` });
          return true;
        }
        drop(Math.max(0, held.length - xdfBoundary.length + 1));
        if (await readMore(0)) continue;
        damaged({ offset, bytes: size - offset, detail: `${detail}; there is no boundary after it` });
        return false;
      }
    };

    while (base < size) {
      const batch: XdfChunk[] = [];
      let problem: string | undefined;
      let wanted = 0;
      let at = 0;
      while (at < held.length) {
        const parsed = chunkAt(held, at, base, size);
        if (typeof parsed === 'string') problem = parsed;
        else if (typeof parsed === 'number') wanted = parsed;
        else {
          batch.push(parsed.chunk);
          at = parsed.next;
          continue;
        }
        break;
      }
      drop(at);
      if (batch.length > 0) yield batch;
      if (problem !== undefined) {
        if (!(await resync(problem))) return;
      } else if (base < size && !(await readMore(wanted)) && !(await resync('cannot be read any further'))) return;
    }
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    await file.close();
  }
}

/** The chunk at `at`; how many more bytes it takes to know; or what is wrong with it. */
const chunkAt = (held: Uint8Array, at: number, base: number, size: number): { chunk: XdfChunk; next: number } | number | string => {
  const length = readXdfLength(held, at);
  if (length === 'bad') return `expected the beginning of a chunk (1, 4 or 8), got ${held[at]}`;
  const left = size - base - at;
  if (length === 'short') return left < 1 + held[at]! ? 'the file ends within the head of a chunk' : 9;
  const end = length.next + length.value;
  if (base + end > size) return `expected a chunk of ${length.value} bytes, but only ${size - base - length.next} are left`;
  if (length.value < 2 || length.value > maxXdfChunk) return `expected a chunk of 2 to ${maxXdfChunk} bytes, got one of ${length.value}`;
  if (length.next + 2 > held.length) return end - held.length;
  const tag = held[length.next]! + 256 * held[length.next + 1]!;
  if (tag < xdfTag.fileHeader || tag > xdfTag.streamFooter) return `expected a chunk of kind 1 to 6, got ${tag}`;
  if (end > held.length) return end - held.length;
  const ofStream = tag !== xdfTag.fileHeader && tag !== xdfTag.boundary;
  if (ofStream && length.value < 6) return 'a chunk of a stream is too short to name the stream';
  const from = length.next + 2 + (ofStream ? 4 : 0);
  const streamId = ofStream ? new DataView(held.buffer, held.byteOffset + length.next + 2, 4).getUint32(0, true) : 0;
  return { chunk: { tag, streamId, offset: base + at, content: held.subarray(from, end) }, next: end };
};
