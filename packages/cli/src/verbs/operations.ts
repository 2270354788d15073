import type { Command } from 'commander';
import { choice, durationSec } from '../config.ts';
import type { Terminal } from '../terminal.ts';

/** Verbs for whoever runs the daemon. */
export const operationsVerbs = (affect: Command, terminal: Terminal, onDone: (exitCode: number) => void): void => {
  const config = affect.command('config').helpCommand(false).description("the file 'affect run' reads: write one, check it, show it");
  const file = ['--config <file>', 'the file; $AFFECT_CONFIG, ~/.config/affect or /etc/affect when absent'] as const;
  const verbs = async () => import('../commands/config.ts');
  config
    .command('init')
    .description('look for sensors and a broker and write a file with what was found, and why')
    .option('-o, --out <file>', 'the file to write; one that exists is never overwritten')
    .option('--ble <duration>', 'listen for Bluetooth devices this long', durationSec('--ble'))
    .option('--stdout', 'print it instead')
    .action(async (options) => onDone(await (await verbs()).configInit(options, terminal)));
  config
    .command('check')
    .description('tell everything that is wrong with the file, where it is and what to do')
    .option(...file)
    .action(async (options) => onDone(await (await verbs()).configCheck(options, terminal)));
  config
    .command('print')
    .description('the settings in force, defaults filled in, secrets and addresses left out')
    .option(...file)
    .option('--format <format>', 'yaml or json', choice('--format', ['yaml', 'json']), 'yaml')
    .action(async (options) => onDone(await (await verbs()).configPrint(options, terminal)));
  config
    .command('schema')
    .description('the JSON Schema of the file, for editors')
    .action(async () => onDone(await (await verbs()).configSchema(terminal)));
  config
    .command('migrate')
    .description('bring a file of an older version up to date; the old one is kept beside it')
    .option(...file)
    .option('--dry-run', 'only show what would change')
    .action(async (options) => onDone(await (await verbs()).configMigrate(options, terminal)));
};
