import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAffect } from './affect-process.ts';

/** `affect evaluate` as a user runs it, killed, split and resumed. */

const config = `title: Resumed
data:
  noise: { subjects: 4, trials: 8, trialSec: 8, seed: 2 }
  recipe: rbtransformer
protocols: [paper:rbtransformer, leave-one-subject-out]
normalisations: [none]
networks: [electrode transformer]
settings: { passes: 2, transformer: { dModel: 8, depth: 1, nHeads: 1, dHead: 8 } }
engine: tfjs-cpu
out: out
`;
const files = ['report.json', 'report.md', 'report.html'] as const;
/** More at night; each start of the program costs about a second. */
const nKills = process.env.AFFECT_NIGHTLY === '1' ? 100 : 20;

let folder = '';
let path = '';
let whole: Record<string, string>;
const reportsIn = (name: string): Record<string, string> =>
  Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]));
const evaluate = async (out: string, ...options: string[]): Promise<number | null> =>
  (await startAffect('evaluate', path, '--out', join(folder, out), ...options).ended).code;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'affect-evaluate-'));
  path = join(folder, 'config.yaml');
  writeFileSync(path, config);
  expect(await evaluate('whole', '--workers', '2')).toBe(0);
  whole = reportsIn('whole');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('affect evaluate', () => {
  test('killed at 20 random points and started again ends with the same report, byte for byte', async () => {
    // Seeded: points differ from each other, not from run to run. Later points let more tasks finish.
    let state = 12345;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    let killed = 0;
    for (let i = 0; i < nKills; i++) {
      const run = startAffect('evaluate', path, '--out', join(folder, 'killed'), '--workers', '1');
      const timer = setTimeout(() => run.signal('SIGKILL'), 300 + 1200 * random());
      const { signal } = await run.ended;
      clearTimeout(timer);
      if (signal === 'SIGKILL') killed++;
      else rmSync(join(folder, 'killed'), { recursive: true, force: true });
    }
    expect(killed).toBeGreaterThanOrEqual(nKills / 2);
    expect(await evaluate('killed')).toBe(0);
    expect(reportsIn('killed')).toEqual(whole);
  }, 180_000);

  test('split into four shares and collected is the report of the single run', async () => {
    for (const share of [2, 0, 3, 1]) expect(await evaluate('split', '--task', `${share}/4`, '--workers', '1')).toBe(0);
    expect(() => reportsIn('split')).toThrow('ENOENT');
    expect(await evaluate('split', '--collect')).toBe(0);
    expect(reportsIn('split')).toEqual(whole);
  }, 120_000);

  test('a share that is missing is named, and results of another evaluation are not taken', async () => {
    const missing = startAffect('evaluate', path, '--out', join(folder, 'missing'), '--collect');
    expect((await missing.ended).code).toBe(2);
    expect(missing.stderr()).toMatch(/tasks have no result yet: 0, 1, 2/);
    writeFileSync(join(folder, 'other.yaml'), config.replace('passes: 2', 'passes: 3'));
    const other = startAffect('evaluate', join(folder, 'other.yaml'), '--out', join(folder, 'whole'));
    expect((await other.ended).code).toBe(2);
    expect(other.stderr()).toContain('holds results of another evaluation');
  }, 60_000);

  test('the page needs nothing from anywhere', () => {
    const page = whole['report.html'];
    expect(page).toContain('<svg class="chart"');
    expect(page).toContain('>LEAKS<');
    expect(page).not.toMatch(/<(script|link|img|iframe)\b|@import|url\(/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    expect(whole['report.md']).toMatch(/\| paper:rbtransformer, none \| \*\*LEAKS\*\*/);
  });
});
