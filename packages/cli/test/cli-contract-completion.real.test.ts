import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executable } from './affect-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
const script = (shell: string): string => join(folder, `affect.${shell}`);
const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

beforeAll(() => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, status } = spawnSync(process.execPath, [executable, 'completion', shell], { encoding: 'utf8' });
    expect(status).toBe(0);
    writeFileSync(script(shell), stdout);
  }
});

describe.runIf(isThere('bash'))('bash', () => {
  /** What Tab would offer at the end of this line. */
  const offered = (line: string): string[] => {
    const words = line.split(' ');
    const text = `source ${script('bash')}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _affect; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', text], { encoding: 'utf8', cwd: folder });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.split('\n').filter(Boolean);
  };

  test.each([
    ['affect doc', ['doctor']],
    ['affect service ', ['install', 'uninstall', 'status', 'logs', '--help']],
    ['affect service in', ['install']],
    ['affect service install --var', ['--variant']],
    ['affect service logs --lines 5 --fo', ['--follow']],
    ['affect --no-such completion ba', []],
  ])('%s', (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });

  test('after an option that takes a value it offers files, not options', () => {
    expect(offered('affect doctor --bundle affect.')).toEqual(expect.arrayContaining(['affect.bash', 'affect.zsh']));
  });

  test('a file with blanks in its name is offered whole', () => {
    writeFileSync(join(folder, 'my first session.xdf'), '');
    expect(offered('affect info my')).toEqual(['my first session.xdf']);
    expect(offered('affect report --out my')).toEqual(['my first session.xdf']);
  });
});

test.each(['zsh', 'fish'].filter(isThere))('%s reads its script without a word', (shell) => {
  const { stderr, status } = spawnSync(shell, ['-n', script(shell)], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});
