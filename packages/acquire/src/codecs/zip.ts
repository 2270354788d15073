import { Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { type ByteSource, damaged, memorySource, partOf } from './byte-source.ts';

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked, bytes. */
  readonly size: number;
  /**
   * Its content: a view where it is stored, unpacked into memory where it is deflated. Throws `AcquireError('bad-file')` where the checksum
   * is another one, or the packing is neither of the two.
   */
  readonly open: () => ByteSource;
  /**
   * The same content piece by piece, never held whole; what is wrong with it is thrown where it shows, the checksum behind the last piece.
   */
  readonly stream: () => AsyncGenerator<Uint8Array, void>;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const maxUnpacked = 2 ** 31;

/**
 * The files in a zip archive, by its central directory (PKWARE APPNOTE 6.3.9): stored and deflated entries, no encryption, below 4 GB.
 * Throws `AcquireError('bad-file')` for anything else.
 */
export const readZip = (source: ByteSource): ZipEntry[] => {
  const fail = (at: number, detail: string) => damaged(source.name, at, detail);
  const tail = Buffer.alloc(Math.min(source.size, 22 + 65535));
  source.read(tail, source.size - tail.length);
  let end = tail.length - 22;
  while (end >= 0 && (tail.readUInt32LE(end) !== endSignature || end + 22 + tail.readUInt16LE(end + 20) !== tail.length)) end--;
  if (end < 0) throw fail(source.size, 'no zip archive, or its end is missing');
  const nEntries = tail.readUInt16LE(end + 10);
  const directory = Buffer.alloc(Math.min(tail.readUInt32LE(end + 12), source.size));
  const directoryAt = tail.readUInt32LE(end + 16);
  source.read(directory, directoryAt);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < nEntries; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature)
      throw fail(directoryAt + at, 'its directory is damaged');
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
    const [sum, packed, size] = [directory.readUInt32LE(at + 16), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24)];
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const localAt = directory.readUInt32LE(at + 42);
    const described = { name, flags, method, sum, packed, size, localAt };
    entries.push({ name, size, open: () => openEntry(source, described), stream: () => streamEntry(source, described) });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  if (at !== directory.length) throw fail(directoryAt + at, 'its directory is damaged');
  return entries;
};

interface Described {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly sum: number;
  readonly packed: number;
  readonly size: number;
  readonly localAt: number;
}

const openEntry = (archive: ByteSource, described: Described): ByteSource => {
  const { name, method, sum, size } = described;
  const fail = failureOf(archive, described);
  const stored = storedEntry(archive, described);
  const content = method === 0 ? { ...stored, name: `${archive.name}/${name}` } : inflated(stored, `${archive.name}/${name}`, size, fail);
  if (checksum(content) !== sum) throw fail('has another checksum than it should');
  return content;
};

const failureOf =
  (archive: ByteSource, { name, localAt }: Described) =>
  (detail: string) =>
    damaged(archive.name, localAt, `'${name}' in it ${detail}`);

/** What is stored of an entry, packed or not. */
const storedEntry = (archive: ByteSource, described: Described): ByteSource => {
  const { flags, method, packed, size, localAt } = described;
  const fail = failureOf(archive, described);
  const local = Buffer.alloc(30);
  archive.read(local, localAt);
  if (local.readUInt32LE(0) !== localSignature) throw fail('does not begin where the directory says');
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) throw fail(`is packed by method ${method}${flags & 1 ? ', encrypted' : ''}`);
  if (size > maxUnpacked || (method === 0 && packed !== size) || size > packed * 1032 + 1024)
    throw fail(`claims to unpack to ${size} bytes`);
  return partOf(archive, localAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), packed);
};

const pieceBytes = 64 * 1024;

async function* streamEntry(archive: ByteSource, described: Described): AsyncGenerator<Uint8Array, void> {
  const fail = failureOf(archive, described);
  const stored = storedEntry(archive, described);
  const pieces = function* () {
    for (let at = 0; at < stored.size; at += pieceBytes) {
      const piece = Buffer.alloc(Math.min(pieceBytes, stored.size - at));
      stored.read(piece, at);
      yield piece;
    }
  };
  let sum = 0;
  let size = 0;
  const unpacked = described.method === 0 ? pieces() : Readable.from(pieces()).pipe(createInflateRaw({ chunkSize: pieceBytes }));
  try {
    for await (const piece of unpacked as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > described.size) break;
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (cause) {
    if (!/^Z_/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw fail('cannot be unpacked');
  }
  if (size !== described.size) throw fail('cannot be unpacked');
  if (sum !== described.sum) throw fail('has another checksum than it should');
}

const inflated = (stored: ByteSource, name: string, size: number, fail: (detail: string) => Error): ByteSource => {
  const bytes = Buffer.alloc(stored.size);
  stored.read(bytes, 0);
  try {
    const content = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
    if (content.length === size) return memorySource(name, content);
  } catch (cause) {
    if (!/^(Z_|ERR_BUFFER_TOO_LARGE)/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
  throw fail('cannot be unpacked');
};

const checksum = (content: ByteSource): number => {
  const piece = Buffer.alloc(Math.min(content.size, 1 << 20));
  let sum = 0;
  for (let at = 0; at < content.size; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, content.size - at));
    content.read(part, at);
    sum = crc32(part, sum);
  }
  return sum;
};
