import { readdir, stat } from 'node:fs/promises';
import { openFileSource } from '../codecs/byte-source.ts';
import { isEdf } from '../codecs/edf.ts';
import { readZip } from '../codecs/zip.ts';
import { AcquireError } from '../errors.ts';
import { isAmused, isOpenMuseText, openAmused, openOpenMuseText } from './athena-captures.ts';
import { isBrainVision, openBrainVision } from './brainvision.ts';
import { firstBytesOf, isPacked } from './bytes-of.ts';
import { isCsvFolder, openCsvFolder } from './csv-folder.ts';
import { openEdf } from './edf.ts';
import { isEmbracePlus, openEmbracePlus } from './embrace-plus.ts';
import { isEmotibitCsv, openEmotibitCsv } from './emotibit-csv.ts';
import { isEmpaticaE4, openEmpaticaE4 } from './empatica-e4.ts';
import { fileError } from './file-error.ts';
import { isMindMonitor, openMindMonitor } from './mind-monitor.ts';
import { isMuseLslCsv, openMuseLslCsv } from './muse-lsl-csv.ts';
import { openOpenbciText } from './openbci-text.ts';
import { openOpenSignalsH5 } from './opensignals-h5.ts';
import { isOpenSignalsText, openOpenSignalsText } from './opensignals-text.ts';
import { openPlainCsv } from './plain-csv.ts';
import { isPlainCsv } from './plain-csv-head.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { isShimmerCsv, openShimmerCsv } from './shimmer-csv.ts';
import { openSimpleText } from './simple-text.ts';
import { openXdf } from './xdf.ts';

/** What a path looks like from outside. */
interface Look {
  /** Names in the folder or zip archive; empty for any other file. */
  readonly names: readonly string[];
  /** First lines of the file, unpacked where it is gzip, at least one; empty texts for a folder. */
  readonly firstLine: string;
  readonly lines: readonly string[];
  /** First bytes of the file, unpacked, a character each; empty for a folder. */
  readonly head: string;
  /** Why the head ends where it does, where that is damage. */
  readonly failure?: AcquireError;
}

interface Format {
  readonly name: string;
  /** What it is, for a person. */
  readonly title: string;
  /** True where it can only be read at any place of the file, so that a gzip must be unpacked first. */
  readonly isPlainOnly?: boolean;
  readonly recognises: (look: Look) => boolean;
  readonly open: (path: string, options: RecordingOptions) => Promise<Recording>;
}

/** Every format there is, the first that recognises a path opens it. A new one is one file and one line here. */
export const formats: readonly Format[] = [
  {
    name: 'openbci-text',
    title: 'OpenBCI GUI text file',
    recognises: ({ firstLine }) => /^%\s*OpenBCI Raw E[EX]G Data/i.test(firstLine),
    open: openOpenbciText,
  },
  {
    name: 'empatica-e4',
    title: 'Empatica E4 session (folder or zip)',
    recognises: ({ names }) => isEmpaticaE4(names),
    open: openEmpaticaE4,
  },
  { name: 'embrace-plus', title: 'EmbracePlus Avro', recognises: ({ head }) => isEmbracePlus(head), open: openEmbracePlus },
  { name: 'emotibit-csv', title: 'EmotiBit SD-card file', recognises: ({ firstLine }) => isEmotibitCsv(firstLine), open: openEmotibitCsv },
  { name: 'xdf', title: 'XDF', isPlainOnly: true, recognises: ({ head }) => head.startsWith('XDF:'), open: openXdf },
  { name: 'edf', title: 'EDF and EDF+', recognises: ({ head }) => isEdf(head) && head.startsWith('0'), open: openEdf },
  { name: 'bdf', title: 'BDF and BDF+', recognises: ({ head }) => isEdf(head), open: openEdf },
  { name: 'brainvision', title: 'BrainVision (.vhdr)', recognises: ({ firstLine }) => isBrainVision(firstLine), open: openBrainVision },
  { name: 'muse-lsl', title: 'muse-lsl CSV', recognises: ({ firstLine }) => isMuseLslCsv(firstLine), open: openMuseLslCsv },
  { name: 'mind-monitor', title: 'Mind Monitor CSV', recognises: ({ firstLine }) => isMindMonitor(firstLine), open: openMindMonitor },
  { name: 'openmuse-text', title: 'OpenMuse capture', recognises: ({ firstLine }) => isOpenMuseText(firstLine), open: openOpenMuseText },
  { name: 'amused-bin', title: 'amused-py recording', recognises: ({ head }) => isAmused(head), open: openAmused },
  {
    name: 'opensignals-text',
    title: 'OpenSignals text',
    recognises: ({ firstLine }) => isOpenSignalsText(firstLine),
    open: openOpenSignalsText,
  },
  {
    name: 'opensignals-h5',
    title: 'OpenSignals HDF5',
    isPlainOnly: true,
    recognises: ({ head }) => head.startsWith('\x89HDF\r\n'),
    open: openOpenSignalsH5,
  },
  { name: 'shimmer-csv', title: 'Shimmer Consensys CSV', recognises: ({ lines }) => isShimmerCsv(lines), open: openShimmerCsv },
  {
    name: 'simple-text',
    title: 'Simple Text Format',
    recognises: ({ firstLine }) => /^#\s*Simple Text Format/.test(firstLine),
    open: openSimpleText,
  },
  { name: 'csv-folder', title: "this program's folder of CSV files", recognises: ({ names }) => isCsvFolder(names), open: openCsvFolder },
  { name: 'csv', title: 'CSV with a header', recognises: ({ lines }) => isPlainCsv(lines), open: openPlainCsv },
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
  if (format?.isPlainOnly && (await isPacked(path))) {
    throw new AcquireError('bad-file', `'${path}' is a gzip of ${format.title}, which cannot be read packed: unpack it with gunzip.`);
  }
  if (format !== undefined) return format.open(path, options);
  if (look.failure !== undefined) throw look.failure;
  const known = formats.map(({ title }) => title).join(', ');
  throw new AcquireError('unknown-format', `'${path}' is in no known format.${hintFor(path, look)} Known are: ${known}.`);
};

/** What may have been meant. */
const hintFor = (path: string, { names, firstLine }: Look): string => {
  if (isEmpaticaE4([path])) return ' It is named like a part of an Empatica E4 session: name the folder it lies in.';
  if (names.includes('dataset_description.json')) return ' It is a BIDS folder: name a recording in it, such as sub-01/eeg/…_eeg.bdf.';
  if (/^[\d\s.,;+-]+$/.test(firstLine)) return ' It begins with numbers: a CSV file needs a first line with the names of its columns.';
  return '';
};

const headBytes = 64 * 1024;

const lookAt = async (path: string): Promise<Look> => {
  try {
    if ((await stat(path)).isDirectory()) return { names: await readdir(path), firstLine: '', lines: [], head: '' };
  } catch (cause) {
    throw fileError(path, cause);
  }
  let failure: AcquireError | undefined;
  const bytes = await firstBytesOf(path, headBytes, (error) => {
    failure = error;
  });
  const head = bytes.toString('latin1');
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/);
  const names = head.startsWith('PK\x03\x04') ? namesInZip(path) : [];
  return { names, firstLine: lines[0] ?? '', lines, head, ...(failure !== undefined && { failure }) };
};

const namesInZip = (path: string): string[] => {
  const source = openFileSource(path);
  try {
    return readZip(source).map(({ name }) => name);
  } finally {
    source.close();
  }
};
