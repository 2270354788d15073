/** The numbers of a packed record, as Python's `struct` describes them (`'<hhf'`), without native alignment. */
export interface StructFormat {
  /** Bytes of one record, padding included. */
  readonly length: number;
  /** Numbers in one record; padding (`x`) is none. */
  readonly count: number;
  /** Reads one record at `offset` into `into`; the record must be there whole. */
  readonly read: (view: DataView, offset: number, into: Float64Array) => void;
}

type Reader = (view: DataView, offset: number, little: boolean) => number;

const kinds: Readonly<Record<string, readonly [bytes: number, read: Reader | undefined]>> = {
  x: [1, undefined],
  b: [1, (view, at) => view.getInt8(at)],
  B: [1, (view, at) => view.getUint8(at)],
  '?': [1, (view, at) => (view.getUint8(at) === 0 ? 0 : 1)],
  h: [2, (view, at, little) => view.getInt16(at, little)],
  H: [2, (view, at, little) => view.getUint16(at, little)],
  i: [4, (view, at, little) => view.getInt32(at, little)],
  I: [4, (view, at, little) => view.getUint32(at, little)],
  l: [4, (view, at, little) => view.getInt32(at, little)],
  L: [4, (view, at, little) => view.getUint32(at, little)],
  q: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  Q: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  f: [4, (view, at, little) => view.getFloat32(at, little)],
  d: [8, (view, at, little) => view.getFloat64(at, little)],
};

const maxRecordBytes = 512; // the longest value a Bluetooth characteristic can have

/**
 * Compiles a format: `<` little or `>` big endian (always given, because nothing is more often got wrong), then letters of `bBhHiIlLqQfd?`
 * and `x` for a byte to skip, each with an optional count before it (`'<2h3x'`). Undefined where the text is no such format, holds no number
 * or is longer than 512 bytes.
 */
export const structFormat = (text: string): StructFormat | undefined => {
  if (!/^[<>](\d{0,3}[xbBhHiIlLqQfd?])+$/.test(text)) return undefined;
  const little = text[0] === '<';
  const fields: { at: number; read: Reader }[] = [];
  let length = 0;
  for (const [, digits, letter] of text.slice(1).matchAll(/(\d*)(\D)/g)) {
    const [bytes, read] = kinds[letter!]!;
    for (let n = digits === '' ? 1 : Number(digits); n > 0; n--) {
      if (read !== undefined) fields.push({ at: length, read });
      length += bytes;
    }
  }
  if (fields.length === 0 || length > maxRecordBytes) return undefined;
  return {
    length,
    count: fields.length,
    read: (view, offset, into) => {
      for (let f = 0; f < fields.length; f++) into[f] = fields[f]!.read(view, offset + fields[f]!.at, little);
    },
  };
};
