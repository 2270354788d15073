import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { blockWriter } from '../block-writer.ts';
import { AcquireError } from '../errors.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';
import { fileClock } from './file-clock.ts';
import { isUnixTime } from './file-time.ts';
import type { Line } from './lines.ts';
import { inOrderOfTime } from './merge-blocks.ts';
import type { Mark, Recording } from './recording.ts';
import { filesInArchive, filesInFolder, type SessionFiles, sessionLines } from './session-files.ts';

/**
 * An Empatica E4 session: a folder or zip archive of CSV files (or csv.gz), each with the unix start (UTC, s) in line 1, the rate in line 2, then a value a
 * line; columns where there are several. `IBI.csv` has the start in line 1, then `seconds since start, interval`. `tags*.csv` holds the unix
 * times at which the wearer pressed the button.
 *
 *     EDA   4 Hz µS        TEMP  4 Hz °C       HR    1 Hz bpm, starts 10 s late
 *     BVP  64 Hz a.u.      ACC  32 Hz 1/64 g   IBI   s, irregular, at the later beat
 */
const known: readonly { file: string; scale: number; describe: (sfreq: number) => Signal }[] = [
  { file: 'EDA', scale: 1, describe: (sfreq) => ({ id: 'eda', kind: 'eda', unit: 'µS', sfreq, montage: single('EDA') }) },
  { file: 'TEMP', scale: 1, describe: (sfreq) => ({ id: 'temperature', kind: 'temperature', unit: '°C', sfreq, montage: single('TEMP') }) },
  { file: 'HR', scale: 1, describe: (sfreq) => ({ id: 'heart-rate', kind: 'heart-rate', unit: 'bpm', sfreq, montage: single('HR') }) },
  { file: 'BVP', scale: 1, describe: (sfreq) => ({ id: 'pulse', kind: 'ppg', unit: 'a.u.', sfreq, montage: single('BVP') }) },
  {
    file: 'ACC',
    scale: 1 / 64,
    describe: (sfreq) => ({
      id: 'wrist-acceleration',
      kind: 'acceleration',
      unit: 'g',
      sfreq,
      montage: { channels: ['x', 'y', 'z'], reference: 'n/a' },
    }),
  },
  { file: 'IBI', scale: 1, describe: () => ({ id: 'inter-beat', kind: 'inter-beat', unit: 's', sfreq: 0, montage: single('IBI') }) },
];

const single = (name: string) => ({ channels: [name], reference: 'n/a' });

/** True for the file names of an E4 session, in a folder or an archive. */
export const isEmpaticaE4 = (names: readonly string[]): boolean =>
  known.some(
    ({ file }) =>
      nameIn(
        names.map((name) => basename(name)),
        file,
      ) !== undefined,
  );

const nameIn = (names: readonly string[], file: string) => names.find((name) => name === `${file}.csv` || name === `${file}.csv.gz`);

interface Part {
  readonly files: SessionFiles;
  readonly file: string;
  readonly signal: Signal;
  readonly startUnix: number;
  readonly scale: number;
}

/** Opens the session in a folder or a zip archive; its subject is the name of either. Time 0 is the earliest start of its files. */
export const openEmpaticaE4 = async (path: string): Promise<Recording> => {
  const isFolder = (await stat(path)).isDirectory();
  const files = isFolder ? await filesInFolder(path) : filesInArchive(path);
  const { name, names } = files;
  if (new Set(names).size < names.length)
    throw new AcquireError('bad-file', `'${path}' holds several sessions: unpack it and open one of its folders.`);
  const parts: Part[] = [];
  for (const { file, scale, describe } of known) {
    const stored = nameIn(names, file);
    if (stored === undefined) continue;
    const head = await firstNumbers(files, stored, file === 'IBI');
    if (head !== undefined) parts.push({ files, file: stored, signal: describe(head.rate), startUnix: head.start, scale });
  }
  if (parts.length === 0) throw new AcquireError('bad-file', `'${path}' looks like an Empatica E4 session, but its files are empty.`);
  const startedAt = Math.min(...parts.map(({ startUnix }) => startUnix));
  const tags = names.find((file) => /^tags.*\.csv(\.gz)?$/.test(file));
  return {
    name: basename(path),
    format: 'empatica-e4',
    subject: name,
    startedAt,
    signals: parts.map(({ signal }) => signal),
    ...(tags === undefined ? {} : { marks: await readMarks(files, tags, startedAt) }),
    blocks: (report) =>
      inOrderOfTime(
        parts.map((part) => {
          const startSec = part.startUnix - startedAt;
          return part.signal.sfreq > 0 ? regularBlocks(part, startSec, report) : irregularBlocks(part, startSec, report);
        }),
      ),
  };
};

/** Start and rate (0 for IBI) of one file; undefined where the file is empty, which the E4 does for a signal it did not measure. */
const firstNumbers = async (
  files: SessionFiles,
  file: string,
  irregular: boolean,
): Promise<{ start: number; rate: number } | undefined> => {
  const lines: Line[] = [];
  for await (const batch of sessionLines(files, file)) {
    lines.push(...batch.slice(0, 2 - lines.length));
    if (lines.length >= 2) break;
  }
  if (lines.length < (irregular ? 1 : 2)) return undefined;
  const start = Number.parseFloat(lines[0]!.text);
  const rate = irregular ? 0 : Number.parseFloat(lines[1]!.text);
  if (isUnixTime(start) && (irregular || (rate > 0 && rate < 1e5))) return { start, rate };
  throw new AcquireError(
    'bad-file',
    `'${file}' in '${files.path}' is no Empatica E4 file: expected a unix time and a rate in its first lines, got '${lines
      .map(({ text }) => text.slice(0, 60))
      .join("' and '")}'.`,
  );
};

const readMarks = async (files: SessionFiles, file: string, startedAt: number): Promise<Mark[]> => {
  const marks: Mark[] = [];
  for await (const batch of sessionLines(files, file)) {
    for (const { text } of batch) {
      const unix = Number.parseFloat(text);
      if (isUnixTime(unix)) marks.push({ atSec: unix - startedAt, text: 'button' });
    }
  }
  return marks;
};

async function* regularBlocks({ files, file, signal, scale }: Part, startSec: number, report: Reporter): AsyncGenerator<SampleBlock, void> {
  const nChannels = signal.montage.channels.length;
  const samples = blockWriter([signal], fileClock(signal, startSec, report));
  const row = new Float64Array(nChannels);
  const perBlock = Math.max(1, Math.floor(signal.sfreq));
  const blocks: SampleBlock[] = [];
  let nRead = 0;
  const flush = () => samples.flush(startSec + nRead / signal.sfreq, (block) => blocks.push(block));
  for await (const batch of sessionLines(files, file)) {
    for (const line of batch) {
      if (line.number <= 2) continue;
      if (readValues(line.text, row)) {
        for (let c = 0; c < nChannels; c++) row[c]! *= scale;
        samples.add(row);
      } else {
        report(damage(`${files.path}/${file}`, line));
        samples.lose();
      }
      if (++nRead % perBlock === 0) flush();
    }
    yield* blocks;
    blocks.length = 0;
  }
  flush();
  yield* blocks;
}

async function* irregularBlocks({ files, file, signal }: Part, startSec: number, report: Reporter): AsyncGenerator<SampleBlock, void> {
  const row = new Float64Array(2);
  let firstSample = 0;
  for await (const batch of sessionLines(files, file)) {
    for (const line of batch) {
      if (line.number === 1) continue;
      if (readValues(line.text, row)) {
        const tmin = startSec + row[0]!;
        yield { signal, firstSample: firstSample++, tmin, arrivedAt: tmin, data: Float64Array.of(row[1]!) };
      } else report(damage(`${files.path}/${file}`, line));
    }
  }
}

const damage = (file: string, { number, text }: Line) =>
  ({ kind: 'damage', file, where: `line ${number}`, detail: `expected numbers, got '${text.slice(0, 60)}'`, lost: 1 }) as const;

const readValues = (text: string, row: Float64Array): boolean => {
  const fields = text.split(',');
  if (fields.length !== row.length) return false;
  for (let c = 0; c < row.length; c++) {
    row[c] = fields[c]!.trim() === '' ? Number.NaN : Number(fields[c]);
    if (!Number.isFinite(row[c]!)) return false;
  }
  return true;
};
