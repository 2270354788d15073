import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { wesadQuest } from '../../test/fakes/datasets/corpora.ts';
import { readWesadQuest } from './wesad-quest.ts';

const folder = mkdtempSync(join(tmpdir(), 'quest-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (text: string) => {
  const path = join(folder, 'S2_quest.csv');
  writeFileSync(path, text);
  return readWesadQuest(path);
};
const whole = wesadQuest('S2');

test('times are minutes and seconds, the last zero left out; readings are no conditions', async () => {
  const conditions = await read(whole);
  expect(conditions.map(({ condition }) => condition)).toEqual(['Base', 'Fun', 'Medi 1', 'TSST', 'Medi 2']);
  expect(conditions.map(({ tmin }) => tmin)).toEqual([7 * 60 + 8, 31 * 60 + 20, 39 * 60 + 55, 50 * 60 + 30, 70 * 60 + 19]);
  expect(conditions[2]!.tmax).toBe(46 * 60 + 50);
});

test('Windows line ends make no difference', async () => {
  expect(await read(whole.replaceAll('\n', '\r\n'))).toEqual(await read(whole));
});

test.each([
  ['an answer out of its scale', whole.replace('# DIM;2;9', '# DIM;2;10'), /arousal 10, expected 1 to 9/],
  ['an answer that is missing', whole.replace('# DIM;2;9', '# DIM;2;'), /1 answers to dim, expected 2/],
  ['a condition that ends before it begins', whole.replace('7.08', '77.08'), /'Base' lasts from 77.08 to 26.32/],
  ['a sheet that is missing', whole.replace(/# STAI.*\n/, ''), /0 answers to stai, expected 6/],
])('%s is told', async (_, text, message) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(message) });
});
