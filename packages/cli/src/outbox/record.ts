import { crc32c } from './crc32c.ts';

/**
 * One message of a segment, little endian:
 *
 *     0   4  marker "rec1", by which a reader finds the next record after damage
 *     4   4  CRC-32C of everything from 8 on
 *     8   4  length of everything from 12 on
 *     12  8  id, a whole number in a double (exact up to 2^53)
 *     20  8  when it was made, Unix s, double
 *     28  2  bytes of the topic
 *     30     topic, then payload, both UTF-8
 */
export interface OutboxRecord {
  /** Rises by one from record to record, over all segments and restarts. */
  readonly id: number;
  readonly madeAt: number;
  readonly topic: string;
  readonly payload: string;
}

export const marker = 0x31636572; // "rec1"
const headLength = 12;
const fixedLength = 18;
/** The shortest whole record: empty topic, empty payload. */
export const shortestRecord = headLength + fixedLength;

export const encodeRecord = ({ id, madeAt, topic, payload }: OutboxRecord): Buffer => {
  const topicBytes = Buffer.byteLength(topic);
  const length = fixedLength + topicBytes + Buffer.byteLength(payload);
  const bytes = Buffer.allocUnsafe(headLength + length);
  bytes.writeUInt32LE(marker, 0);
  bytes.writeUInt32LE(length, 8);
  bytes.writeDoubleLE(id, 12);
  bytes.writeDoubleLE(madeAt, 20);
  bytes.writeUInt16LE(topicBytes, 28);
  bytes.write(topic, 30);
  bytes.write(payload, 30 + topicBytes);
  bytes.writeUInt32LE(crc32c(bytes, 8), 4);
  return bytes;
};

/** What lies at a place of a segment: a record and where the next one begins, more bytes needed (of this many in all), or damage. */
export type Decoded =
  | { readonly kind: 'record'; readonly record: OutboxRecord; readonly next: number }
  | { readonly kind: 'short'; readonly needs: number }
  | { readonly kind: 'damage' };

const damage: Decoded = { kind: 'damage' };

/** Reads the record at `at` of the bytes up to `end`. A length beyond `longest` is damage, never something to wait for. */
export const decodeRecord = (bytes: Buffer, at: number, end: number, longest: number): Decoded => {
  if (end - at < headLength) return { kind: 'short', needs: headLength };
  const length = bytes.readUInt32LE(at + 8);
  if (bytes.readUInt32LE(at) !== marker || length < fixedLength || length + headLength > longest) return damage;
  const next = at + headLength + length;
  if (next > end) return { kind: 'short', needs: headLength + length };
  if (crc32c(bytes, at + 8, next) !== bytes.readUInt32LE(at + 4)) return damage;
  const topicEnd = at + 30 + bytes.readUInt16LE(at + 28);
  const id = bytes.readDoubleLE(at + 12);
  if (topicEnd > next || !Number.isSafeInteger(id) || id < 1) return damage;
  return {
    kind: 'record',
    record: {
      id,
      madeAt: bytes.readDoubleLE(at + 20),
      topic: bytes.toString('utf8', at + 30, topicEnd),
      payload: bytes.toString('utf8', topicEnd, next),
    },
    next,
  };
};

/** Where the next marker begins, from `from` on; `end` where there is none. */
export const nextMarker = (bytes: Buffer, from: number, end: number): number => {
  const found = bytes.subarray(0, end).indexOf('rec1', from, 'latin1');
  return found < 0 ? end : found;
};
