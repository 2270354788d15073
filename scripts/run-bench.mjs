// Runs the benchmarks named on the command line, or lists them: `pnpm bench band-de`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { buildSync } = createRequire(`${root}packages/cli/package.json`)('esbuild');
const files = readdirSync(`${root}bench`).filter((file) => file.endsWith('.ts'));
const nameOf = (file) => file.replace(/(\.bench)?\.ts$/, '');
const [name, ...args] = process.argv.slice(2);
const file = files.find((known) => nameOf(known) === name);

if (file === undefined) {
  console.error(`${name === undefined ? 'Expected' : `Unknown benchmark '${name}'. Expected`} one of ${files.map(nameOf).join(', ')}.`);
  process.exit(2);
}
const outfile = `${root}packages/cli/dist/bench/${name}.mjs`;
buildSync({
  entryPoints: [`${root}bench/${file}`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  // each package finds its own dependencies; those with native parts are loaded when used, or not at all
  external: ['serialport', '@stoprocent/*', '@abandonware/*', '@tensorflow/tfjs-node', 'onnxruntime-node', 'playwright-core'],
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  logLevel: 'warning',
});
process.exit(spawnSync(process.execPath, [outfile, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1);
