import type { Recording, Report } from '@affect-edge/acquire';
import { countLosses, noLosses } from '../losses.ts';
import { say, type Terminal } from '../terminal.ts';
import type { OutputFormat } from './formats.ts';
import { newOutput } from './new-output.ts';
import { progressBar } from './progress-bar.ts';
import { describeSummary, summaryOf } from './summary.ts';
import { type FormatOptions, writeAs } from './write-as.ts';

/** What is to be written, and what the summary calls it. */
export interface Output {
  readonly from: readonly string[];
  readonly to: string;
  readonly format: OutputFormat;
  readonly options: FormatOptions;
  /** The summary goes to stdout as JSON with these facts added, or to stderr as lines. */
  readonly json: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Writes a recording, whole or not at all, with a progress bar; gives the exit code. Ctrl-C leaves nothing behind: 1. */
export const writeOutput = async (
  recording: Recording,
  { from, to, format, options, json, facts = {} }: Output,
  { out, err, stop }: Terminal,
): Promise<number> => {
  let losses = noLosses;
  const report = (fact: Report): void => {
    losses = countLosses(losses, fact);
  };
  const bar = progressBar(err);
  try {
    const written = await newOutput(to, (part) => writeAs(format, recording, part, options, { progress: bar.show, stop, report }));
    bar.end();
    const summary = summaryOf(recording, { from: from.join(', '), to, format }, written, losses);
    if (json) say(out, JSON.stringify({ ...summary, ...facts }));
    else for (const line of describeSummary(summary)) say(err, line);
    return 0;
  } catch (error) {
    bar.end();
    if (!stop.aborted) throw error;
    say(err, `Stopped: there is no '${to}'.`);
    return 1;
  }
};
