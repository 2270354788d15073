// `npm start`, `npm test` and ./affect on a fresh clone: fetch the pinned pnpm, install, build, then do it. Nothing has to be there but Node and npm.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [task = 'start', ...args] = process.argv.slice(2);
const { packageManager, engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const stop = (message) => {
  console.error(message);
  process.exit(1);
};

const run = (command, commandArgs, quiet = false) =>
  new Promise((done) => {
    const child = spawn(command, commandArgs, { cwd: root, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let said = '';
    child.stdout?.on('data', (data) => {
      said += data;
    });
    child.stderr?.on('data', (data) => {
      said += data;
    });
    child.on('error', (error) => done({ code: 127, said: error.message }));
    child.on('close', (code, signal) => done({ code: code ?? (signal === 'SIGINT' ? 130 : 1), said }));
  });

/** The pinned pnpm: the one on the PATH if it is the same version, otherwise fetched by npx (from its cache the second time). */
const findPnpm = async () => {
  const { code, said } = await run('pnpm', ['--version'], true);
  return code === 0 && `pnpm@${said.trim()}` === packageManager ? ['pnpm'] : ['npx', '--yes', packageManager];
};

const step = async (title, [command, ...first], stepArgs) => {
  const began = Date.now();
  process.stderr.write(`${title} … `);
  const { code, said } = await run(command, [...first, ...stepArgs], true);
  if (code !== 0) {
    process.stderr.write('failed\n');
    stop(`${said.trim()}\n\n'${[command, ...first, ...stepArgs].join(' ')}' ended with code ${code}.`);
  }
  process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1)} s\n`);
};

const wanted = engines.node.replace('>=', '').split('.').map(Number);
const got = process.versions.node.split('.').map(Number);
if (got[0] < wanted[0] || (got[0] === wanted[0] && got[1] < wanted[1])) {
  stop(
    `Node ${engines.node} is needed, this is ${process.versions.node}. Install a newer one from https://nodejs.org or your system's packages.`,
  );
}

const pnpm = await findPnpm();
const fingerprint = createHash('sha256')
  .update(readFileSync(`${root}pnpm-lock.yaml`))
  .update(process.versions.modules)
  .digest('hex');
const mark = `${root}node_modules/.installed`;
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== fingerprint) {
  await step('Installing packages', pnpm, ['install', '--frozen-lockfile', '--prefer-offline']);
  writeFileSync(mark, fingerprint);
}
await step('Building', pnpm, ['build']);

if (task === 'start') {
  // In this process, so that Ctrl-C reaches the demo and nothing stands between.
  const { main } = await import(new URL('../packages/cli/dist/program/main.js', import.meta.url).href);
  await main(['demo', ...args]);
} else if (task === 'test') {
  const steps = [['lint'], ['types'], ['exec', 'vitest', 'run', ...args]];
  for (const stepArgs of steps) {
    const { code } = await run(pnpm[0], [...pnpm.slice(1), ...stepArgs]);
    if (code !== 0) process.exit(code);
  }
} else if (task !== 'build') {
  stop(`Unknown task '${task}'. Expected start, test or build.`);
}
