import { AcquireError } from '../errors.ts';
import { damaged, memorySource } from './byte-source.ts';
import { type ByteSpan, spanReader, textOf } from './byte-span.ts';
import { itemBytes, type NumpyArray, type NumpyType, numbers } from './numpy-array.ts';

/** What a pickle can hold here. Tuples are arrays; byte strings and texts are spans of the file; keys of a map are text or numbers. */
export type PickleValue = null | boolean | number | bigint | ByteSpan | NumpyType | NumpyArray | PickleGlobal | PickleValue[] | PickleMap;
export interface PickleMap extends Map<string | number, PickleValue> {}

/** One of the names a pickle may call; nothing of it is executed. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly does: 'reconstruct' | 'ndarray' | 'dtype' | 'frombuffer' | 'scalar' | 'encode' | 'bytes';
}

const global = (does: PickleGlobal['does']): PickleGlobal => ({ kind: 'global', does });

/** Everything a pickle of NumPy arrays needs, in the spellings of NumPy 1 and 2. Any other name is refused. */
const allowed: Readonly<Record<string, PickleGlobal>> = Object.assign(Object.create(null) as Record<string, PickleGlobal>, {
  'numpy.core.multiarray _reconstruct': global('reconstruct'),
  'numpy._core.multiarray _reconstruct': global('reconstruct'),
  'numpy ndarray': global('ndarray'),
  'numpy dtype': global('dtype'),
  'numpy.core.numeric _frombuffer': global('frombuffer'),
  'numpy._core.numeric _frombuffer': global('frombuffer'),
  'numpy.core.multiarray scalar': global('scalar'),
  'numpy._core.multiarray scalar': global('scalar'),
  '_codecs encode': global('encode'),
  '__builtin__ bytes': global('bytes'),
  'builtins bytes': global('bytes'),
});

/** The global of that name. Throws `AcquireError('bad-file')` naming any that is not on the list. */
export const globalNamed = (file: string, module: string, name: string): PickleGlobal => {
  const found = allowed[`${module} ${name}`];
  if (found !== undefined) return found;
  throw new AcquireError(
    'bad-file',
    `'${file}' asks to call '${`${module}.${name}`.slice(0, 120)}', which a data set has no need of: refused, nothing was executed. ` +
      'Get the file from its owner; a pickle from anywhere else may be an attack.',
  );
};

const isKind = <K extends string>(value: PickleValue | undefined, kind: K): value is Extract<PickleValue, { kind: K }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

/** True for a string of bytes or text. */
export const isSpan = (value: PickleValue | undefined): value is ByteSpan => isKind(value, 'bytes');
/** True for a NumPy array. */
export const isNumpyArray = (value: PickleValue | undefined): value is NumpyArray => isKind(value, 'array');

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What calling a global with these arguments would have given. Throws `AcquireError('bad-file')` for arguments NumPy does not write. */
export const reduced = (file: string, at: number, called: PickleValue | undefined, given: PickleValue | undefined): PickleValue => {
  const fail = (detail: string) => damaged(file, at, detail);
  if (!isKind(called, 'global')) throw fail('it calls something that is no function');
  if (!Array.isArray(given)) throw fail('it calls a function without arguments');
  const [first, second, third, fourth] = given;
  switch (called.does) {
    case 'reconstruct': {
      if (!isKind(first, 'global') || first.does !== 'ndarray') throw fail('it reconstructs something that is no array');
      return emptyArray();
    }
    case 'dtype': {
      const code = isSpan(first) ? textOf(first) : '';
      const plain = /^[<>|=]/.test(code) ? code.slice(1) : code;
      if (itemBytes(plain) === undefined) throw fail(`it holds an array of '${code.slice(0, 20)}', expected numbers or byte strings`);
      return { kind: 'dtype', code: plain, isBigEndian: code.startsWith('>') };
    }
    case 'frombuffer': {
      const order = isSpan(fourth) ? textOf(fourth) : '';
      if (!isSpan(first) || !isKind(second, 'dtype') || (order !== 'C' && order !== 'F'))
        throw fail('an array has no type, order or values');
      return checkedArray(file, at, {
        kind: 'array',
        type: second,
        shape: shapeOf(fail, third),
        isColumnMajor: order === 'F',
        data: first,
      });
    }
    case 'scalar': {
      if (!isKind(first, 'dtype') || !isSpan(second) || first.code.startsWith('S')) throw fail('a scalar has no type or value');
      const reader = spanReader(second);
      const value = numbers(reader, 1, first)[0]!;
      reader.end();
      return value;
    }
    case 'encode': {
      const name = isSpan(second) ? textOf(second).toLowerCase().replace(/[-_]/g, '') : '';
      if (!isSpan(first) || (name !== 'latin1' && name !== 'iso88591'))
        throw fail(`it encodes text as '${name.slice(0, 20)}', expected 'latin1'`);
      return first;
    }
    case 'bytes': {
      if (given.length > 0) throw fail('it calls bytes with an argument');
      return noBytes;
    }
    default:
      throw fail(`it calls numpy.${called.does} itself`);
  }
};

const noBytes: ByteSpan = { kind: 'bytes', source: memorySource('', new Uint8Array(0)), offset: 0, length: 0, encoding: 'raw' };

const emptyArray = (): NumpyArray => ({
  kind: 'array',
  type: { kind: 'dtype', code: 'u1', isBigEndian: false },
  shape: [0],
  isColumnMajor: false,
  data: noBytes,
});

/** Sets the state of an array or a type. Throws `AcquireError('bad-file')` for a state NumPy does not write. */
export const build = (file: string, at: number, target: PickleValue | undefined, state: PickleValue | undefined): void => {
  const fail = (detail: string) => damaged(file, at, detail);
  if (!Array.isArray(state)) throw fail('it sets the state of something that is neither array nor type');
  if (isKind(target, 'dtype')) {
    const order = isSpan(state[1]) ? textOf(state[1]) : '';
    if (!['<', '>', '|', '='].includes(order)) throw fail('a type has no byte order');
    if (state.slice(2, 5).some((part) => part !== null)) throw fail('it holds an array of records, expected numbers');
    target.isBigEndian = order === '>';
  } else if (isNumpyArray(target)) {
    const [, shape, type, isColumnMajor, data] = state;
    if (!isKind(type, 'dtype') || !isSpan(data)) throw fail('an array has no type or no values (arrays of objects are not read)');
    const whole = {
      kind: 'array',
      type,
      shape: shapeOf(fail, shape),
      isColumnMajor: isColumnMajor === true || isColumnMajor === 1,
      data,
    } as const;
    Object.assign(target as Mutable<NumpyArray>, checkedArray(file, at, whole));
  } else throw fail('it sets the state of something that is neither array nor type');
};

const shapeOf = (fail: (detail: string) => AcquireError, shape: PickleValue | undefined): number[] => {
  const isShape =
    Array.isArray(shape) && shape.length <= 8 && shape.every((n) => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0);
  if (!isShape) throw fail('an array has no shape');
  return shape as number[];
};

/** The array, its number of bytes compared with its shape as far as that can be done without decoding. */
export const checkedArray = (file: string, at: number, array: NumpyArray): NumpyArray => {
  const expected = array.shape.reduce((product, n) => product * n, 1) * itemBytes(array.type.code)!;
  const { length, encoding } = array.data;
  if (encoding === 'raw' ? length !== expected : length < expected || length > 6 * expected) {
    throw damaged(file, at, `an array of shape (${array.shape.join(', ')}) has ${length} bytes, expected ${expected}`);
  }
  return array;
};
