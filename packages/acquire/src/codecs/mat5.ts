import { AcquireError } from '../errors.ts';
import { damaged, openFileSource } from './byte-source.ts';
import { type ByteStream, openByteStream } from './byte-stream.ts';
import { readContent, readNumbers, readTag, readText, storedBytes } from './mat5-values.ts';

/** Where a leaf lies: variable, then field names and cell indices (from 0; of a struct array, too, unless it is 1 × 1). */
export type MatPath = readonly (string | number)[];

/** An array of numbers or a text somewhere in a MATLAB file. */
export interface MatLeaf {
  readonly path: MatPath;
  readonly type: 'numbers' | 'text';
  /** As MATLAB has it: (rows, columns, …). */
  readonly shape: readonly number[];
  /** In the order in which they were wanted; there where they were. */
  readonly values?: Float64Array;
  readonly text?: string;
}

/**
 * Which arrays of numbers are to be read, and in which order: `columns` as MATLAB has them, `rows` turned row-major (two dimensions). Of the
 * others only the shape is told. Texts are always read.
 */
export type Wanted = (path: MatPath, shape: readonly number[]) => 'columns' | 'rows' | false;

const numericClasses = { first: 6, last: 15 };
const maxArrayBytes = 2 ** 32;
const maxParts = 1_000_000;

/**
 * Every leaf of a MATLAB 5 file (also 6 and 7, packed), in the file's order: arrays, cells and structs are walked, never held. Memory is that of
 * the largest array wanted. Both byte orders. A file of MATLAB 7.3 is HDF5, and is read by `mat73.ts`.
 *
 *     text: 116 bytes  offset: 8  version: u16 = 0x0100  'IM' (little endian) or 'MI'   then elements
 *     element: type u32, bytes u32, content, padding to 8 bytes;   small form: type u16, bytes u16 (1 to 4), content in 4 bytes
 *     14 matrix = flags, shape, name, content;   15 packed = zlib of an element
 *
 * Throws `AcquireError`: `unknown-format` for what is no MATLAB file, `bad-file` for damage and for sparse and complex
 * arrays, objects and functions. The checksum of a packed variable is known behind its last leaf: damage there is thrown then. Stopping early
 * closes the file. Format: MathWorks, MAT-File Format (2019).
 */
export async function* matLeaves(path: string, wanted: Wanted): AsyncGenerator<MatLeaf, void> {
  if (isHdf5(path)) {
    const { mat73Leaves } = await import('./mat73.ts');
    yield* mat73Leaves(path, wanted);
    return;
  }
  const file = openFileSource(path);
  try {
    const { size } = file;
    const head = Buffer.alloc(Math.min(128, size));
    file.read(head, 0);
    const order = head.toString('latin1', 126, 128);
    const isLittle = order === 'IM';
    const version = head.length < 128 ? 0 : isLittle ? head.readUInt16LE(124) : head.readUInt16BE(124);
    if ((order !== 'IM' && order !== 'MI') || version !== 0x0100) {
      throw new AcquireError(
        'unknown-format',
        `'${path}' is no MATLAB 5 file: version ${version}, byte order '${order.replace(/[^ -~]/g, '?')}'.`,
      );
    }
    const tag = Buffer.alloc(8);
    for (let at = 128; at < size; ) {
      file.read(tag, at);
      const type = isLittle ? tag.readUInt32LE() : tag.readUInt32BE();
      const length = isLittle ? tag.readUInt32LE(4) : tag.readUInt32BE(4);
      if (type !== 14 && type !== 15) throw damaged(path, at, `expected a variable, got an element of type ${type}`);
      if (length === 0 || at + 8 + length > size)
        throw damaged(path, at, `a variable of ${length} bytes does not fit into the file's ${size}`);
      const isPacked = type === 15;
      const stream = openByteStream(path, isPacked ? at + 8 : at, isPacked ? length : length + 8, isPacked);
      try {
        yield* matrix({ stream, isLittle, wanted }, [], isPacked ? Math.min(maxArrayBytes, length * 1032 + 1024) : length + 8);
        await stream.end();
      } finally {
        stream.close();
      }
      at += 8 + length;
    }
  } finally {
    file.close();
  }
}

/** Whether a file is HDF5: at its beginning, or behind MATLAB's 512 bytes of text. */
const isHdf5 = (path: string): boolean => {
  const file = openFileSource(path);
  try {
    const head = Buffer.alloc(Math.min(520, file.size));
    file.read(head, 0);
    return (
      head.toString('latin1', 0, 10) === 'MATLAB 7.3' || [0, 512].some((at) => head.toString('latin1', at, at + 8) === '\x89HDF\r\n\x1a\n')
    );
  } finally {
    file.close();
  }
};

interface Context {
  readonly stream: ByteStream;
  readonly isLittle: boolean;
  readonly wanted: Wanted;
}

/** The leaves of the next element, which must be a matrix of at most `room` bytes. */
async function* matrix(context: Context, within: MatPath, room: number): AsyncGenerator<MatLeaf, void> {
  const { stream, isLittle, wanted } = context;
  const fail = (detail: string) => damaged(stream.name, stream.position(), `${within.join('.') || 'a variable'}: ${detail}`);
  if (within.length > 16) throw fail('nested too deeply');
  const tag = await readTag(stream, isLittle);
  if (tag.type !== 14) throw fail(`expected an array, got an element of type ${tag.type}`);
  if (tag.size + 8 > room) throw fail(`${tag.size} bytes do not fit into the ${room} around them`);
  if (tag.size === 0) {
    yield { path: within, type: 'numbers', shape: [0, 0], values: new Float64Array(0) };
    return;
  }
  const endsAt = stream.position() + tag.size;
  const flags = numbersOf(await readContent(stream, await readTag(stream, isLittle), 8), isLittle);
  const shape = numbersOf(await readContent(stream, await readTag(stream, isLittle), 64), isLittle);
  const name = (await readContent(stream, await readTag(stream, isLittle), 256)).toString('latin1');
  if (flags.length !== 2 || shape.length < 2) throw fail('an array has no class or shape');
  const path = within.length === 0 ? [name] : within;
  const nElements = shape.reduce((product, n) => product * n, 1);
  const kind = flags[0]! & 0xff;
  const left = () => endsAt - stream.position();

  if (kind >= numericClasses.first && kind <= numericClasses.last && (flags[0]! & 0x0800) === 0) {
    const content = await readTag(stream, isLittle);
    if (content.size > left() && content.small === undefined) throw fail('an array is longer than what is around it');
    const order = wanted(path, shape);
    if (order === false) {
      storedBytes(stream, content, nElements);
      await stream.skip(content.small === undefined ? content.size + content.padding : 0);
      yield { path, type: 'numbers', shape };
    } else {
      const nRows = order === 'rows' && nElements > 0 ? shape[0]! : 1;
      yield { path, type: 'numbers', shape, values: await readNumbers(stream, content, nElements, nRows, isLittle) };
    }
  } else if (kind === 4) {
    yield { path, type: 'text', shape, text: await readText(stream, await readTag(stream, isLittle), isLittle) };
  } else if (kind === 1) {
    if (nElements > maxParts) throw fail(`a cell array of ${nElements}`);
    for (let i = 0; i < nElements; i++) yield* matrix(context, [...path, i], left());
  } else if (kind === 2) {
    const [nameBytes = 0] = numbersOf(await readContent(stream, await readTag(stream, isLittle), 8), isLittle);
    const names = await readContent(stream, await readTag(stream, isLittle), 1 << 16);
    if (nameBytes < 1 || names.length % nameBytes !== 0) throw fail('a struct has no field names');
    const fields = Array.from({ length: names.length / nameBytes }, (_, i) =>
      names.toString('latin1', i * nameBytes, (i + 1) * nameBytes).replace(/\0.*$/s, ''),
    );
    if (nElements * fields.length > maxParts) throw fail(`a struct array of ${nElements}`);
    for (let i = 0; i < nElements; i++) {
      for (const field of fields) yield* matrix(context, nElements === 1 ? [...path, field] : [...path, i, field], left());
    }
  } else throw fail(`an array of class ${kind}${flags[0]! & 0x0800 ? ', complex,' : ''} is not supported`);
  if (stream.position() !== endsAt) throw fail('its parts do not add up to its length');
}

const numbersOf = (content: Buffer, isLittle: boolean): number[] =>
  Array.from({ length: Math.floor(content.length / 4) }, (_, i) => (isLittle ? content.readUInt32LE(4 * i) : content.readUInt32BE(4 * i)));
