// `pnpm golden [NAME…]`: makes a Python environment with the pinned versions and runs every packages/*/test/golden/*.py (or those whose name contains a
// NAME); each writes its JSON beside itself. `git diff` then shows whether the references still say the same.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const folders = readdirSync(`${root}packages`)
  .map((name) => `${root}packages/${name}/test/golden`)
  .filter((folder) => existsSync(folder));
const scripts = folders
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.py') && (wanted.length === 0 || wanted.some((part) => path.includes(part))))
  .sort();
if (scripts.length === 0) {
  console.error(`No golden script matches ${wanted.join(', ')}. Scripts are packages/*/test/golden/*.py.`);
  process.exit(2);
}

const run = (command, args) => execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });

const lists = folders.map((folder) => `${folder}/requirements.txt`).filter((path) => existsSync(path));
const fingerprint = createHash('sha256')
  .update(lists.map((path) => readFileSync(path)).join('\n'))
  .digest('hex');
const venv = `${root}node_modules/.cache/golden`;
const mark = `${venv}/installed`;
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== fingerprint) {
  rmSync(venv, { recursive: true, force: true });
  run('python3', ['-m', 'venv', venv]);
  run(`${venv}/bin/pip`, ['install', '--quiet', '--disable-pip-version-check', ...lists.flatMap((path) => ['-r', path])]);
  writeFileSync(mark, fingerprint);
}
for (const script of scripts) {
  console.log(script.slice(root.length));
  run(`${venv}/bin/python`, ['-W', 'ignore', script]);
}
