import { open } from 'node:fs/promises';
import { bytesOf } from './bytes-of.ts';
import { fileError } from './file-error.ts';

const pieceBytes = 1 << 20;

/**
 * The records of a file in order: all that follows its header, cut into pieces of `recordBytes`; the last may be shorter. The bytes are
 * good until the next one is asked for. Holds about 1 MB and one record.
 */
export async function* wholeRecords(path: string, headerBytes: number, recordBytes: number): AsyncGenerator<Uint8Array, void> {
  let skip = headerBytes;
  let held: Uint8Array = new Uint8Array(0);
  for await (const piece of bytesOf(path, pieceBytes)) {
    const from = Math.min(skip, piece.length);
    skip -= from;
    held = held.length === 0 ? piece.subarray(from) : Buffer.concat([held, piece.subarray(from)]);
    let at = 0;
    for (; at + recordBytes <= held.length; at += recordBytes) yield held.subarray(at, at + recordBytes);
    held = held.subarray(at);
  }
  if (held.length > 0) yield held;
}

/** A stretch of each record. */
export interface RecordPart {
  readonly offset: number;
  readonly nBytes: number;
}

/** Records of which less than this share is wanted are read piece by piece. */
const sparse = 0.25;
const smallRecord = 4096;

/**
 * Of every whole record only some stretches, in order, one buffer for each: read at their places where the file allows it (`isPacked` is
 * false), so that its samples need not be. The bytes are good until the next ones are asked for.
 */
export async function* recordParts(
  path: string,
  headerBytes: number,
  recordBytes: number,
  parts: readonly RecordPart[],
  isPacked: boolean,
): AsyncGenerator<readonly Uint8Array[], void> {
  const wanted = parts.reduce((sum, { nBytes }) => sum + nBytes, 0);
  if (isPacked || wanted > sparse * recordBytes || recordBytes < smallRecord) {
    for await (const record of wholeRecords(path, headerBytes, recordBytes)) {
      if (record.length === recordBytes) yield parts.map(({ offset, nBytes }) => record.subarray(offset, offset + nBytes));
    }
    return;
  }
  const file = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const { size } = await file.stat();
    const buffers = parts.map(({ nBytes }) => Buffer.alloc(nBytes));
    for (let at = headerBytes; at + recordBytes <= size; at += recordBytes) {
      for (let p = 0; p < parts.length; p++) await file.read(buffers[p]!, 0, parts[p]!.nBytes, at + parts[p]!.offset);
      yield buffers;
    }
  } finally {
    await file.close();
  }
}
