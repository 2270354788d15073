import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type FakeMat, matFile } from '../../test/fakes/datasets/mat-writer.ts';
import { type MatLeaf, matLeaves, type Wanted } from './mat5.ts';

const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mat5-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.mat');

const read = async (file: string, wanted: Wanted = () => 'columns'): Promise<Map<string, MatLeaf>> => {
  const leaves = new Map<string, MatLeaf>();
  for await (const leaf of matLeaves(file, wanted)) leaves.set(leaf.path.join('.'), leaf);
  return leaves;
};
/** NumPy writes `sin(i + 1) · 100` row-major; MATLAB holds it column-major. */
const columns = (rows: number, n: number) =>
  Array.from({ length: rows * n }, (_, k) => Math.sin((k % rows) * n + Math.floor(k / rows) + 1) * 100);
const near = (values: Float64Array | undefined, expected: readonly number[], tolerance = 1e-12) => {
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(values![i]! - value)).toBeLessThan(tolerance);
};

describe.each(['datasets_plain.mat', 'datasets_packed.mat'])('%s', (file) => {
  test('numbers, texts, cells and structs are what SciPy wrote', async () => {
    const leaves = await read(golden(file));
    near(leaves.get('plain')?.values, columns(3, 4));
    expect(leaves.get('cube')?.shape).toEqual([2, 3, 4]);
    expect(leaves.get('small')?.values).toEqual(Float64Array.of(7));
    expect(leaves.get('pair16')?.values).toEqual(Float64Array.of(1, -2));
    near(leaves.get('single')?.values, columns(3, 2), 1e-5);
    expect(leaves.get('label')?.values).toEqual(Float64Array.of(1, 0, -1));
    expect(leaves.get('text')?.text).toBe('hello');
    expect(leaves.get('unicode')?.text).toBe('µV');
    expect(leaves.get('nested.age')?.values).toEqual(Float64Array.of(22));
    near(leaves.get('nested.EEG.stimuli.0')?.values, columns(2, 3));
    expect(leaves.get('nested.EEG.stimuli.1')?.text).toBe('text');
    near(leaves.get('nested.EEG.stimuli.2.deep')?.values, columns(3, 1));
    expect(leaves.get('empty')?.shape).toEqual([0, 0]);
  });

  test('rows come row-major, what is not wanted comes without values', async () => {
    const leaves = await read(golden(file), ([name], shape) => (name === 'plain' && shape.length === 2 ? 'rows' : false));
    near(
      leaves.get('plain')?.values,
      Array.from({ length: 12 }, (_, i) => Math.sin(i + 1) * 100),
    );
    expect(leaves.get('cube')).toEqual({ path: ['cube'], type: 'numbers', shape: [2, 3, 4] });
  });
});

test('both byte orders, packed and plain, hold the same', async () => {
  const values = Float64Array.from({ length: 6 }, (_, i) => i / 3);
  const content: Record<string, FakeMat> = {
    a: { shape: [2, 3], values },
    s: { struct: { text: 'abc', c: { shape: [1, 1], cell: [{ shape: [6, 1], values }] } } },
  };
  for (const isLittle of [true, false]) {
    for (const isPacked of [true, false]) {
      writeFileSync(path, matFile(content, { isLittle, isPacked }));
      const leaves = await read(path);
      expect([...leaves.keys()]).toEqual(['a', 's.text', 's.c.0']);
      expect(leaves.get('a')?.values).toEqual(values);
      expect(leaves.get('s.text')?.text).toBe('abc');
    }
  }
});

test('a file of MATLAB 7.3 gives its leaves as older ones do; a damaged one, and what is no MATLAB file, are refused', async () => {
  const leaves = await read(golden('recordings_mixed73.mat'), () => 'rows');
  expect(leaves.get('plain')).toMatchObject({ shape: [3, 4], values: Float64Array.from({ length: 12 }, (_, i) => i) });
  expect(leaves.get('cube')?.shape).toEqual([2, 3, 4]);
  expect([...leaves.get('cube')!.values!.subarray(0, 3)]).toEqual([0, 12, 4]); // column-major
  expect(leaves.get('label')).toMatchObject({ shape: [1, 3], values: Float64Array.of(1, 0, -1) });
  expect(leaves.get('text')).toMatchObject({ type: 'text', text: 'hello' });
  expect(leaves.get('nested.age')?.values).toEqual(Float64Array.of(22));
  expect(leaves.get('nested.cells.0')).toMatchObject({ shape: [2, 3], values: Float64Array.of(0, 1, 2, 3, 4, 5) });
  expect(leaves.get('nested.cells.1')?.text).toBe('x');
  expect(leaves.get('empty')).toMatchObject({ shape: [0, 0], values: new Float64Array(0) });
  expect((await read(golden('recordings_mixed73.mat'), () => false)).get('cube')).toEqual({
    path: ['cube'],
    type: 'numbers',
    shape: [2, 3, 4],
  });
  writeFileSync(path, Buffer.concat([Buffer.from('MATLAB 7.3 MAT-file'.padEnd(128)), Buffer.alloc(512)]));
  await expect(read(path)).rejects.toMatchObject({ code: 'bad-file' });
  writeFileSync(path, 'short');
  await expect(read(path)).rejects.toMatchObject({ code: 'unknown-format' });
});

test('a packed variable that lost its checksum is told behind its last leaf', async () => {
  const whole = readFileSync(golden('datasets_packed.mat'));
  whole[whole.length - 1]! ^= 1;
  writeFileSync(path, whole);
  await expect(read(path)).rejects.toMatchObject({ code: 'bad-file' });
});
