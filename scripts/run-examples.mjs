// Runs every numbered example as a user's program would run: against the built packages. An example that fails or prints nothing fails the check.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { transformSync } = createRequire(`${root}packages/cli/package.json`)('esbuild');
// Inside the cli package, from where all four packages can be imported by name.
const folder = `${root}packages/cli/dist/examples/`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

let failed = 0;
const shown = readFileSync(`${root}examples/01-simulated-wearer.ts`, 'utf8').trim();
if (!readFileSync(`${root}README.md`, 'utf8').includes(`\`\`\`ts\n${shown}\n\`\`\``)) {
  console.log('FAILED README.md shows another program than examples/01-simulated-wearer.ts');
  failed += 1;
}
for (const name of readdirSync(`${root}examples`)
  .filter((file) => /^\d\d-.*\.ts$/.test(file))
  .sort()) {
  const target = `${folder}${name.replace(/\.ts$/, '.mjs')}`;
  writeFileSync(target, transformSync(readFileSync(`${root}examples/${name}`, 'utf8'), { loader: 'ts', format: 'esm' }).code);
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [target], { cwd: root, encoding: 'utf8', timeout: 60_000 });
  const good = status === 0 && stdout.trim() !== '';
  if (!good) failed += 1;
  console.log(`${good ? 'ran' : 'FAILED'} examples/${name} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  if (!good) console.log(`${stdout}${stderr}`);
}
process.exit(failed === 0 ? 0 : 1);
