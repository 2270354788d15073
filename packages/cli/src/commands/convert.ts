import { type OutputFormat, outputFormat } from '../convert/formats.ts';
import { oneRecording, type ReadingOptions } from '../convert/one-recording.ts';
import { onlySignals } from '../convert/only-signals.ts';
import type { FormatOptions } from '../convert/write-as.ts';
import { writeOutput } from '../convert/write-output.ts';
import type { Terminal } from '../terminal.ts';

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
  const format = outputFormat(to, options.to);
  const opened = await oneRecording(paths, options);
  const recording = ids === undefined ? opened : onlySignals(opened, ids);
  return writeOutput(recording, { from: paths, to, format, options, json }, terminal);
};
