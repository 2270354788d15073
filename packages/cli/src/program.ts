import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { brokerUrl, choice, durationSec, hopSec, seed, servingEngines, several, sourceSpec, speed, stationName } from './config.ts';
import { notMedical } from './message.ts';
import type { Terminal } from './terminal.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** Every verb, its options and their help. Commands are loaded when they are asked for: `affect --help` needs neither network nor TensorFlow. */
export const program = (terminal: Terminal, onDone: (exitCode: number) => void): Command => {
  const affect = new Command('affect')
    .description('EEG and skin conductance in, honest estimates out.')
    .version(`affect ${version}\n${notMedical}`, '-V, --version', 'version and what the numbers are not')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: () => {}, getOutHelpWidth: () => 80 })
    .helpCommand(false)
    .addHelpText('after', `\nExit codes: 0 done, 1 the line could not go on, 2 asked for the impossible.\n${notMedical}`);

  affect
    .command('demo')
    .description('a simulated wearer through the whole line: page, MQTT broker, terminal; no hardware needed')
    .option('--for <duration>', 'stop after this time, printing every estimate', durationSec('--for'))
    .option('--seed <n>', 'which simulated person', seed, 7)
    .option('--hop <duration>', 'time between estimates', hopSec, 0.5)
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--features', 'publish feature vectors too')
    .option('--json', 'estimates as JSON lines on stdout')
    .action(async (options) => onDone(await (await import('./commands/demo.ts')).demo(options, terminal)));

  affect
    .command('run')
    .description('the same line with real sensors')
    .option('--source <device@link>', "for instance 'openbci-cyton@serial:/dev/ttyUSB0' (may be given several times)", several(sourceSpec))
    .option('--mqtt <url>', 'an MQTT broker; without it one is started on loopback', brokerUrl)
    .option('--name <name>', 'level of the topic tree', stationName, 'run')
    .option('--hop <duration>', 'time between estimates', hopSec, 0.5)
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--features', 'publish feature vectors too')
    .option('--for <duration>', 'stop after this time, printing every estimate', durationSec('--for'))
    .option('--json', 'estimates as JSON lines on stdout')
    .option('--no-page', 'do not serve the live page')
    .action(async (options) => onDone(await (await import('./commands/run.ts')).run(options, terminal)));

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
    .action(async (files, options) => onDone(await (await import('./commands/replay.ts')).replay(files, options, terminal)));

  affect
    .command('models')
    .description('the models that come with the program: what they need, what they give, what they must not be used for')
    .option('--json', 'the model cards as JSON')
    .action(async (options) => onDone(await (await import('./commands/models.ts')).models(options, terminal)));

  affect
    .command('devices')
    .description('what is plugged in or on the air, what it is, and why something cannot be used')
    .option('--ble <duration>', 'listen for Bluetooth devices this long', durationSec('--ble'))
    .option('--json', 'as JSON')
    .action(async (options) => onDone(await (await import('./commands/devices.ts')).devices(options, terminal)));

  affect
    .command('train')
    .description('train a model from a configuration; killed and started again it goes on where it was')
    .argument('<config>', 'a JSON file with recipe, out and what the recipe takes')
    .option('--json', 'progress as JSON lines on stdout')
    .action(async (config, options) => onDone(await (await import('./commands/train.ts')).train(config, options, terminal)));

  affect
    .command('record')
    .description('real sensors into an XDF file: their bytes, samples, estimates and marks')
    .requiredOption('-o, --out <file>', 'the file to make; one that exists is never overwritten')
    .option('--source <device@link>', "for instance 'openbci-cyton@serial:/dev/ttyUSB0' (may be given several times)", several(sourceSpec))
    .option('--for <duration>', 'stop after this time', durationSec('--for'))
    .option('--hop <duration>', 'time between estimates', hopSec, 0.5)
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--subject <id>', 'who wears the sensors; goes into the header')
    .option('--notes <text>', 'goes into the header')
    .action(async (options) => onDone(await (await import('./commands/record.ts')).record(options, terminal)));

  affect
    .command('info')
    .description('what recordings hold: signals, true rates, gaps, losses, damage')
    .argument('<file...>', 'recordings of any known format')
    .option('--json', 'as JSON, one line a recording')
    .action(async (files, options) => onDone(await (await import('./commands/info.ts')).info(files, options, terminal)));

  affect
    .command('verify')
    .description('the same, with exit code 1 where a recording is damaged or was not closed')
    .argument('<file...>', 'recordings of any known format')
    .option('--json', 'as JSON, one line a recording')
    .action(async (files, options) => onDone(await (await import('./commands/verify.ts')).verify(files, options, terminal)));

  const dataset = affect.command('dataset').description('licensed corpora, in their original files');
  dataset
    .command('check')
    .description('read a corpus from end to end: what is there beside what was published, and what is missing or odd')
    .argument('<dir>', 'a folder of DEAP, DREAMER, SEED, SEED-IV, SEED-V, Stress-Predict or WESAD')
    .option('--json', 'as JSON')
    .action(async (dir, options) => onDone(await (await import('./commands/dataset.ts')).datasetCheck(dir, options, terminal)));

  const engine = affect.command('engine').description('what computes the models');
  engine
    .command('info')
    .description('which engines this machine has and how long an estimate takes on each')
    .option('--json', 'as JSON')
    .action(async (options) => onDone(await (await import('./commands/engine.ts')).engineInfo(options, terminal)));
  engine
    .command('install')
    .description('build the native TensorFlow engine for training (Linux, x64 and arm64; 2 GB of disk while it is built)')
    .option('--json', 'progress as JSON lines on stderr')
    .action(async (options) => onDone(await (await import('./commands/engine.ts')).engineInstall(options, terminal)));

  return affect;
};
