import type { ByteSource } from './byte-source.ts';
import { damaged, partOf } from './byte-source.ts';
import { type ByteSpan, type SpanReader, spanReader } from './byte-span.ts';

/** An element type of NumPy. */
export interface NumpyType {
  readonly kind: 'dtype';
  /** `f8 f4 i8 i4 i2 i1 u8 u4 u2 u1 b1`, or `S<n>` for n bytes. */
  readonly code: string;
  isBigEndian: boolean;
}

/** An array of NumPy, its values still in the file. */
export interface NumpyArray {
  readonly kind: 'array';
  readonly type: NumpyType;
  readonly shape: readonly number[];
  /** Column-major (Fortran order) where true. */
  readonly isColumnMajor: boolean;
  readonly data: ByteSpan;
}

/** Bytes an element takes; undefined for a type that is none of ours. */
export const itemBytes = (code: string): number | undefined => {
  if (/^[fiu]8$|^[fiu]4$|^[iu][12]$|^b1$/.test(code)) return Number(code[1]);
  const text = /^S(\d{1,10})$/.exec(code);
  return text === null ? undefined : Number(text[1]);
};

/** Reads an array row by row, in order. */
export interface RowReader {
  readonly nRows: number;
  /** Values in a row: the product of all dimensions but the first. */
  readonly rowLength: number;
  /** The next `n` rows, (n, rowLength) row-major. Throws `AcquireError('bad-file')` where the file is damaged there. */
  readonly rows: (n: number) => Float64Array;
  readonly skip: (n: number) => void;
  /** Throws where the array holds more than its shape says; to be called behind the last row. */
  readonly end: () => void;
}

/** A reader of a numeric array at its first row. Memory is that of the rows asked for. Column-major arrays of more than two dimensions are refused. */
export const rowReader = (array: NumpyArray): RowReader => {
  const { shape, type, data } = array;
  const item = itemBytes(type.code)!;
  const nRows = shape[0] ?? 1;
  const rowLength = shape.slice(1).reduce((product, n) => product * n, 1);
  if (type.code.startsWith('S')) throw damaged(data.source.name, data.offset, `expected an array of numbers, got '${type.code}'`);
  const isByColumn = array.isColumnMajor && shape.length > 1 && rowLength > 1;
  if (isByColumn && shape.length > 2)
    throw damaged(data.source.name, data.offset, `a column-major array of ${shape.length} dimensions is not supported`);
  const columns: SpanReader[] = [];
  for (let column = 0; column < (isByColumn ? rowLength : 1); column++) {
    const reader = spanReader(data);
    reader.skip(column * nRows * item);
    columns.push(reader);
  }
  return {
    nRows,
    rowLength,
    rows: (n) => {
      if (!isByColumn) return numbers(columns[0]!, n * rowLength, type);
      const rows = new Float64Array(n * rowLength);
      columns.forEach((column, j) => {
        const values = numbers(column, n, type);
        for (let i = 0; i < n; i++) rows[i * rowLength + j] = values[i]!;
      });
      return rows;
    },
    skip: (n) => {
      for (const column of columns) column.skip(n * item * (isByColumn ? 1 : rowLength));
    },
    end: () => columns.at(-1)!.end(),
  };
};

/** All values of a small array, row-major. */
export const allNumbers = (array: NumpyArray): Float64Array => {
  const reader = rowReader(array);
  const values = reader.rows(reader.nRows);
  reader.end();
  return values;
};

/** The bytes of a 0-dimensional `S<n>` array, as a source; they are not copied. */
export const bytesSource = ({ type, shape, data }: NumpyArray): ByteSource => {
  if (!type.code.startsWith('S') || shape.length > 0 || data.encoding !== 'raw') {
    throw damaged(
      data.source.name,
      data.offset,
      `expected one string of bytes, got an array of '${type.code}' of shape (${shape.join(', ')})`,
    );
  }
  return partOf(data.source, data.offset, data.length);
};

const isLittleHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The next `n` elements of a span as numbers. Integers above 2^53 lose their last bits. */
export const numbers = (reader: SpanReader, n: number, { code, isBigEndian }: NumpyType): Float64Array => {
  const values = new Float64Array(n);
  if (code === 'f8' && isLittleHost !== isBigEndian) {
    reader.read(new Uint8Array(values.buffer));
    return values;
  }
  const item = itemBytes(code)!;
  const perPiece = 4096;
  const piece = new Uint8Array(perPiece * item);
  const view = new DataView(piece.buffer);
  const value = elementOf(code, view, !isBigEndian);
  for (let from = 0; from < n; from += perPiece) {
    const count = Math.min(perPiece, n - from);
    reader.read(piece.subarray(0, count * item));
    for (let i = 0; i < count; i++) values[from + i] = value(i * item);
  }
  return values;
};

const elementOf = (code: string, view: DataView, isLittle: boolean): ((at: number) => number) => {
  switch (code) {
    case 'f8':
      return (at) => view.getFloat64(at, isLittle);
    case 'f4':
      return (at) => view.getFloat32(at, isLittle);
    case 'i8':
      return (at) => Number(view.getBigInt64(at, isLittle));
    case 'u8':
      return (at) => Number(view.getBigUint64(at, isLittle));
    case 'i4':
      return (at) => view.getInt32(at, isLittle);
    case 'u4':
      return (at) => view.getUint32(at, isLittle);
    case 'i2':
      return (at) => view.getInt16(at, isLittle);
    case 'u2':
      return (at) => view.getUint16(at, isLittle);
    case 'i1':
      return (at) => view.getInt8(at);
    default:
      return (at) => view.getUint8(at);
  }
};
