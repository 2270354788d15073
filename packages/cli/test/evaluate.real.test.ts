import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAffect } from './affect-process.ts';

/** `affect evaluate` as a user runs it, killed, split and resumed. */

const config = (networks: string): string => `title: Resumed
data:
  noise: { subjects: 4, trials: 6, trialSec: 6, seed: 2 }
  recipe: rbtransformer
protocols: [paper:rbtransformer, within-subject/trial-disjoint, leave-one-subject-out]
normalisations: [none]
networks: [${networks}]
settings: { passes: 2, transformer: { dModel: 8, depth: 1, nHeads: 1, dHead: 8 } }
engine: tfjs-cpu
out: out
`;
const files = ['report.json', 'report.md', 'report.html'] as const;
/** More at night. */
const nKills = process.env.AFFECT_NIGHTLY === '1' ? 100 : 20;

let folder = '';
const configs = { linear: '', network: '' };
const whole: Record<keyof typeof configs, Record<string, string>> = { linear: {}, network: {} };
const reportsIn = (name: string): Record<string, string> =>
  Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]));
const start = (name: keyof typeof configs, out: string, ...options: string[]) =>
  startAffect('evaluate', configs[name], '--out', join(folder, out), ...options);
const evaluate = async (name: keyof typeof configs, out: string, ...options: string[]): Promise<number | null> =>
  (await start(name, out, ...options).ended).code;
const nFinished = (out: string): number => {
  const tasks = join(folder, out, 'tasks');
  return existsSync(tasks) ? readdirSync(tasks).filter((name) => name.endsWith('.json')).length : 0;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'affect-evaluate-'));
  for (const [name, networks] of [
    ['linear', ''],
    ['network', 'electrode transformer'],
  ] as const) {
    configs[name] = join(folder, `${name}.yaml`);
    writeFileSync(configs[name], config(networks));
    expect(await evaluate(name, `whole-${name}`, '--workers', '2')).toBe(0);
    whole[name] = reportsIn(`whole-${name}`);
  }
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('affect evaluate', () => {
  test('killed at 20 random points and started again ends with the same report, byte for byte', async () => {
    // Seeded, and told by what has been done, so that a slow machine is killed at the same points as a fast one; the last moments differ.
    let state = 12345;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    let killed = 0;
    const reached = new Set<number>();
    for (let i = 0; i < nKills; i++) {
      const run = start('linear', 'killed', '--workers', String(1 + (i % 2)));
      const more = nFinished('killed') + Math.floor(2.5 * random());
      const lateMs = 40 * random();
      const watch = setInterval(() => {
        if (nFinished('killed') < more) return;
        clearInterval(watch);
        setTimeout(() => run.signal('SIGKILL'), lateMs);
      }, 4);
      const { signal } = await run.ended;
      clearInterval(watch);
      reached.add(nFinished('killed'));
      if (signal === 'SIGKILL') killed++;
      // Done before it could be killed: from the beginning again.
      else rmSync(join(folder, 'killed'), { recursive: true, force: true });
    }
    expect(killed).toBeGreaterThanOrEqual((3 * nKills) / 4);
    expect(reached.size).toBeGreaterThan(3);
    expect(await evaluate('linear', 'killed')).toBe(0);
    expect(reportsIn('killed')).toEqual(whole.linear);
  }, 240_000);

  test('split into four shares and collected is the report of the single run', async () => {
    for (const share of [2, 0, 3, 1]) expect(await evaluate('network', 'split', '--task', `${share}/4`, '--workers', '1')).toBe(0);
    expect(() => reportsIn('split')).toThrow('ENOENT');
    expect(await evaluate('network', 'split', '--collect')).toBe(0);
    expect(reportsIn('split')).toEqual(whole.network);
  }, 240_000);

  test('a share that is missing is named, and results of another evaluation are not taken', async () => {
    const missing = start('linear', 'missing', '--collect');
    expect((await missing.ended).code).toBe(2);
    expect(missing.stderr()).toMatch(/tasks have no result yet: 0, 1, 2/);
    const other = start('network', 'whole-linear');
    expect((await other.ended).code).toBe(2);
    expect(other.stderr()).toContain('holds results of another evaluation');
  }, 120_000);

  test('the page needs nothing from anywhere', () => {
    const page = whole.network['report.html'];
    expect(page).toContain('<svg class="chart"');
    expect(page).toContain('>LEAKS<');
    expect(page).not.toMatch(/<(script|link|img|iframe)\b|@import|url\(/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    expect(whole.network['report.md']).toMatch(/\| paper:rbtransformer, none \| \*\*LEAKS\*\*/);
  });
});
