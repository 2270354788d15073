import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

/** What comes with the program: how much, under which licence, and whether any of it runs something while it is installed. */

const root = fileURLToPath(new URL('../../..', import.meta.url));
type Names = Readonly<Record<string, string>>;
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
  readonly scripts?: Names;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly devDependencies?: Names;
  readonly peerDependencies?: Names;
}
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const ours = ['acquire', 'features', 'models', 'cli'].map((name) => manifestOf(join(root, 'packages', name)));
const whole = manifestOf(root.replace(/\/$/, ''));
const foreign = (names: Names = {}): string[] => Object.keys(names).filter((name) => !name.startsWith('@affect-edge/'));

const runtime = [
  ...new Set(ours.flatMap(({ dependencies, optionalDependencies }) => [...foreign(dependencies), ...foreign(optionalDependencies)])),
];
const building = [
  ...new Set(
    [whole, ...ours].flatMap(({ devDependencies, peerDependencies }) => [...foreign(devDependencies), ...foreign(peerDependencies)]),
  ),
];

interface Installed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Where a package finds another, the way Node looks for it; undefined for an optional one that is not here. */
const resolved = (name: string, from: string): string | undefined => {
  for (let folder = from; ; folder = dirname(folder)) {
    const there = join(folder, 'node_modules', name);
    if (existsSync(join(there, 'package.json'))) return realpathSync(there);
    if (folder === dirname(folder)) return undefined;
  }
};

/** Everything a user gets who installs the daemon, by name and version. */
const installed = (withOptional: boolean): ReadonlyMap<string, Installed> => {
  const found = new Map<string, Installed>();
  const walk = (folder: string): void => {
    const manifest = manifestOf(folder);
    const key = `${manifest.name}@${manifest.version}`;
    if (found.has(key)) return;
    found.set(key, { folder, manifest });
    for (const name of Object.keys({ ...manifest.dependencies, ...(withOptional && manifest.optionalDependencies) })) {
      const there = resolved(name, folder);
      if (there !== undefined) walk(there);
    }
  };
  walk(realpathSync(join(root, 'packages/cli')));
  return new Map([...found].filter(([key]) => !key.startsWith('@affect-edge/')));
};
const needed = installed(false);
const all = installed(true);

describe('how much', () => {
  test('at most 25 direct dependencies at run time', () => {
    expect(runtime.length).toBeLessThanOrEqual(25);
  });

  // Half of them come with TensorFlow.js. More is a decision: raise it together with docs/decisions/0002-toolchain.md.
  test('no more comes with them than was decided', () => {
    expect(needed.size).toBeLessThanOrEqual(170);
    expect(needed.size).toBeGreaterThan(runtime.length);
  });
});

describe('each has a sentence that says why it is here', () => {
  const text = readFileSync(join(root, 'docs/decisions/0002-toolchain.md'), 'utf8').split('## Why each dependency is here')[1]!;
  const listed = text
    .split('\n')
    .flatMap((line) => (line.startsWith('- `') ? [...line.split(':')[0]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!) : []));

  test.each([...runtime, ...building])('%s', (name) => {
    const line = text.split('\n').find((candidate) => candidate.startsWith('- ') && candidate.split(':')[0]!.includes(`\`${name}\``));
    expect(line?.split(': ')[1]?.length ?? 0).toBeGreaterThan(20);
  });

  test('and none that is gone still has one', () => {
    expect(listed.filter((name) => !runtime.includes(name) && !building.includes(name))).toEqual([]);
  });
});

describe('licences', () => {
  const free = /^(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Python-2\.0|Unlicense|Zlib|Public Domain)$/;
  /** Licences without a name, read by a person. */
  const read: Readonly<Record<string, string>> = {
    h5wasm: 'NIST: public domain in the United States, free to use and change elsewhere; the HDF5 library in it is BSD-3-Clause',
  };

  test('everything may be used and passed on under Apache-2.0', () => {
    const odd = [...all].filter(([, { manifest }]) => {
      const licence = typeof manifest.license === 'object' ? manifest.license.type : (manifest.license ?? 'none');
      const words = licence.replaceAll(/[()]/g, '').split(/ AND | OR /);
      return (
        !(licence.includes(' OR ') ? words.some((word) => free.test(word)) : words.every((word) => free.test(word))) &&
        read[manifest.name] === undefined
      );
    });
    expect(odd.map(([key, { manifest }]) => `${key}: ${JSON.stringify(manifest.license)}`)).toEqual([]);
  });

  test('a licence a person read belongs to something that is still here', () => {
    const names = [...all.values()].map(({ manifest }) => manifest.name);
    for (const name of Object.keys(read)) expect(names).toContain(name);
  });
});

describe('install scripts', () => {
  const workspace = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as {
    readonly onlyBuiltDependencies: readonly string[];
    readonly ignoredBuiltDependencies: readonly string[];
  };

  test('none is allowed to run', () => {
    expect(workspace.onlyBuiltDependencies).toEqual([]);
  });

  test('whoever has one is known, so a new one is noticed', () => {
    const withScript = [...all.values()].filter(
      ({ folder, manifest }) =>
        ['preinstall', 'install', 'postinstall'].some((script) => manifest.scripts?.[script] !== undefined) ||
        existsSync(join(folder, 'binding.gyp')),
    );
    const unknown = withScript.map(({ manifest }) => manifest.name).filter((name) => !workspace.ignoredBuiltDependencies.includes(name));
    expect(unknown).toEqual([]);
    expect(withScript.length).toBeGreaterThan(0);
  });

  test('what the program cannot do without has its binaries in its package', () => {
    const compiled = [...needed.values()].filter(({ folder }) => existsSync(join(folder, 'binding.gyp')));
    for (const { folder, manifest } of compiled) {
      const built = readdirSync(join(folder, 'prebuilds'));
      expect({ name: manifest.name, built }).toEqual({ name: manifest.name, built: expect.arrayContaining(['linux-arm64', 'linux-x64']) });
    }
  });
});
