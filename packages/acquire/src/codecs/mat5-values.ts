import { damaged } from './byte-source.ts';
import type { ByteStream } from './byte-stream.ts';

/** An element's head: its type, the bytes of its content, and the padding behind it. */
export interface Tag {
  readonly type: number;
  readonly size: number;
  readonly padding: number;
  /** Content of the small form, which has it in the tag. */
  readonly small?: Buffer;
}

/** Storage types: name of the reader, bytes. */
const storage: Readonly<
  Record<number, { readonly bytes: number; readonly get: (view: DataView, at: number, isLittle: boolean) => number }>
> = {
  1: { bytes: 1, get: (view, at) => view.getInt8(at) },
  2: { bytes: 1, get: (view, at) => view.getUint8(at) },
  3: { bytes: 2, get: (view, at, little) => view.getInt16(at, little) },
  4: { bytes: 2, get: (view, at, little) => view.getUint16(at, little) },
  5: { bytes: 4, get: (view, at, little) => view.getInt32(at, little) },
  6: { bytes: 4, get: (view, at, little) => view.getUint32(at, little) },
  7: { bytes: 4, get: (view, at, little) => view.getFloat32(at, little) },
  9: { bytes: 8, get: (view, at, little) => view.getFloat64(at, little) },
  12: { bytes: 8, get: (view, at, little) => Number(view.getBigInt64(at, little)) },
  13: { bytes: 8, get: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/** The head of the next element, and its whole content where that is in the small form. */
export const readTag = async (stream: ByteStream, isLittle: boolean): Promise<Tag> => {
  const head = Buffer.alloc(8);
  await stream.fill(head);
  const first = isLittle ? head.readUInt32LE() : head.readUInt32BE();
  const second = isLittle ? head.readUInt32LE(4) : head.readUInt32BE(4);
  const smallSize = first >>> 16;
  if (smallSize === 0) return { type: first, size: second, padding: first === 14 ? 0 : (8 - (second % 8)) % 8 };
  if (smallSize > 4) throw damaged(stream.name, stream.position(), `an element of type ${first} is none of MATLAB 5`);
  return { type: first & 0xffff, size: smallSize, padding: 0, small: head.subarray(4, 4 + smallSize) };
};

/** The content of a short element. */
export const readContent = async (stream: ByteStream, tag: Tag, maxSize: number): Promise<Buffer> => {
  if (tag.small !== undefined) return tag.small;
  if (tag.size > maxSize) throw damaged(stream.name, stream.position(), `an element has ${tag.size} bytes, expected at most ${maxSize}`);
  const content = Buffer.alloc(tag.size);
  await stream.fill(content);
  await stream.skip(tag.padding);
  return content;
};

const isLittleHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Largest array that is read in one piece, numbers. */
const maxNumbers = 2 ** 28;

/** Bytes one number takes in storage. Throws `AcquireError('bad-file')` where `n` of them are not what the element holds. */
export const storedBytes = (stream: ByteStream, { type, size }: Tag, n: number): number => {
  const bytes = storage[type]?.bytes;
  if (bytes === undefined || bytes * n !== size || n > maxNumbers) {
    throw damaged(stream.name, stream.position(), `an array of ${n} numbers is stored as ${size} bytes of type ${type}`);
  }
  return bytes;
};

/**
 * `n` numbers of an element, whatever type they are stored in: as they are stored where `nRows` is 1, otherwise column-major (nRows, n / nRows)
 * turned into row-major on the way. Nothing but the result and 64 kB is held.
 */
export const readNumbers = async (stream: ByteStream, tag: Tag, n: number, nRows: number, isLittle: boolean): Promise<Float64Array> => {
  const bytes = storedBytes(stream, tag, n);
  const values = new Float64Array(n);
  if (tag.type === 9 && isLittle === isLittleHost && nRows === 1) {
    await stream.fill(new Uint8Array(values.buffer));
    await stream.skip(tag.padding);
    return values;
  }
  const { get } = storage[tag.type]!;
  const nColumns = n / nRows;
  const piece = Buffer.alloc(Math.min(tag.size, 64 * 1024));
  const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
  let row = 0;
  let column = 0;
  for (let from = 0; from < n; ) {
    const count = Math.min(n - from, Math.floor(piece.length / bytes));
    if (tag.small !== undefined) piece.set(tag.small);
    else await stream.fill(piece.subarray(0, count * bytes));
    for (let i = 0; i < count; i++) {
      values[row * nColumns + column] = get(view, i * bytes, isLittle);
      if (++row === nRows) {
        row = 0;
        column++;
      }
    }
    from += count;
  }
  await stream.skip(tag.padding);
  return values;
};

/** The text of a char array of one row. */
export const readText = async (stream: ByteStream, tag: Tag, isLittle: boolean): Promise<string> => {
  if (tag.type === 16) return (await readContent(stream, tag, 1 << 20)).toString('utf8');
  const bytes = storage[tag.type]?.bytes ?? (tag.type === 17 ? 2 : undefined);
  if (bytes === undefined || bytes > 2 || tag.size % bytes !== 0)
    throw damaged(stream.name, stream.position(), `a text is stored as type ${tag.type}`);
  const content = await readContent(stream, tag, 1 << 20);
  const units = Array.from({ length: tag.size / bytes }, (_, i) =>
    bytes === 1 ? content[i]! : isLittle ? content.readUInt16LE(2 * i) : content.readUInt16BE(2 * i),
  );
  return units.map((unit) => String.fromCharCode(unit)).join('');
};
