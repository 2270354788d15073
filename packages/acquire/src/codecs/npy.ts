import { type ByteSource, damaged } from './byte-source.ts';
import { itemBytes, type NumpyArray } from './numpy-array.ts';
import { checkedArray } from './pickle-globals.ts';

/**
 * The array in a `.npy` file (NumPy enhancement proposal 1); its values stay in the source.
 *
 *     \x93NUMPY  major minor  header length: u16 (version 1) or u32  "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }"  values
 *
 * Throws `AcquireError('bad-file')` for damage, for arrays of objects (they are pickles: they could execute) and of records.
 */
export const readNpy = (source: ByteSource): NumpyArray => {
  const start = Buffer.alloc(Math.min(12, source.size));
  source.read(start, 0);
  if (start.length < 12 || start.toString('latin1', 0, 6) !== '\x93NUMPY') throw damaged(source.name, 0, 'expected a .npy array');
  const isFirst = start[6] === 1;
  if (!isFirst && start[6] !== 2 && start[6] !== 3) throw damaged(source.name, 6, `.npy version ${start[6]}, known are 1 to 3`);
  const headerAt = isFirst ? 10 : 12;
  const headerLength = isFirst ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (headerLength > 65536) throw damaged(source.name, 8, `a header of ${headerLength} bytes`);
  const header = Buffer.alloc(headerLength);
  source.read(header, headerAt);
  const text = header.toString('latin1');
  const fields = /^\{'descr': '([<>|=])(\w+)', 'fortran_order': (True|False), 'shape': \(([\dL, ]*)\),? \}\s*$/.exec(text);
  if (fields === null)
    throw damaged(source.name, headerAt, `a header that is none of an array of numbers or bytes: ${text.slice(0, 80).trim()}`);
  // every group of the pattern takes part in a match
  const [, order, code, isColumnMajor, dimensions] = fields as unknown as [string, string, string, string, string];
  if (itemBytes(code) === undefined)
    throw damaged(source.name, headerAt, `it holds an array of '${code}', expected numbers or byte strings`);
  const shape = dimensions
    .split(',')
    .map((n) => n.trim().replace('L', ''))
    .filter((n) => n !== '')
    .map(Number);
  const offset = headerAt + headerLength;
  return checkedArray(source.name, offset, {
    kind: 'array',
    type: { kind: 'dtype', code, isBigEndian: order === '>' },
    shape,
    isColumnMajor: isColumnMajor === 'True',
    data: { kind: 'bytes', source, offset, length: source.size - offset, encoding: 'raw' },
  });
};
