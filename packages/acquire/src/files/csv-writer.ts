import { type FileHandle, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreReports } from '../report.ts';
import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';
import { distinctNames } from './column-signals.ts';
import { cannotWrite, createFile, writeAll } from './new-file.ts';
import type { Recording } from './recording.ts';
import { type WriteOptions, type Written, watched } from './write-options.ts';

/** So much text is handed to the system at once, characters. */
const pieceLength = 2 ** 20;

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
    return async (text: string) => {
      bytes += await writeAll(handle, path, Buffer.from(text));
    };
  };
  const see = watched('writing', progress, stop);
  try {
    const sheets = new Map<Signal, { write: (text: string) => Promise<void>; text: string; nSamples: number }>();
    for (const [s, signal] of signals.entries()) {
      const text = `${['time (s)', ...signal.montage.channels.map((channel) => `${channel} (${signal.unit})`)].map(csvField).join(',')}\n`;
      sheets.set(signal, { write: await create(`${names[s]}.csv`), text, nSamples: 0 });
    }
    for await (const block of recording.blocks(report)) {
      see(block);
      const sheet = sheets.get(block.signal);
      if (sheet === undefined) continue;
      sheet.text += rows(block);
      sheet.nSamples += nTimesOf(block);
      if (sheet.text.length < pieceLength) continue;
      await sheet.write(sheet.text);
      sheet.text = '';
    }
    for (const { write, text } of sheets.values()) await write(text);
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

const rows = ({ signal, tmin, data }: SampleBlock): string => {
  const nChannels = signal.montage.channels.length;
  const nTimes = data.length / nChannels;
  const row: (string | number | null)[] = new Array(nChannels + 1);
  const lines: string[] = [];
  for (let t = 0; t < nTimes; t++) {
    row[0] = (signal.sfreq > 0 ? tmin + t / signal.sfreq : tmin).toFixed(6);
    for (let c = 0; c < nChannels; c++) {
      const value = data[c * nTimes + t]!;
      row[c + 1] = Number.isFinite(value) ? value : null; // joined as nothing
    }
    lines.push(row.join(','));
  }
  lines.push('');
  return lines.join('\n');
};

/** A field on one line, in quotes where it has to be. */
const csvField = (text: string): string => {
  const line = text.replace(/[\r\n]+/g, ' ');
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
};

/** The signals' ids as names of files, each once. */
const fileNames = (signals: readonly Signal[]): string[] =>
  distinctNames(['markers', ...signals.map(({ id }) => id.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^\.+/, '') || 'signal')]).slice(1);
