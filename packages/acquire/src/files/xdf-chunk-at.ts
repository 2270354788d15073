import { maxXdfChunk, readXdfLength, xdfTag } from '../codecs/xdf-chunk.ts';

/** One whole chunk of a file. */
export interface XdfChunk {
  readonly tag: number;
  /** 0 for a chunk that belongs to no stream. */
  readonly streamId: number;
  /** Where the chunk begins and ends, bytes from the beginning of the file. */
  readonly offset: number;
  readonly end: number;
  readonly content: Uint8Array;
}

/** Bytes that are no chunks, or chunks that are not what was written. */
export interface XdfDamage {
  readonly offset: number;
  readonly bytes: number;
  readonly detail: string;
}

/**
 * The chunk at `at` of the bytes `held`, which begin at byte `base` of a file of `size` bytes; how many more bytes it takes to know; or what is
 * wrong with it.
 */
export const xdfChunkAt = (held: Uint8Array, at: number, base: number, size: number): XdfChunk | number | string => {
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
  const ofStream = tag !== xdfTag.fileHeader && tag !== xdfTag.boundary;
  if (ofStream && length.value < 6) return 'a chunk of a stream is too short to name the stream';
  if (end > held.length) return end - held.length;
  const from = length.next + 2 + (ofStream ? 4 : 0);
  const streamId = ofStream ? new DataView(held.buffer, held.byteOffset + length.next + 2, 4).getUint32(0, true) : 0;
  return { tag, streamId, offset: base + at, end: base + end, content: held.subarray(from, end) };
};

/** The chunk that `bytes` are, from the first to the last; undefined where they are none. */
export const parseXdfChunk = (bytes: Uint8Array): XdfChunk | undefined => {
  const parsed = xdfChunkAt(bytes, 0, 0, bytes.length);
  return typeof parsed === 'object' && parsed.end === bytes.length ? parsed : undefined;
};
