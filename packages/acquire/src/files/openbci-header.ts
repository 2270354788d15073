import { AcquireError } from '../errors.ts';
import { isUnixTime } from './file-time.ts';
import { type Line, linesOf } from './lines.ts';

/**
 * OpenBCI GUI text, three generations; comment lines start with `%`, rows are separated by commas:
 *
 *     2013-16  %OpenBCI Raw EEG Data · %Sample Rate = 250.0 Hz
 *              index, 8 × µV, 3 × g [, HH:mm:ss.SSS]                      also without acceleration, 16 channels with a Daisy
 *     v5       %OpenBCI Raw EEG Data · %Number of channels = 8 · %Sample Rate = 250 Hz · %Board = …
 *              index, n × µV, 3 × g, [auxiliary,] HH:mm:ss.SSS, unix ms   the first row holds zeros only
 *     v6       %OpenBCI Raw EXG Data · the same header, then a row of column names
 *              Sample Index, EXG Channel 0 …, Accel Channel 0 …, other …, Timestamp, Marker Channel, Timestamp (Formatted)
 *
 * The index is the board's counter, 0-255 (with a Daisy every second value). The unix time is when the GUI took the sample from its queue, in
 * bursts; the time of sample n is n over the sample rate.
 */
export interface OpenbciColumns {
  readonly sfreq: number;
  readonly index: number;
  readonly eeg: readonly number[];
  readonly acceleration: readonly number[];
  /** Column of the unix time, and how many of its units make a second. */
  readonly unix?: number;
  readonly perUnixSec: number;
  readonly startedAt?: number;
  readonly nFields: number;
  /** Line number of the first row of samples. */
  readonly firstRow: number;
  /** What the index counts modulo, absent where it is no counter of samples; and its distance from one sample to the next. */
  readonly modulus?: number;
  readonly step: number;
}

/** Lines to look at before giving up. */
const maxHeaderLines = 60;

/** Finds out how the file is laid out; throws `AcquireError('bad-file')` where that cannot be told. */
export const readOpenbciHeader = async (path: string): Promise<OpenbciColumns> => {
  const comments: string[] = [];
  let names: string[] | undefined;
  const rows: Line[] = [];
  read: for await (const batch of linesOf(path)) {
    for (const line of batch) {
      if (line.text.startsWith('%')) comments.push(line.text);
      else if (/^\s*sample index\s*,/i.test(line.text)) names = line.text.split(',').map((name) => name.trim().toLowerCase());
      else if (line.text.trim() !== '') rows.push(line);
      if (rows.length >= 4 || line.number >= maxHeaderLines) break read;
    }
  }

  const header = comments.join('\n');
  const sfreq = Number(/sample rate\s*=\s*([\d.]+)/i.exec(header)?.[1] ?? 'NaN');
  if (!(sfreq > 0)) throw new AcquireError('bad-file', `'${path}' looks like an OpenBCI log, but its header names no sample rate.`);
  const fields = rows.map(({ text }) => text.split(',').map((field) => field.trim()));
  if (isAllZero(fields[0])) {
    fields.shift();
    rows.shift();
  }
  const first = fields[0];
  if (first === undefined) throw new AcquireError('bad-file', `'${path}' is an OpenBCI log without samples.`);

  const layout = names === undefined ? unnamed(first, header, path) : named(names);
  const unixSec = layout.unix === undefined ? Number.NaN : Number(first[layout.unix]);
  const perUnixSec = unixSec > 1e11 ? 1000 : 1;
  const step = fields[1] !== undefined && (Number(fields[1][0]) - Number(first[0]) + 256) % 256 === 2 ? 2 : 1;
  return {
    sfreq,
    index: 0,
    ...layout,
    perUnixSec,
    ...(isUnixTime(unixSec / perUnixSec) ? { startedAt: unixSec / perUnixSec } : {}),
    nFields: first.length,
    firstRow: rows[0]!.number,
    ...(/ganglion/i.test(header) ? {} : { modulus: 256 }), // the Ganglion's packet ids follow other rules
    step,
  };
};

const isAllZero = (fields: readonly string[] | undefined) => fields?.slice(0, 5).every((field) => Number(field) === 0) ?? false;

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

interface Layout {
  readonly eeg: readonly number[];
  readonly acceleration: readonly number[];
  readonly unix?: number;
}

const named = (names: readonly string[]): Layout => {
  const columnsOf = (prefix: string) => names.flatMap((name, column) => (name.startsWith(prefix) ? [column] : []));
  const unix = names.indexOf('timestamp');
  return { eeg: columnsOf('exg channel'), acceleration: columnsOf('accel channel'), ...(unix < 0 ? {} : { unix }) };
};

const unnamed = (first: readonly string[], header: string, path: string): Layout => {
  const counted = Number(/number of channels\s*=\s*(\d+)/i.exec(header)?.[1] ?? 'NaN');
  if (counted >= first.length) {
    throw new AcquireError('bad-file', `'${path}': its header speaks of ${counted} channels, its first row holds ${first.length} fields.`);
  }
  const nChannels = counted > 0 ? counted : first.length >= 17 ? 16 : 8;
  const unix = first.findLastIndex((field) => /^\d{10}(\d{3})?(\.\d+)?$/.test(field));
  const acceleration = first.length >= 1 + nChannels + 3 ? range(1 + nChannels, 3) : [];
  return { eeg: range(1, nChannels), acceleration, ...(unix < 0 ? {} : { unix }) };
};
