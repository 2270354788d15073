import { Command } from 'commander';
import { notMedical } from './message.ts';
import type { Terminal } from './terminal.ts';
import { liveVerbs } from './verbs/live.ts';
import { modelsVerbs } from './verbs/models.ts';
import { operationsVerbs } from './verbs/operations.ts';
import { recordingsVerbs } from './verbs/recordings.ts';
import { version } from './version.ts';

/** The command line: its verbs with their options and help are in `verbs/`. Commands are loaded when they are asked for: `affect --help` needs neither network nor TensorFlow. */
export const program = (terminal: Terminal, onDone: (exitCode: number) => void): Command => {
  const affect = new Command('affect')
    .description('EEG and skin conductance in, honest estimates out.')
    .version(`affect ${version}\n${notMedical}`, '-V, --version', 'version and what the numbers are not')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: () => {}, getOutHelpWidth: () => 80 })
    .helpCommand(false)
    .addHelpText('after', `\nExit codes: 0 done, 1 the line could not go on, 2 asked for the impossible.\n${notMedical}`);

  for (const verbs of [liveVerbs, recordingsVerbs, modelsVerbs, operationsVerbs]) verbs(affect, terminal, onDone);
  return affect;
};
