// Builds dist/program from what tsc has compiled: the whole of `affect` in a few files, because Node takes longer to find and read four hundred than to run
// them. What a command alone needs stays in a file of its own and is loaded with it. Libraries but RxJS stay where they are installed; so do the
// packages' own dist, for programs that use them.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packages = fileURLToPath(new URL('..', import.meta.url));
const program = fileURLToPath(new URL('dist/program/', import.meta.url));
/** Package and file of a module of ours; undefined for a library's. */
const ours = (path) => /^([^/]+)\/dist\/(.*)$/.exec(relative(packages, path));
/** RxJS as modules, of which only what is used goes in; Node itself would load all of it. */
const rxjs = (name) => join(packages, 'cli/node_modules/rxjs/dist/esm', name.slice('rxjs'.length), 'index.js');

/**
 * A module of ours that believes it lies where it was compiled to: beside its package's weights, page and libraries. A library that a package other than
 * this one asks for by name is found from that package's `import-here.js`.
 */
const inItsPlace = (path) => {
  const [, name, file] = ours(path);
  const text = readFileSync(path, 'utf8');
  const placeOf = (wanted) =>
    name === 'cli'
      ? `new URL('../${wanted}', import.meta.url).href`
      : `new URL('${wanted}', import.meta.resolve('@affect-edge/${name}')).href`;
  const asksByName = /\bimport\((?!\s*['"`]\.)/g;
  const placed = text.replaceAll('import.meta.url', placeOf(file));
  if (name === 'cli' || file === 'import-here.js' || !asksByName.test(text)) return placed;
  if (!existsSync(join(packages, name, 'dist/import-here.js')))
    throw new Error(`${path} imports a library by name; ${name} needs an import-here.ts for that.`);
  return `${placed.replace(asksByName, 'importFromPackage(')}
async function importFromPackage(library) { return (await import(${placeOf('import-here.js')})).importHere(library); }`;
};

/** Which imports by name go in. */
const found = ({ path, importer, kind }) => {
  if (path.startsWith('@affect-edge/') || path.startsWith('node:')) return undefined;
  if (path === 'rxjs' || path.startsWith('rxjs/')) return { path: rxjs(path), sideEffects: false };
  const place = ours(importer);
  if (place === null) return undefined; // a library's library
  if (place[1] === 'cli') return { path, external: true };
  return kind === 'dynamic-import'
    ? { path, external: true }
    : {
        errors: [{ text: `${place[1]} imports ${path} at its start: import() it where it is needed, so that 'affect' starts without it.` }],
      };
};

const { metafile } = await build({
  entryPoints: [fileURLToPath(new URL('dist/main.js', import.meta.url))],
  outdir: program,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [
    {
      name: 'in its place',
      setup: ({ onResolve, onLoad }) => {
        onResolve({ filter: /^[^./]/ }, found);
        onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path }) =>
          ours(path) === null ? undefined : { contents: inItsPlace(path), loader: 'js' },
        );
      },
    },
  ],
});
// A program that runs meanwhile may still load a file of the build before: `--keep` leaves those of the last ten minutes.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
const youngest = process.argv.includes('--keep') ? Date.now() - 600_000 : Number.POSITIVE_INFINITY;
for (const name of readdirSync(program)) {
  if (!made.has(name) && statSync(join(program, name), { throwIfNoEntry: false })?.mtimeMs < youngest)
    rmSync(join(program, name), { force: true });
}
