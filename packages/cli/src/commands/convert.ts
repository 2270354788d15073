import type { Report } from '@affect-edge/acquire';
import { type OutputFormat, outputFormat } from '../convert/formats.ts';
import { newOutput } from '../convert/new-output.ts';
import { oneRecording, type ReadingOptions } from '../convert/one-recording.ts';
import { onlySignals } from '../convert/only-signals.ts';
import { progressBar } from '../convert/progress-bar.ts';
import { describeSummary, summaryOf } from '../convert/summary.ts';
import { type FormatOptions, writeAs } from '../convert/write-as.ts';
import { countLosses, noLosses } from '../losses.ts';
import { say, type Terminal } from '../terminal.ts';

export interface ConvertOptions extends FormatOptions, ReadingOptions {
  readonly out: string;
  readonly to?: OutputFormat;
  readonly signal?: readonly string[];
  readonly json?: boolean;
}

/**
 * Writes a recording of any known format in another one: whole or not at all, never over something. Ctrl-C leaves nothing behind, exit code 1. The summary goes to
 * stdout as JSON, or to stderr as lines.
 */
export const convert = async (paths: readonly string[], options: ConvertOptions, terminal: Terminal): Promise<number> => {
  const { out: to, signal: ids, json = false } = options;
  const { err, stop } = terminal;
  const format = outputFormat(to, options.to);
  const opened = await oneRecording(paths, options);
  const recording = ids === undefined ? opened : onlySignals(opened, ids);
  let losses = noLosses;
  const report = (fact: Report): void => {
    losses = countLosses(losses, fact);
  };
  const bar = progressBar(err);
  try {
    const written = await newOutput(to, (part) => writeAs(format, recording, part, options, { progress: bar.show, stop, report }));
    bar.end();
    const summary = summaryOf(recording, { from: paths.join(', '), to, format }, written, losses);
    if (json) say(terminal.out, JSON.stringify(summary));
    else for (const line of describeSummary(summary)) say(err, line);
    return 0;
  } catch (error) {
    bar.end();
    if (!stop.aborted) throw error;
    say(err, `Stopped: there is no '${to}'.`);
    return 1;
  }
};
