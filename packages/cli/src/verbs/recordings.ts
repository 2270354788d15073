import type { Command } from 'commander';
import { brokerUrl, choice, hopSec, servingEngines, several, speed, stationName } from '../config.ts';
import type { Terminal } from '../terminal.ts';

/** Verbs over recordings. */
export const recordingsVerbs = (affect: Command, terminal: Terminal, onDone: (exitCode: number) => void): void => {
  affect
    .command('replay')
    .description('the same line over recordings; the same files give the same bytes at any speed')
    .argument('<file...>', 'recordings: XDF, OpenBCI GUI text logs, Empatica E4 folders')
    .option('--speed <speed>', "'max', 'real' or a number of times real time", speed, 'max')
    .option('--format <format>', 'what goes to stdout', choice('--format', ['jsonl']), 'jsonl')
    .option('--mqtt <url>', 'publish to this MQTT broker too', brokerUrl)
    .option('--name <name>', 'level of the topic tree', stationName, 'replay')
    .option('--hop <duration>', 'time between estimates', hopSec, 0.5)
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--features', 'write feature vectors too')
    .option('--page', 'serve the live page while it plays')
    .action(async (files, options) => onDone(await (await import('../commands/replay.ts')).replay(files, options, terminal)));

  affect
    .command('info')
    .description('what recordings hold: signals, true rates, gaps, losses, damage')
    .argument('<file...>', 'recordings of any known format')
    .option('--json', 'as JSON, one line a recording')
    .action(async (files, options) => onDone(await (await import('../commands/info.ts')).info(files, options, terminal)));

  affect
    .command('verify')
    .description('the same, with exit code 1 where a recording is damaged or was not closed')
    .argument('<file...>', 'recordings of any known format')
    .option('--json', 'as JSON, one line a recording')
    .action(async (files, options) => onDone(await (await import('../commands/verify.ts')).verify(files, options, terminal)));
};
