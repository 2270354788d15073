import type { Command } from 'commander';
import { brokerUrl, choice, servingEngines, several, speed, stationName } from '../config.ts';
import { outputFormats } from '../convert/formats.ts';
import { readingOptions } from '../convert/one-recording.ts';
import { daysBack, mainsHz, wholeNumber } from '../convert/options.ts';
import { sessionTime, turns } from '../recording-options.ts';
import type { Terminal } from '../terminal.ts';
import { hop } from './hop.ts';

/** Verbs over recordings. */
export const recordingsVerbs = (affect: Command, terminal: Terminal, onDone: (exitCode: number) => void): void => {
  readingOptions(affect.command('replay'))
    .description('the same line over recordings; the same files give the same bytes at any speed')
    .argument('<file...>', 'recordings of any known format')
    .option('--speed <speed>', "'max', 'real' or a number of times real time", speed, 'max')
    .option('--format <format>', 'what goes to stdout', choice('--format', ['jsonl']), 'jsonl')
    .option('--mqtt <url>', 'publish to this MQTT broker too', brokerUrl)
    .option('--name <name>', 'level of the topic tree', stationName, 'replay')
    .addOption(hop(affect))
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .option('--features', 'write feature vectors too')
    .option('--page', 'serve the live page while it plays')
    .option('--from <time>', "from this time of the recording on: '90s', '2m', '1:30'", sessionTime('--from'))
    .option('--to <time>', 'up to this time of the recording', sessionTime('--to'))
    .option('--loop [times]', 'over and over, or so many times', turns)
    .option('--decoded', 'from the samples as they were decoded while recording, not from the bytes of the sensors')
    .option('--record <file>', 'write what is played into a new recording')
    .action(async (files, options) => onDone(await (await import('../commands/replay.ts')).replay(files, options, terminal)));

  readingOptions(affect.command('report'))
    .description('a page about recordings: quality first, then what was measured and estimated; one file, no network, JSON beside it')
    .argument('<file...>', 'recordings of any known format')
    .requiredOption('-o, --out <file.html>', 'the page to write')
    .option('--site <site>', 'where skin conductance was measured: wrist or palm', choice('--site', ['wrist', 'palm']), 'wrist')
    .option('--model <name>', 'only this model (may be given several times)', several(String))
    .option('--engine <engine>', `what computes the models: ${servingEngines.join(', ')}`, choice('--engine', servingEngines))
    .action(async (files, options) => onDone(await (await import('../commands/report.ts')).report(files, options, terminal)));

  readingOptions(affect.command('info'))
    .description('what recordings hold: signals, true rates, gaps, losses, damage')
    .argument('<file...>', 'recordings of any known format')
    .option('--json', 'as JSON, one line a recording')
    .action(async (files, options) => onDone(await (await import('../commands/info.ts')).info(files, options, terminal)));

  readingOptions(affect.command('verify'))
    .description('the same, with exit code 1 where a recording is damaged or was not closed')
    .argument('<file...>', 'recordings of any known format')
    .option('--json', 'as JSON, one line a recording')
    .action(async (files, options) => onDone(await (await import('../commands/verify.ts')).verify(files, options, terminal)));

  readingOptions(affect.command('convert'))
    .description('a recording as EDF+, BDF+, CSV, XDF, a BIDS folder, or its features as Parquet')
    .argument('<file...>', 'a recording of any known format, or all parts of one')
    .requiredOption('-o, --out <path>', 'the file or folder to make; one that exists is never overwritten')
    .option('--to <format>', `what to make of it: ${outputFormats.join(', ')}; otherwise the ending says it`, choice('--to', outputFormats))
    .option('--signal <id>', 'only this signal (may be given several times)', several(String))
    .addOption(hop(affect, 'parquet: time between rows'))
    .option('--feature <name>', 'parquet: only this feature (may be given several times)', several(String))
    .option('--subject <label>', 'bids: who was recorded; the recording says it, or 01')
    .option('--session <label>', 'bids: which session')
    .option('--task <label>', 'bids: what was done', 'recording')
    .option('--mains <hertz>', 'bids: frequency of the mains, 50 or 60', mainsHz)
    .option('--json', 'what was written, as JSON')
    .action(async (files, options) => onDone(await (await import('../commands/convert.ts')).convert(files, options, terminal)));

  readingOptions(affect.command('anonymize'))
    .description('the same, without what tells who it was: names, dates, ids, addresses, free text')
    .argument('<file...>', 'a recording of any known format, or all parts of one')
    .requiredOption('-o, --out <path>', 'the file or folder to make; one that exists is never overwritten')
    .option('--to <format>', `what to make of it: ${outputFormats.join(', ')}; otherwise the ending says it`, choice('--to', outputFormats))
    .option('--days-back <days>', 'move the start back by so many days, the same for a whole study; drawn and told when absent', daysBack)
    .option('--code <code>', 'a code in place of the name', 'anonymous')
    .option('--keep-text', 'keep what marks and notes say (it is listed first)')
    .addOption(hop(affect, 'parquet: time between rows'))
    .option('--task <label>', 'bids: what was done', 'recording')
    .option('--mains <hertz>', 'bids: frequency of the mains, 50 or 60', mainsHz)
    .option('--json', 'what was written, as JSON')
    .action(async (files, options) => onDone(await (await import('../commands/anonymize.ts')).anonymize(files, options, terminal)));

  affect
    .command('repair')
    .description('a whole copy of a damaged recording: every complete block of XDF, EDF or BDF')
    .argument('<file>', 'the damaged recording; it stays as it is')
    .requiredOption('-o, --out <file>', 'the file to make; one that exists is never overwritten')
    .option('--json', 'what was kept and left out, as JSON')
    .action(async (file, options) => onDone(await (await import('../commands/repair.ts')).repair(file, options, terminal)));

  readingOptions(affect.command('head'))
    .description('the first samples of every signal, with times and units')
    .argument('<file...>', 'a recording of any known format, or all parts of one')
    .option('-n, --lines <n>', 'how many samples', wholeNumber('--lines'), 10)
    .option('--json', 'as JSON, one line a sample')
    .action(async (files, options) => onDone(await (await import('../commands/head.ts')).head(files, options, terminal)));
};
