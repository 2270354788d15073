import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { program } from '../src/program.ts';
import { recording, startAffect } from './affect-process.ts';
import { paper } from './fakes.ts';

/** Every verb that offers `--json`, in a process of its own with its output in a pipe. */

const folder = mkdtempSync(join(tmpdir(), 'affect-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Verbs that run until they are stopped, change the machine or take minutes: they have real tests of their own. */
const ofTheirOwn = ['affect demo', 'affect run', 'affect record', 'affect engine install', 'affect train'];

const leaves = (command: Command, words: readonly string[] = []): { words: readonly string[]; command: Command }[] =>
  command.commands.length === 0 ? [{ words, command }] : command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
const terminal = { out: paper(), err: paper(), stop: new AbortController().signal };
const offering = leaves(program(terminal, () => {}))
  .map((verb) => ({ ...verb, name: ['affect', ...verb.words].join(' ') }))
  .filter(({ command, name }) => command.options.some(({ long }) => long === '--json') && !ofTheirOwn.includes(name));

/** Something to give an argument: a recording where files are wanted, else what is not there. */
const given = (command: Command): string[] =>
  command.registeredArguments.flatMap((argument) =>
    argument.required ? [/file|recording/.test(argument.name()) ? recording('e4-s02') : join(folder, 'nothing-here')] : [],
  );

test.each(offering)('$name --json prints JSON and nothing else, or ends with 2 and one line', async ({ words, command }) => {
  const options = command.options.flatMap(({ mandatory, long }) => (mandatory && long ? [long, join(folder, words.join('-'))] : []));
  const process = startAffect(...words, ...given(command), ...options, '--json');
  const { code } = await process.ended;
  const [out, err] = [process.stdout(), process.stderr()];
  expect(out + err).not.toContain(String.fromCharCode(27));
  if (code === 2 && out === '') {
    expect(err).toMatch(/^affect: .+\n$/);
    return;
  }
  expect([0, 1, 2]).toContain(code);
  expect(isJson(out) || out.trimEnd().split('\n').every(isJson)).toBe(true);
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return text.trim() !== '';
  } catch {
    return false;
  }
};

test('there are some', () => {
  expect(offering.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['affect models', 'affect info', 'affect doctor', 'affect devices']),
  );
});

test('a command that is stopped before it is done does not end as if it were', async () => {
  const affect = startAffect('verify', ...Array.from({ length: 3000 }, () => recording('cyton-v6-12s.txt.gz')));
  await affect.until(/whole: every byte was understood/);
  affect.signal('SIGINT');
  expect((await affect.ended).code).toBe(1);
});
