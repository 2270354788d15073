import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../src/main.ts';
import { program } from '../src/program.ts';
import { paper } from './fakes.ts';

/** What holds for every verb there is or will be: the tree of commands is walked, nobody keeps a list. */

const terminal = () => {
  const [out, err] = [paper(), paper()];
  return { out, err, stop: new AbortController().signal };
};
interface Verb {
  readonly words: readonly string[];
  readonly command: Command;
}
const below = (command: Command, words: readonly string[]): Verb[] => [
  { words, command },
  ...command.commands.flatMap((child) => below(child, [...words, child.name()])),
];
const verbs = below(
  program(terminal(), () => {}),
  [],
).map((verb) => ({ ...verb, name: ['affect', ...verb.words].join(' ') }));
const leaves = verbs.filter(({ command }) => command.commands.length === 0);
const groups = verbs.filter(({ command }) => command.commands.length > 0);

const affect = async (...argv: string[]) => {
  const { out, err, stop } = terminal();
  const code = await runCommand(argv, { out, err, stop });
  return { code, out: out.text, err: err.text };
};
/** What every ANSI sequence begins with. */
const ansi = String.fromCharCode(27);

test('there are verbs to look at', () => {
  expect(leaves.length).toBeGreaterThan(15);
  expect(groups.length).toBeGreaterThan(2);
});

describe('help', () => {
  test.each(verbs)('$name --help fits 80 columns, has no colour, ends with 0', async ({ words, name }) => {
    const { code, out, err } = await affect(...words, '--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain(`Usage: ${name}`);
    expect(out).not.toContain(ansi);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('the exit codes stand in the help of the program', async () => {
    expect((await affect('--help')).out).toMatch(/Exit codes: 0 .*1 .*2 /s);
  });

  test.each(verbs)('$name says in a few words what it does, and so does every option and argument', ({ command }) => {
    expect(command.description()).toMatch(/^\S.{10,}[^.]$|^EEG and skin/);
    for (const { flags, description, hidden } of command.options) {
      if (!hidden) expect({ flags, words: description.length > 4 }).toEqual({ flags, words: true });
    }
    for (const argument of command.registeredArguments) expect(argument.description).not.toBe('');
  });

  test.each(verbs)('$name has long options in small letters, each once', ({ command }) => {
    const long = command.options.map((option) => option.long);
    expect(new Set(long).size).toBe(long.length);
    for (const name of long) expect(name).toMatch(/^--[a-z][a-z0-9-]*$/);
  });
});

describe('what is asked wrongly ends with 2 and one line that says what to do', () => {
  const told = ({ code, out, err }: Awaited<ReturnType<typeof affect>>, expected: RegExp): void => {
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^affect: [^\n]+\n$/);
    expect(err).toMatch(expected);
    expect(err).not.toContain(ansi);
  };

  test.each(leaves)('$name --no-such-option', async ({ words, name }) => {
    told(await affect(...words, '--no-such-option'), new RegExp(`Unknown option '--no-such-option'.*See '${name} --help'\\.`));
  });

  test.each(groups)('$name no-such-verb', async ({ words, name }) => {
    told(await affect(...words, 'no-such-verb'), new RegExp(`Unknown command 'no-such-verb'.*See '${name} --help'\\.`));
  });

  test.each(groups)('$name without a verb', async ({ words, name }) => {
    told(await affect(...words), new RegExp(`Expected a command.*See '${name} --help'\\.`));
  });

  test.each(leaves.filter(({ command }) => command.registeredArguments.some(({ required }) => required)))(
    '$name without what it needs',
    async ({ words, name }) => {
      told(await affect(...words), new RegExp(`'${name}' needs.*See '${name} --help'\\.`));
    },
  );

  const valued = leaves.flatMap((verb) =>
    verb.command.options.flatMap(({ long, required }) => (required && long ? [{ ...verb, long, called: `${verb.name} ${long}` }] : [])),
  );
  test.each(valued)('$called without its value', async ({ words, name, long }) => {
    told(await affect(...words, long), new RegExp(`${long}.* needs a value\\. See '${name} --help'\\.`));
  });
});

describe('a mistyped option is recognised', () => {
  const long = leaves.flatMap((verb) => verb.command.options.flatMap(({ long }) => (long && long.length > 6 ? [{ ...verb, long }] : [])));
  test.each(long)('$name $long', async ({ words, long: option }) => {
    const mistyped = `${option.slice(0, 4)}${option[5]}${option[4]}${option.slice(6)}`;
    if (mistyped === option) return;
    expect((await affect(...words, mistyped)).err).toContain(`Did you mean '${option}'?`);
  });
});
