import type { Command } from 'commander';

/** What may be typed after some words of the command line. */
export interface Completions {
  /** The words before, `''` for the program itself: `service install`. */
  readonly after: string;
  readonly words: readonly { readonly word: string; readonly says: string; readonly takesValue: boolean }[];
  /** Whether files may be named here too. */
  readonly files: boolean;
}

/** The completions of a command and of everything below it, read from the tree of commands: there is no list to keep. */
export const completionsOf = (command: Command, path: readonly string[] = []): readonly Completions[] => [
  {
    after: path.join(' '),
    words: [
      ...command.commands.map((child) => ({ word: child.name(), says: child.description(), takesValue: false })),
      ...command.options.flatMap(({ long, description, required, optional, hidden }) =>
        long && !hidden ? [{ word: long, says: description, takesValue: required || optional }] : [],
      ),
      { word: '--help', says: 'display help for command', takesValue: false },
    ],
    files: command.registeredArguments.length > 0 || command.options.some(({ flags }) => /<(file|folder|dir)/.test(flags)),
  },
  ...command.commands.flatMap((child) => completionsOf(child, [...path, child.name()])),
];
