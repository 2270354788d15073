import type { Command } from 'commander';
import { brokerUrl, choice, durationSec, hopSec, seed, servingEngines, several, sourceSpec, stationName } from '../config.ts';
import type { Terminal } from '../terminal.ts';

/** Verbs with sensors, real or simulated. */
export const liveVerbs = (affect: Command, terminal: Terminal, onDone: (exitCode: number) => void): void => {
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
    .action(async (options) => onDone(await (await import('../commands/demo.ts')).demo(options, terminal)));

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
    .option('--for <duration>', 'stop after this time', durationSec('--for'))
    .option('--hop <duration>', 'time between estimates', hopSec, 0.5)
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--subject <id>', 'who wears the sensors; goes into the header')
    .option('--notes <text>', 'goes into the header')
    .action(async (options) => onDone(await (await import('../commands/record.ts')).record(options, terminal)));
};
