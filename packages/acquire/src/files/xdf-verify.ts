import { crc32 } from 'node:zlib';
import { type ChunkSum, findSpare } from '../codecs/xdf-checksum.ts';
import { xdfMagic } from '../codecs/xdf-chunk.ts';
import { parseXdfChunk, type XdfChunk, type XdfDamage } from './xdf-chunk-at.ts';

/** A stretch of a file of ours, from behind one list of checksums up to and with the next. */
export interface XdfStretch {
  /** Its bytes, and where in the file they begin. */
  readonly bytes: Uint8Array;
  readonly base: number;
  /** Chunks that follow from their lengths; after damage only those before it. */
  readonly chunks: readonly XdfChunk[];
  readonly sums: readonly ChunkSum[];
  /** Where in the file the list of sums begins: the last chunk it is about ends there. */
  readonly sumsAt: number;
  /** What keeps the lengths from leading on, and where. */
  readonly problem?: { readonly offset: number; readonly detail: string };
  /** Bytes behind the stretch, where the copy of the headers may lie; for the first stretch only. */
  readonly after?: Uint8Array;
}

/**
 * The chunks of a stretch whose bytes are what was written, in order. A chunk that was hit is left out and told to `damaged`; what stands behind
 * it is found by the lengths in the list. A header that was hit is taken from its copy.
 */
export const verifyStretch = (stretch: XdfStretch, damaged: (damage: XdfDamage) => void): XdfChunk[] => {
  const { bytes, base, chunks, sums, sumsAt, problem, after } = stretch;
  const open = new Map<number, number>(); // checksums not yet accounted for, with how often they occur
  for (const { crc } of sums) open.set(crc, (open.get(crc) ?? 0) + 1);
  const take = (crc: number): boolean => {
    const left = open.get(crc) ?? 0;
    if (left > 0) open.set(crc, left - 1);
    return left > 0;
  };
  const good: XdfChunk[] = [];
  const bad: XdfChunk[] = [];
  for (const chunk of chunks) (take(crc32(bytes.subarray(chunk.offset - base, chunk.end - base))) ? good : bad).push(chunk);
  if (bad.length === 0 && problem === undefined) return good;

  const spare = after === undefined ? undefined : findSpare(after);
  const copied = new Set<number>();
  let end = sumsAt;
  let nLost = 0;
  for (const { length, crc } of sums.toReversed()) {
    const start = end - length;
    end = start;
    if (start < base || (open.get(crc) ?? 0) === 0) continue;
    const own = bytes.subarray(start - base, start - base + length);
    const copy = spare?.subarray(start - xdfMagic.length, start - xdfMagic.length + length);
    const whole = crc32(own) === crc ? own : copy !== undefined && crc32(copy) === crc ? copy : undefined;
    const parsed = whole === undefined ? undefined : parseXdfChunk(whole);
    if (parsed === undefined) {
      nLost++;
      continue;
    }
    take(crc);
    good.push({ ...parsed, offset: start, end: start + length });
    if (whole === own) continue;
    copied.add(start);
    damaged({ offset: start, bytes: length, detail: 'a header does not match its checksum; its copy was used' });
  }
  if (problem !== undefined) {
    const found = nLost === 0 ? 'everything else' : `all but ${nLost} ${nLost === 1 ? 'chunk' : 'chunks'}`;
    damaged({ offset: problem.offset, bytes: 0, detail: `${problem.detail}; ${found} found again by checksums` });
  } else {
    for (const { offset, end: behind } of bad)
      if (!copied.has(offset)) damaged({ offset, bytes: behind - offset, detail: 'a chunk does not match its checksum' });
  }
  return good.sort((a, b) => a.offset - b.offset);
};
