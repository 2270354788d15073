import type { Command } from 'commander';
import {
  brokerUrl,
  choice,
  durationSec,
  hopSec,
  pseudonym,
  seed,
  servingEngines,
  several,
  sourceSpec,
  stationName,
  uses,
} from '../config.ts';
import { partSize, port } from '../recording-options.ts';
import type { Terminal } from '../terminal.ts';
import { hop } from './hop.ts';

/** Verbs with sensors, real or simulated. */
export const liveVerbs = (affect: Command, terminal: Terminal, onDone: (exitCode: number) => void): void => {
  affect
    .command('demo')
    .description('a simulated wearer through the whole line: page, MQTT broker, terminal; no hardware needed')
    .option('--for <duration>', 'stop after this time, printing every estimate', durationSec('--for'))
    .option('--seed <n>', 'which simulated person', seed, 7)
    .addOption(hop(affect))
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--features', 'publish feature vectors too')
    .option('--json', 'estimates as JSON lines on stdout')
    .action(async (options) => onDone(await (await import('../commands/demo.ts')).demo(options, terminal)));

  affect
    .command('run')
    .description('the same line with real sensors, as the configuration says; options win over the file')
    .option('--config <file>', "what 'affect config init' writes; looked for in the usual places when absent")
    .option('--source <device@link>', "for instance 'openbci-cyton@serial:/dev/ttyUSB0' (may be given several times)", several(sourceSpec))
    .option('--use <use>', `what the estimates are for: ${uses.join(', ')}`, choice('--use', uses))
    .option('--mqtt <url>', 'an MQTT broker; without it one is started on loopback', brokerUrl)
    .option('--name <name>', 'level of the topic tree', stationName)
    .option('--hop <duration>', 'time between estimates', hopSec)
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--features', 'publish feature vectors too')
    .option('--for <duration>', 'stop after this time, printing every estimate', durationSec('--for'))
    .option('--once', 'stop when every model has given one estimate')
    .option('--dry-run', 'only check and say what would run; with --once, run without publishing')
    .option('--json', 'estimates as JSON lines on stdout')
    .option('--no-page', 'do not serve the live page')
    .action(async (options) => onDone(await (await import('../commands/run.ts')).run(options, terminal)));

  affect
    .command('devices')
    .description('what is plugged in or on the air, what it is, and why something cannot be used')
    .option('--ble <duration>', 'listen for Bluetooth devices this long', durationSec('--ble'))
    .option('--json', 'as JSON')
    .action(async (options) => onDone(await (await import('../commands/devices.ts')).devices(options, terminal)));

  affect
    .command('record')
    .description('real sensors into an XDF file: their bytes, samples, estimates and marks')
    .requiredOption('-o, --out <file>', 'the file to make; one that exists is never overwritten')
    .option('--source <device@link>', "for instance 'openbci-cyton@serial:/dev/ttyUSB0' (may be given several times)", several(sourceSpec))
    .option('--use <use>', `what the estimates are for: ${uses.join(', ')}`, choice('--use', uses))
    .option('--for <duration>', 'stop after this time', durationSec('--for'))
    .addOption(hop(affect))
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--split <limit>', "go on in a new file after '30m' or '500MB': FILE-001.xdf, FILE-002.xdf …", partSize)
    .option('--http-marks <port>', 'take marks by HTTP on loopback: POST /mark with the token that is printed', port('--http-marks'))
    .option('--mqtt <url>', 'publish to this MQTT broker too, and take marks from affect/<name>/mark/set', brokerUrl)
    .option('--name <name>', 'level of the topic tree', stationName, 'record')
    .option('--subject <id>', 'a pseudonym of who wears the sensors; goes into the header', pseudonym)
    .option('--session <name>', 'which session of that person; goes into the header')
    .option('--notes <text>', 'goes into the header')
    .option('--consent <text-or-file>', 'what the wearer agreed to; its SHA-256 goes into the header')
    .action(async (options) => onDone(await (await import('../commands/record.ts')).record(options, terminal)));
};
