import { Command } from 'commander';
import { expect, test } from 'vitest';
import { completionScript, shells } from './scripts.ts';
import { completionsOf } from './words.ts';

const affect = new Command('affect').description('x');
affect
  .command('info')
  .description("what recordings hold: signals, and what isn't there")
  .argument('<file...>', 'x')
  .option('--json', 'as JSON');
const service = affect.command('service').description('a service');
service.command('logs').description('what it said').option('-n, --lines <n>', 'how many').option('-f, --follow', 'more');

test('what may be typed is read from the tree of commands', () => {
  const all = completionsOf(affect);
  expect(all.map(({ after, words, files }) => [after, words.map(({ word }) => word), files])).toEqual([
    ['', ['info', 'service', '--help'], false],
    ['info', ['--json', '--help'], true],
    ['service', ['logs', '--help'], false],
    ['service logs', ['--lines', '--follow', '--help'], false],
  ]);
  expect(all.at(-1)!.words.map(({ takesValue }) => takesValue)).toEqual([true, false, false]);
});

test.each(shells)('%s: every word is in the script, and no quote in a description ends it', (shell) => {
  const script = completionScript(shell, completionsOf(affect));
  for (const word of ['info', 'service', 'logs', 'json', 'lines', 'follow', 'help']) expect(script).toContain(word);
  if (shell !== 'bash') expect(script).toContain("what isn'\\''t there");
});
