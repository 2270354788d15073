import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeDeap, writeDreamer } from '../../../acquire/test/fakes/datasets/corpora.ts';
import { paper } from '../../test/fakes.ts';
import { runCommand } from '../main.ts';

const root = mkdtempSync(join(tmpdir(), 'dataset-check-'));
afterAll(() => rmSync(root, { recursive: true }));

const check = async (...argv: string[]) => {
  const [out, err] = [paper(), paper()];
  const code = await runCommand(['dataset', 'check', ...argv], { out, err, stop: new AbortController().signal });
  return { code, out: out.text, err: err.text };
};

test('a corpus that is all there is said to be, with exit code 0', async () => {
  const folder = join(root, 'whole');
  writeDreamer(folder, 23);
  const { code, out } = await check(folder);
  expect(out).toContain('signals   23 of 23 subjects, 23 of 23 sessions, 414 of 414 trials\n');
  expect(out).toMatch(/Complete: .*\n$/);
  expect(code).toBe(0);
});

test('what is missing or odd is named file by file, with exit code 1, for people and as JSON', async () => {
  const folder = join(root, 'part');
  writeDeap(folder, 400);
  const { code, out } = await check(folder);
  expect(out).toContain('signals   2 of 32 subjects, 2 of 32 sessions, 42 of 1280 trials\n');
  expect(out).toContain('missing    s02.dat: not found\n');
  expect(out).toContain('odd        s01.dat: trials of 400 samples, published are 8064\n');
  expect(out).toMatch(/Not complete\.\n$/);
  expect(code).toBe(1);
  expect(JSON.parse((await check(folder, '--json')).out)).toMatchObject({ corpus: 'deap', isComplete: false });
});

test('a folder without a corpus says which are known, with exit code 2', async () => {
  const { code, err } = await check(join(root, 'nothing'));
  expect(err).toMatch(/holds no known corpus\. Known are: DEAP/);
  expect(code).toBe(2);
});
