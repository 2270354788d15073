import type { Command } from 'commander';
import { completionScript, type Shell } from '../completion/scripts.ts';
import { completionsOf } from '../completion/words.ts';
import type { Terminal } from '../terminal.ts';

/** Prints the completion script of a shell, made from the tree of commands. */
export const completion = (shell: Shell, affect: Command, { out }: Terminal): number => {
  out.write(completionScript(shell, completionsOf(affect)));
  return 0;
};
