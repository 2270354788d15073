import { type FileHandle, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { distinctNames } from '../files/column-signals.ts';
import type { Recording } from '../files/recording.ts';
import { ignoreReports } from '../report.ts';
import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';
import { cannotWrite, createFile, writeAll } from './new-file.ts';
import { longestNumber, putMicroseconds, putNumber } from './number-text.ts';
import { type WriteOptions, type Written, watched } from './write-options.ts';

/** So much text is handed to the system at once, bytes. */
const pieceLength = 2 ** 18;

/**
 * Writes a recording as a folder of CSV files, in one pass and constant memory: one file a signal (`eeg.csv`), `markers.csv` where there are marks, and
 * `recording.json` with the start, the signals and their references. The first line names the columns with their units:
 *
 *     time (s),Fp1 (µV),Cz (µV)
 *     0.004000,12.5,-3.1875
 *
 * Times count from the recording's start, to a microsecond; values are written so that the very same number is read back, one that is none is left empty. A
 * hole is a jump of the time; a line break in a mark becomes a space. Never overwrites: throws `bad-option` where the folder exists, and what reading and writing throw.
 */
export const writeCsv = async (recording: Recording, folder: string, options: WriteOptions = {}): Promise<Written> => {
  const { report = ignoreReports, progress, stop } = options;
  await mkdir(folder).catch((cause) => {
    throw cannotWrite(folder, cause);
  });
  const { marks = [], name, format, startedAt, subject, signals } = recording;
  const names = fileNames(signals);
  const files: FileHandle[] = [];
  let bytes = 0;
  const create = async (file: string) => {
    const path = join(folder, file);
    const handle = await createFile(path);
    files.push(handle);
    return async (text: string | Uint8Array) => {
      const written = await writeAll(handle, path, typeof text === 'string' ? Buffer.from(text) : text);
      bytes += written; // not in one line: other files are written at the same time
    };
  };
  const see = watched('writing', progress, stop);
  try {
    const sheets = new Map<Signal, Sheet>();
    for (const [s, signal] of signals.entries()) {
      const text = `${['time (s)', ...signal.montage.channels.map((channel) => `${channel} (${signal.unit})`)].map(csvField).join(',')}\n`;
      const write = await create(`${names[s]}.csv`);
      const [rows, spare] = [new Uint8Array(pieceLength + longestRow(signal)), new Uint8Array(pieceLength + longestRow(signal))];
      await write(text);
      sheets.set(signal, { write, rows, spare, length: 0, nSamples: 0, writing: Promise.resolve() });
    }
    for await (const block of recording.blocks(report)) {
      see(block);
      const sheet = sheets.get(block.signal);
      if (sheet === undefined) continue;
      const nTimes = nTimesOf(block);
      sheet.nSamples += nTimes;
      for (let t = 0; t < nTimes; ) {
        t = putRows(block, t, sheet);
        if (sheet.length >= pieceLength) await flush(sheet);
      }
    }
    for (const sheet of sheets.values()) {
      await flush(sheet);
      await sheet.writing;
    }
    if (marks.length > 0) {
      const write = await create('markers.csv');
      await write(`time (s),text\n${marks.map(({ atSec, text }) => `${atSec.toFixed(6)},${csvField(text)}\n`).join('')}`);
    }
    const about = {
      name,
      format,
      started: startedAt === undefined ? null : new Date(startedAt * 1000).toISOString(),
      subject: subject ?? null,
      signals: signals.map((signal, s) => ({ file: `${names[s]}.csv`, ...signal })),
    };
    await (await create('recording.json'))(`${JSON.stringify(about, null, 2)}\n`);
    return {
      bytes,
      signals: [...sheets].map(([{ id }, { nSamples }]) => ({ id, nSamples, quantum: 0, shiftSec: 0, driftSec: 0 })),
      notes: [],
    };
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
};

/** A signal's file: what is not written yet are the first `length` bytes of `rows`. */
interface Sheet {
  readonly write: (text: string | Uint8Array) => Promise<void>;
  rows: Uint8Array;
  /** What is being written, or was. */
  spare: Uint8Array;
  length: number;
  nSamples: number;
  writing: Promise<void>;
}

const longestRow = ({ montage }: Signal): number => (montage.channels.length + 1) * (longestNumber + 1);

/** Begins to write what there is once the piece before is written, so that the disk and the processor work at the same time. */
const flush = async (sheet: Sheet): Promise<void> => {
  await sheet.writing;
  sheet.writing = sheet.write(sheet.rows.subarray(0, sheet.length));
  sheet.writing.catch(() => {}); // thrown to who waits for it
  [sheet.rows, sheet.spare] = [sheet.spare, sheet.rows];
  sheet.length = 0;
};

/** Puts a block's samples into the sheet from the `first` on, until it is due to be written, and gives the first that is left. */
const putRows = ({ signal, tmin, data }: SampleBlock, first: number, sheet: Sheet): number => {
  const { rows } = sheet;
  const nChannels = signal.montage.channels.length;
  const nTimes = data.length / nChannels;
  let at = sheet.length;
  let t = first;
  for (; t < nTimes && at < pieceLength; t++) {
    at = putMicroseconds(signal.sfreq > 0 ? tmin + t / signal.sfreq : tmin, rows, at);
    for (let i = t; i < data.length; i += nTimes) {
      rows[at++] = comma;
      at = putNumber(data[i]!, rows, at);
    }
    rows[at++] = newline;
  }
  sheet.length = at;
  return t;
};

const [comma, newline] = [44, 10];

/** A field on one line, in quotes where it has to be. */
const csvField = (text: string): string => {
  const line = text.replace(/[\r\n]+/g, ' ');
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
};

/** The signals' ids as names of files, each once. */
const fileNames = (signals: readonly Signal[]): string[] =>
  distinctNames(['markers', ...signals.map(({ id }) => id.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^\.+/, '') || 'signal')]).slice(1);
