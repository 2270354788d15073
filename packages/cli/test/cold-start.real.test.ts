import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, recording, startAffect } from './affect-process.ts';

/** What `affect` loads before its first estimate decides how long a cold start takes; `pnpm bench cold-start` has the milliseconds. */
const folder = mkdtempSync(join(tmpdir(), 'affect-loaded-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every file of code that a run of the program loaded, by Node's own account of what it covered. */
const loadedBy = async (...args: string[]): Promise<string[]> => {
  const target = mkdtempSync(join(folder, 'run-'));
  const child = spawn(process.execPath, [executable, ...args], { stdio: 'ignore', env: { ...process.env, NODE_V8_COVERAGE: target } });
  await new Promise((done) => child.on('close', done));
  const [coverage] = readdirSync(target).map(
    (name) => JSON.parse(readFileSync(join(target, name), 'utf8')) as { result: { url: string }[] },
  );
  return coverage.result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
};

describe('a replay on onnxruntime', () => {
  let loaded: string[];
  beforeAll(async () => {
    await startAffect('--version').ended; // bundles what is new
    loaded = await loadedBy('replay', '--engine', 'onnx', recording('cyton-v6-12s.txt.gz'), recording('e4-s02'));
  });

  it('loads neither TensorFlow nor the broker, the page, the configuration or training', () => {
    expect(loaded.filter((url) => /tensorflow|\/(mqtt|aedes|ws|zod|yaml|pino|serialport|h5wasm)\//.test(url))).toEqual([]);
  });

  it('loads the complex numbers of mathjs and not mathjs', () => {
    const mathjs = loaded.filter((url) => url.includes('/mathjs/'));
    expect(mathjs.some((url) => url.endsWith('/type/complex/Complex.js'))).toBe(true);
    expect(mathjs.length).toBeLessThan(15);
  });

  it('loads RxJS and our own code from the few files of the bundle', () => {
    expect(loaded.filter((url) => /\/rxjs\//.test(url))).toEqual([]);
    const own = loaded.filter((url) => /\/packages\/\w+\/dist\//.test(url));
    expect(own.filter((url) => !url.includes('/cli/dist/program/'))).toEqual([]);
    expect(own.length).toBeLessThan(30);
    expect(loaded.length).toBeLessThan(100);
  });
});

describe('the bundled program', () => {
  it('finds what lies beside the packages: versions, cards, weights', async () => {
    const models = startAffect('models', '--json');
    expect(await models.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(models.stdout()).length).toBeGreaterThan(2);
  });

  it('asks by name only for libraries that this package depends on', () => {
    const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
    const { dependencies } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { dependencies: object };
    const program = here('../dist/program/');
    const asked = readdirSync(program)
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [
        ...readFileSync(join(program, name), 'utf8').matchAll(/^\s*(?:import|export) .*?from "([^"]+)"|\bimport\("([^"]+)"\)/gm),
      ])
      .map(([, fixed, late]) => fixed ?? late)
      .filter((name) => !/^(\.|node:)/.test(name));
    expect(asked).toContain('commander');
    expect(asked.filter((name) => !Object.keys(dependencies).some((known) => name === known || name.startsWith(`${known}/`)))).toEqual([]);
  });

  it('finds the libraries of the package that reads sensors', async () => {
    const { importHere } = (await import(new URL('../../acquire/dist/import-here.js', import.meta.url).href)) as {
      importHere: (name: string) => Promise<object>;
    };
    expect(Object.keys(await importHere('serialport'))).toContain('SerialPort');
  });
});
