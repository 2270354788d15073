import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memorySource } from './byte-source.ts';
import { readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { allNumbers, bytesSource } from './numpy-array.ts';

const golden = (name: string) => readFileSync(new URL(`../../test/golden/${name}`, import.meta.url));
const wave = (n: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1) * 100);

describe.each(['datasets_stored.npz', 'datasets_deflated.npz'])('%s', (file) => {
  const arrays = readNpz(memorySource(file, golden(file)));

  test('every array holds what NumPy wrote', () => {
    expect([...arrays.keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(arrays.get('a')!().shape).toEqual([4, 3]);
    for (const [name, n] of [
      ['a', 12],
      ['c', 6],
    ] as const) {
      for (const [i, value] of allNumbers(arrays.get(name)!()).entries()) expect(Math.abs(value - wave(n)[i]!)).toBeLessThan(1e-12);
    }
    expect(allNumbers(arrays.get('b')!())).toEqual(wave(6).map(Math.trunc));
  });

  test('a string of bytes is a source of its own', () => {
    const source = bytesSource(arrays.get('d')!());
    const bytes = Buffer.alloc(source.size);
    source.read(bytes, 0);
    expect(bytes.toString()).toBe('abc.def');
  });

  test('one flipped bit in what is stored changes the checksum', () => {
    const bytes = golden(file);
    const at = bytes.indexOf('NUMPY');
    bytes[at < 0 ? 60 : at + 100]! ^= 4;
    const damaged = readNpz(memorySource(file, bytes));
    expect(() => damaged.get('a')!()).toThrow(expect.objectContaining({ code: 'bad-file' }));
  });
});

test('an array of objects is refused: it would be a pickle', () => {
  const npy = Buffer.from(`\x93NUMPY\x01\x00\x46\x00${"{'descr': '|O', 'fortran_order': False, 'shape': (3,), }".padEnd(69)}\n`, 'latin1');
  expect(() => readNpy(memorySource('a.npy', npy))).toThrow(/expected numbers or byte strings/);
});
