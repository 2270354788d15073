import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { AcquireError } from '../errors.ts';
import { isEmotibitCsv, openEmotibitCsv } from './emotibit-csv.ts';
import { isEmpaticaE4, openEmpaticaE4 } from './empatica-e4.ts';
import { fileError, linesOf } from './lines.ts';
import { openOpenbciText } from './openbci-text.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { openXdf } from './xdf.ts';

/** What a path looks like from outside. */
interface Look {
  /** Names in the folder; empty for a file. */
  readonly names: readonly string[];
  /** First line of the file, unpacked where it is gzip; empty for a folder. */
  readonly firstLine: string;
  /** First bytes of the file as they are, a character each; empty for a folder. */
  readonly head: string;
}

interface Format {
  readonly name: string;
  /** What it is, for a person. */
  readonly title: string;
  readonly recognises: (look: Look) => boolean;
  readonly open: (path: string, options: RecordingOptions) => Promise<Recording>;
}

/** Every format there is. A new one is one file and one line here. */
export const formats: readonly Format[] = [
  {
    name: 'openbci-text',
    title: 'OpenBCI GUI text file',
    recognises: ({ firstLine }) => /^%\s*OpenBCI Raw E[EX]G Data/i.test(firstLine),
    open: openOpenbciText,
  },
  {
    name: 'empatica-e4',
    title: 'Empatica E4 session folder',
    recognises: ({ names }) => isEmpaticaE4(names),
    open: openEmpaticaE4,
  },
  {
    name: 'emotibit-csv',
    title: 'EmotiBit SD-card file',
    recognises: ({ firstLine }) => isEmotibitCsv(firstLine),
    open: openEmotibitCsv,
  },
  {
    name: 'xdf',
    title: 'XDF',
    recognises: ({ head }) => head.startsWith('XDF:'),
    open: openXdf,
  },
];

/**
 * Opens a recording by what is in it; the name of the file does not matter. Throws `AcquireError`: `not-found`, `no-permission`,
 * `unknown-format` for one that nobody recognises, `bad-file` for a damaged beginning. Damage further in is reported while reading.
 *
 * @example
 * const recording = await openRecording('session/S02');
 * for await (const block of recording.blocks(report)) …
 */
export const openRecording = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const look = await lookAt(path);
  const format = formats.find(({ recognises }) => recognises(look));
  if (format !== undefined) return format.open(path, options);
  const known = formats.map(({ title }) => title).join(', ');
  throw new AcquireError('unknown-format', `'${path}' is in no known format. Known are: ${known}.`);
};

const lookAt = async (path: string): Promise<Look> => {
  try {
    if ((await stat(path)).isDirectory()) return { names: await readdir(path), firstLine: '', head: '' };
  } catch (cause) {
    throw fileError(path, cause);
  }
  const head = await headOf(path);
  for await (const batch of linesOf(path)) return { names: [], firstLine: batch[0]!.text, head };
  return { names: [], firstLine: '', head };
};

const headOf = async (path: string): Promise<string> => {
  let head = '';
  try {
    for await (const piece of createReadStream(path, { end: 15 })) head += (piece as Buffer).toString('latin1');
  } catch (cause) {
    throw fileError(path, cause);
  }
  return head;
};
