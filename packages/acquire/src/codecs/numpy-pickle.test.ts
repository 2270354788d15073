import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pickle0, pickle2 } from '../../test/fakes/datasets/pickle-writer.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { textOf } from './byte-span.ts';
import { allNumbers, rowReader } from './numpy-array.ts';
import { readPickle } from './numpy-pickle.ts';
import { isNumpyArray, isSpan, type PickleMap, type PickleValue } from './pickle-globals.ts';

const golden = (name: string) => readFileSync(new URL(`../../test/golden/${name}`, import.meta.url));
const open = (bytes: Uint8Array | string) =>
  readPickle(memorySource('a.pkl', typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));
const wave = (n: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1) * 100);
const array = (value: PickleValue | undefined): Float64Array => {
  if (!isNumpyArray(value)) throw new Error('no array');
  return allNumbers(value);
};
const text = (value: PickleValue | undefined) => (isSpan(value) ? textOf(value) : undefined);

const files = ['numpy1', 'numpy2'].flatMap((spelling) => [0, 2, 4, 5].map((protocol) => `datasets_${spelling}_protocol${protocol}.pkl`));

describe.each(files)('%s', (file) => {
  const content = open(golden(file)) as PickleMap;

  test('plain values are read', () => {
    expect(text(content.get('subject'))).toBe('S2');
    expect([content.get('count'), content.get('big'), content.get('ratio'), content.get('nothing'), content.get('yes')]).toEqual([
      3,
      2 ** 40,
      0.25,
      null,
      true,
    ]);
    const list = content.get('list') as PickleValue[];
    expect([list[0], list[1], text(list[2])]).toEqual([1, 2.5, 'x']);
    expect(text((content.get('pair') as PickleValue[])[1])).toBe('two');
  });

  test('arrays of every type, order and byte order hold the numbers that NumPy wrote', () => {
    const whole = (n: number) => wave(n).map(Math.trunc);
    const expectClose = (name: string | number, expected: Float64Array) => {
      const values = array(content.get(name));
      expect(values.length).toBe(expected.length);
      for (const [i, value] of values.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-12);
    };
    expectClose('float64', wave(120));
    expectClose('column_major', wave(24));
    expectClose('big_endian', wave(7));
    expectClose(0, wave(10));
    expect([...array(content.get('float32'))].map((value, i) => Math.abs(value - wave(5)[i]!) < 1e-5)).toEqual(Array(5).fill(true));
    for (const name of ['int8', 'int16', 'int32', 'int64']) expectClose(name, whole(9));
    expect([...array(content.get('uint8'))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...array(content.get('bool'))]).toEqual([1, 0, 1]);
    expect(array(content.get('empty'))).toHaveLength(0);
  });

  test('rows can be read in pieces and skipped', () => {
    for (const name of ['float64', 'column_major']) {
      const value = content.get(name);
      if (!isNumpyArray(value)) throw new Error('no array');
      const all = allNumbers(value);
      const reader = rowReader(value);
      reader.skip(2);
      const piece = [...reader.rows(1), ...reader.rows(2)];
      expect(piece).toEqual([...all.subarray(2 * reader.rowLength, 5 * reader.rowLength)]);
      expect(() => reader.end()).toThrow(/bytes/);
    }
  });
});

describe('a pickle that is an attack', () => {
  test.each([
    ['cos\nsystem\n(S"rm -rf /"\ntR.', 'os.system'],
    ['c__builtin__\neval\n(S"1"\ntR.', '__builtin__.eval'],
    ['(S"ls"\nios\nsystem\n.', 'os.system'],
    ['\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.', 'posix.system'],
    ['cnumpy.core.multiarray\nfromfile\n.', 'numpy.core.multiarray.fromfile'],
    ['c__proto__\nconstructor\n.', '__proto__.constructor'],
    ['cnumpy\nload\n.', 'numpy.load'],
  ])('%j is refused and named', (pickle, name) => {
    expect(() => open(pickle)).toThrow(expect.objectContaining({ code: 'bad-file', message: expect.stringContaining(`'${name}'`) }));
  });

  test('calling what is not a function, or an array type itself, is refused', () => {
    expect(() => open('cnumpy\nndarray\n(tR.')).toThrow(/calls numpy.ndarray itself/);
    expect(() => open('I1\n(tR.')).toThrow(/no function/);
  });

  test('instances, extensions and persistent names have no place', () => {
    for (const pickle of ['(i', '\x82\x01.', 'Pabc\n.', '\x81.'])
      expect(() => open(pickle)).toThrow(expect.objectContaining({ code: 'bad-file' }));
  });

  test('a length beyond the file is refused, not allocated', () => {
    expect(() => open('\x80\x04\x8e\xff\xff\xff\xff\xff\xff\x0f\x00.')).toThrow(expect.objectContaining({ code: 'bad-file' }));
    expect(() => open('T\xff\xff\xff\xff.')).toThrow(/negative/);
  });

  test('a million marks, or names for one object, end in an error', () => {
    expect(() => open('('.repeat(1_000_100))).toThrow(/more than 1000000 objects/);
    expect(() => open(`N${'\x94'.repeat(1_000_100)}`)).toThrow(/more than 1000000 objects/);
  });
});

test('the values of an array are not read before they are asked for', () => {
  const values = new Float64Array(200_000).fill(1.5);
  const bytes = pickle2({ data: { shape: [200, 1000], values } });
  const memory = memorySource('a.pkl', bytes);
  let nRead = 0;
  const counted: ByteSource = {
    ...memory,
    read: (target, offset) => {
      nRead += target.length;
      memory.read(target, offset);
    },
  };
  const data = (readPickle(counted) as PickleMap).get('data');
  expect(nRead).toBeLessThan(bytes.length / 10);
  if (!isNumpyArray(data)) throw new Error('no array');
  nRead = 0;
  const reader = rowReader(data);
  reader.skip(150);
  expect(reader.rows(1)).toEqual(values.subarray(0, 1000));
  expect(nRead).toBe(8000);
});

test('protocol 0 of Python 2 holds every byte, whatever its spelling and wherever the window ends', () => {
  const bytes = new Uint8Array(80_000).map((_, i) => (i * 31 + Math.floor(i / 256)) % 256);
  const values = new Int32Array(bytes.buffer);
  const data = (open(pickle0({ data: { shape: [20_000], values } })) as PickleMap).get('data');
  expect(array(data)).toEqual(Float64Array.from(values));
});
