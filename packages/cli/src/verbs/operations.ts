import type { Command } from 'commander';
import { choice, durationSec, several } from '../config.ts';
import { lineCount } from '../service/line-count.ts';
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

  affect
    .command('page')
    .description('the link that lets one more browser see the live page of the daemon on this machine')
    .option(...file)
    .action(async (options) => onDone(await (await import('../commands/page.ts')).pageLink(options, terminal)));

  affect
    .command('notice')
    .description('the notice for people who are measured: what, what for, how long, their rights')
    .option(...file)
    .option('--contact <text>', 'who is responsible and how to reach them')
    .action(async (options) => onDone(await (await import('../commands/notice.ts')).notice(options, terminal)));

  affect
    .command('forget')
    .description('everything kept of a subject: lists it, and deletes it with --yes')
    .argument('<subject>', 'the subject id, as in the configuration')
    .option('--in <folder>', 'a further folder with recordings (may be given several times)', several(String))
    .option(...file)
    .option('--yes', 'delete it')
    .action(async (subject, options) => onDone(await (await import('../commands/forget.ts')).forget(subject, options, terminal)));

  affect
    .command('doctor')
    .description('look at everything that usually goes wrong, and say what mends it')
    .option(...file)
    .option('--json', 'as JSON')
    .option('--bundle <file>', 'make a ZIP file for a bug report, without names and secrets')
    .addHelpText('after', '\nExit codes: 0 all well, 1 something to look at, 2 something to mend first.')
    .action(async (options) => onDone(await (await import('../commands/doctor.ts')).doctor(options, terminal)));

  const service = affect.command('service').helpCommand(false).description('affect run as a systemd service');
  const ofUser = ['--user', 'the service of this user, without root'] as const;
  const services = async () => import('../commands/service.ts');
  service
    .command('install')
    .description('write a hardened unit and the rules for USB serial adapters, and start it')
    .option(...file)
    .option('--variant <variant>', 'serial or ble; from the links when absent', choice('--variant', ['serial', 'ble']))
    .option(...ofUser)
    .option('--dry-run', 'only show what would be done')
    .action(async (options) => onDone(await (await services()).serviceInstall(options, terminal)));
  service
    .command('uninstall')
    .description('stop the service and remove what install wrote; settings and recordings stay')
    .option(...ofUser)
    .option('--dry-run', 'only show what would be done')
    .action(async (options) => onDone(await (await services()).serviceUninstall(options, terminal)));
  service
    .command('status')
    .description('how the service is; exit code 1 where it is not running')
    .option(...ofUser)
    .option('--json', 'as JSON')
    .action(async (options) => onDone(await (await import('../commands/service-status.ts')).serviceStatus(options, terminal)));
  service
    .command('logs')
    .description('what the service has said')
    .option('-n, --lines <n>', 'how many lines', lineCount, 100)
    .option('-f, --follow', 'and what it says from now on, until Ctrl-C')
    .option(...ofUser)
    .action(async (options) => onDone(await (await import('../commands/service-status.ts')).serviceLogs(options, terminal)));

  affect
    .command('completion')
    .description('a script that completes the command line with Tab; source it from your profile')
    .argument('<shell>', 'bash, zsh or fish', choice('shell', ['bash', 'zsh', 'fish']))
    .action(async (shell) => onDone((await import('../commands/completion.ts')).completion(shell, affect, terminal)));
};
