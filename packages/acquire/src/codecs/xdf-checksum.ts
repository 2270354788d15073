import { crc32 } from 'node:zlib';
import { xdfChunk, xdfLength, xdfTag } from './xdf-chunk.ts';
import { encodeXdfTexts } from './xdf-samples.ts';

/**
 * XDF has no checksums, so a flipped bit in a number would be believed. Our files carry them in a text stream of their own, which other readers
 * take for markers that mean nothing to them. Before each boundary lies one sample:
 *
 *     affect-crc32 <its own time> <length>:<crc> <length>:<crc> … =<crc of the text before>
 *
 * lengths (decimal) and CRC-32 (8 hex digits) of all chunks since the last such sample, whole, in order; the last of them ends where this chunk
 * begins. So a reader knows which chunk was hit, and finds all others again although the hit one lies about its length. Behind the headers lies
 *
 *     affect-spare <base64> =<crc of the text before>
 *
 * the bytes of all header chunks once more: a stream whose header is hit would be lost from end to end.
 */
export const checksumStreamId = 65_535;

export const checksumMark = Buffer.from('affect-crc32 ');
const spareMark = Buffer.from('affect-spare ');

/** Length and checksum of one whole chunk. */
export interface ChunkSum {
  readonly length: number;
  readonly crc: number;
}

export const chunkSum = (bytes: Uint8Array): ChunkSum => ({ length: bytes.length, crc: crc32(bytes) });

const hex = (crc: number): string => crc.toString(16).padStart(8, '0');
const sealed = (text: string): string => `${text} =${hex(crc32(text))}`;

const sampleChunk = (atSec: number, text: string): Uint8Array =>
  xdfChunk(xdfTag.samples, checksumStreamId, xdfLength(1), encodeXdfTexts(atSec, [text]));

/** The chunk that holds the sums of all chunks before it. */
export const checksumChunk = (atSec: number, sums: readonly ChunkSum[]): Uint8Array =>
  sampleChunk(atSec, sealed(`${checksumMark}${atSec} ${sums.map(({ length, crc }) => `${length}:${hex(crc)}`).join(' ')}`));

/** The chunk that holds the header chunks once more. */
export const spareChunk = (atSec: number, headers: Uint8Array): Uint8Array =>
  sampleChunk(atSec, sealed(`${spareMark}${Buffer.from(headers).toString('base64')}`));

/** Sums that were found in bytes: where their chunk begins and ends there. */
export interface FoundSums {
  readonly start: number;
  readonly end: number;
  readonly sums: readonly ChunkSum[];
  /** The chunk as it was written. */
  readonly written: Uint8Array;
}

/** The first whole list of sums in `bytes`; undefined where there is none. The head of its chunk need not be whole. */
export const findSums = (bytes: Uint8Array): FoundSums | undefined => {
  for (const { text, at } of sealedTexts(bytes, checksumMark)) {
    const [atSec, ...entries] = text.slice(checksumMark.length).split(' ');
    const sums = entries.map((entry) => {
      const [length, crc] = entry.split(':');
      return { length: Number(length), crc: Number.parseInt(crc ?? '', 16) };
    });
    const written = sampleChunk(Number(atSec), sealed(text));
    const end = at + text.length + 10;
    return { start: end - written.length, end, sums, written };
  }
  return undefined;
};

/** The header chunks from their copy, as bytes; undefined where there is no whole copy. */
export const findSpare = (bytes: Uint8Array): Uint8Array | undefined => {
  for (const { text } of sealedTexts(bytes, spareMark)) return Buffer.from(text.slice(spareMark.length), 'base64');
  return undefined;
};

/** The text of a footer for the stream of checksums, which nothing comes after that could vouch for it. */
export const checksumFooter = (nSamples: number, firstSec: number, lastSec: number): string => {
  const text = `<?xml version="1.0"?><info><first_timestamp>${firstSec}</first_timestamp><last_timestamp>${lastSec}</last_timestamp><sample_count>${nSamples}</sample_count>`;
  return `${text}<crc32>${hex(crc32(text))}</crc32></info>`;
};

/** Whether the content of that footer is as it was written. */
export const isWholeChecksumFooter = (content: Uint8Array): boolean => {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1');
  const at = text.indexOf('<crc32>');
  return at >= 0 && text.slice(at) === `<crc32>${hex(crc32(text.slice(0, at)))}</crc32></info>`;
};

/** Texts that begin with a mark and end with their own checksum. */
function* sealedTexts(bytes: Uint8Array, mark: Uint8Array): Generator<{ readonly text: string; readonly at: number }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + 1)) {
    const end = buffer.indexOf(' =', at, 'latin1');
    if (end < 0) return;
    const text = buffer.toString('latin1', at, end);
    if (buffer.toString('latin1', end + 2, end + 10) === hex(crc32(text))) yield { text, at };
  }
}
