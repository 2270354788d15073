import { lineFramer } from '../framing.ts';
import { bytesOf } from './bytes-of.ts';

/** Where a line came from, counted from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/** Longest line taken, bytes: a header of OpenSignals with several devices in one line is the longest there is. */
const maxLineBytes = 64 * 1024;
/** What stands for a longer one. */
const tooLong = '\ufffd';

/**
 * The lines of a text file, plain or gzip, read piece by piece, in batches of a piece each. A line that is too long to be one (65,536
 * bytes) comes as U+FFFD, so that it can be counted as damaged. A gzip that ends early or is damaged gives the lines before the damage,
 * then throws `AcquireError('bad-file')`; so does a file that cannot be read. Stopping early closes the file.
 */
export const linesOf = (path: string): AsyncGenerator<Line[], void> => linesIn(bytesOf(path));

/** The lines in a stream of bytes, as `linesOf` gives those of a file; an error of the stream comes after the lines before it. */
export async function* linesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line[], void> {
  let batch: Line[] = [];
  let number = 0;
  const lines = lineFramer({
    maxLength: maxLineBytes,
    keepEmpty: true,
    line: (text) => batch.push({ text, number: ++number }),
    tooLong: () => batch.push({ text: tooLong, number: ++number }),
  });
  const takeBatch = () => {
    const taken = batch;
    batch = [];
    return taken;
  };
  try {
    for await (const piece of bytes) {
      lines.push(piece);
      if (batch.length > 0) yield takeBatch();
    }
  } catch (error) {
    if (batch.length > 0) yield takeBatch();
    throw error;
  }
  lines.end();
  if (batch.length > 0) yield takeBatch();
}
