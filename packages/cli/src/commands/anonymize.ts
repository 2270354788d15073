import { randomInt } from 'node:crypto';
import { anonymised, freeTexts, leastDaysBack, mostDaysBack } from '@affect-edge/acquire';
import { type OutputFormat, outputFormat } from '../convert/formats.ts';
import { oneRecording, type ReadingOptions } from '../convert/one-recording.ts';
import type { FormatOptions } from '../convert/write-as.ts';
import { writeOutput } from '../convert/write-output.ts';
import { say, type Terminal } from '../terminal.ts';

export interface AnonymizeOptions extends FormatOptions, ReadingOptions {
  readonly out: string;
  readonly to?: OutputFormat;
  readonly daysBack?: number;
  readonly code?: string;
  readonly keepText?: boolean;
  readonly json?: boolean;
}

/**
 * Writes a recording without what tells who it was (`anonymised`). Before that, every free text in it is listed on stderr; they are left out unless `--keep-text`. The
 * number of days by which the start is moved is drawn where it is not given, and told: all recordings of a study need the same.
 */
export const anonymize = async (paths: readonly string[], options: AnonymizeOptions, terminal: Terminal): Promise<number> => {
  const { out: to, keepText = false, code, json = false, daysBack = randomInt(leastDaysBack, mostDaysBack) } = options;
  const { err } = terminal;
  const format = outputFormat(to, options.to);
  const opened = await oneRecording(paths, options);
  const recording = anonymised(opened, { daysBack, keepText, ...(code !== undefined && { code }) });
  const texts = freeTexts(opened);
  say(
    err,
    texts.length === 0
      ? 'Texts   none'
      : `Texts   ${texts.length}, ${keepText ? 'kept: read them for names' : 'left out (kept with --keep-text)'}:`,
  );
  for (const text of texts) say(err, `  ${JSON.stringify(text)}`);
  say(
    err,
    `Dates   moved back by ${daysBack} days${options.daysBack === undefined ? ` (the same for every recording of a study: --days-back ${daysBack}; keep it to yourself)` : ''}`,
  );
  const about = { ...options, ...(code !== undefined && options.subject === undefined && { subject: code }) };
  const facts = { days_back: daysBack, texts: texts.length, texts_kept: keepText };
  return writeOutput(recording, { from: paths, to, format, options: about, json, facts }, terminal);
};
