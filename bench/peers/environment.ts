import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The peers, installed. */
export interface Peers {
  /** Runs a script of bench/peers with the pinned Python packages and gives what it printed, parsed. */
  readonly python: (script: string, args: readonly string[]) => unknown;
  /** Loads a pinned JavaScript peer. */
  readonly require: NodeJS.Require;
}

const run = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });

/** Installs what bench/peers pins (Python 3 with pip and npm needed) under node_modules/.cache, once for each version of the lists. Run from the root. */
export const installPeers = (): Peers => {
  const cache = `${process.cwd()}/node_modules/.cache/peers`;
  const lists = ['requirements.txt', 'package.json'].map((name) => `${process.cwd()}/bench/peers/${name}`);
  const fingerprint = createHash('sha256')
    .update(lists.map((path) => readFileSync(path)).join('\n'))
    .digest('hex');
  const mark = `${cache}/installed`;
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== fingerprint) {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    copyFileSync(lists[1], `${cache}/package.json`);
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], cache);
    run('python3', ['-m', 'venv', `${cache}/python`], cache);
    run(`${cache}/python/bin/pip`, ['install', '--quiet', '--disable-pip-version-check', '-r', lists[0]], cache);
    writeFileSync(mark, fingerprint);
  }
  return {
    python: (script, args) => {
      const printed = execFileSync(`${cache}/python/bin/python`, ['-W', 'ignore', `bench/peers/${script}`, ...args], {
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return JSON.parse(String(printed));
    },
    require: createRequire(`${cache}/package.json`),
  };
};
