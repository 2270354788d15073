/**
 * XDF 1.0 (github.com/sccn/xdf), a file of chunks that tell their own length; all numbers little endian:
 *
 *     "XDF:"  then chunks
 *     chunk   length-of-length 1, 4 or 8 (uint8) · length (of what follows) · tag (uint16) · [stream id (uint32)] · content
 *
 *     tag 1 file header     XML, <version>1.0
 *         2 stream header   id · XML
 *         3 samples         id · count (with its length, as above) · per sample: 0, or 8 and a time (float64 s) · the values
 *                           a string value: its length (as above) and its bytes
 *         4 clock offset    id · when measured (float64 s) · offset (float64 s)
 *         5 boundary        16 fixed bytes: where a reader finds its way back after damage
 *         6 stream footer   id · XML
 */
export const xdfTag = { fileHeader: 1, streamHeader: 2, samples: 3, clockOffset: 4, boundary: 5, streamFooter: 6 } as const;

export const xdfMagic = new TextEncoder().encode('XDF:');

/** The content of a boundary chunk. */
export const xdfBoundary = Uint8Array.of(0x43, 0xa5, 0x46, 0xdc, 0xcb, 0xf5, 0x41, 0x0f, 0xb3, 0x0e, 0xd5, 0x46, 0x73, 0x83, 0xcb, 0xe4);

/** A longer chunk is taken for damage: half a second of anything is far below it. */
export const maxXdfChunk = 64 * 2 ** 20;

/** Reads a number with its length before it at `at`. */
export const readXdfLength = (bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } | 'short' | 'bad' => {
  const size = bytes[at];
  if (size === undefined) return 'short';
  if (size !== 1 && size !== 4 && size !== 8) return 'bad';
  if (at + 1 + size > bytes.length) return 'short';
  let value = 0;
  for (let i = size; i > 0; i--) value = value * 256 + bytes[at + i]!;
  return { value, next: at + 1 + size };
};

/** A number with its length before it, in the shortest form. */
export const xdfLength = (value: number): Uint8Array => {
  if (value < 256) return Uint8Array.of(1, value);
  return Uint8Array.of(4, value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
};

/** A whole chunk; `streamId` for the tags that have one. */
export const xdfChunk = (tag: number, streamId: number | undefined, ...content: readonly Uint8Array[]): Uint8Array => {
  const idBytes = streamId === undefined ? 0 : 4;
  const length = xdfLength(content.reduce((sum, part) => sum + part.length, 2 + idBytes));
  const head = new Uint8Array(length.length + 2 + idBytes);
  head.set(length);
  const view = new DataView(head.buffer);
  view.setUint16(length.length, tag, true);
  if (streamId !== undefined) view.setUint32(length.length + 2, streamId, true);
  return Buffer.concat([head, ...content]);
};

/** A clock offset chunk: at `atSec` of the stream's clock, `offsetSec` had to be added to it. */
export const xdfClockOffset = (streamId: number, atSec: number, offsetSec: number): Uint8Array => {
  const content = new Uint8Array(16);
  const view = new DataView(content.buffer);
  view.setFloat64(0, atSec, true);
  view.setFloat64(8, offsetSec, true);
  return xdfChunk(xdfTag.clockOffset, streamId, content);
};
