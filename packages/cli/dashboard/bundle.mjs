// Builds the page once, into dist/dashboard/page, from where the server reads it.
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here('../dist/dashboard/page/');
await mkdir(target, { recursive: true });
await build({
  entryPoints: [here('page.ts'), here('page.css')],
  outdir: target,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) await copyFile(here(name), `${target}${name}`);
