import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { blockWriter } from '../block-writer.ts';
import { AcquireError } from '../errors.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';
import { fileClock } from './file-clock.ts';
import { fileError, type Line, linesOf } from './lines.ts';
import { inOrderOfTime } from './merge-blocks.ts';
import type { Recording } from './recording.ts';

/**
 * An Empatica E4 session: a folder of CSV files (or csv.gz), each with the unix start (UTC, s) in line 1, the rate in line 2, then a value a
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

/** True for the file names of an E4 session. */
export const isEmpaticaE4 = (names: readonly string[]): boolean => known.some(({ file }) => nameIn(names, file) !== undefined);

const nameIn = (names: readonly string[], file: string) => names.find((name) => name === `${file}.csv` || name === `${file}.csv.gz`);

interface Part {
  readonly path: string;
  readonly signal: Signal;
  readonly startUnix: number;
  readonly scale: number;
}

/** Opens the session in a folder; its subject is the folder's name. Time 0 is the earliest start of its files. */
export const openEmpaticaE4 = async (folder: string): Promise<Recording> => {
  const names = await readdir(folder).catch((cause) => {
    throw fileError(folder, cause);
  });
  const parts: Part[] = [];
  for (const { file, scale, describe } of known) {
    const name = nameIn(names, file);
    if (name === undefined) continue;
    const path = join(folder, name);
    const head = await firstNumbers(path, file === 'IBI');
    if (head !== undefined) parts.push({ path, signal: describe(head.rate), startUnix: head.start, scale });
  }
  if (parts.length === 0) throw new AcquireError('bad-file', `'${folder}' looks like an Empatica E4 session, but its files are empty.`);
  const startedAt = Math.min(...parts.map(({ startUnix }) => startUnix));
  const name = basename(folder);
  const tags = names.find((file) => /^tags.*\.csv$/.test(file));
  return {
    name,
    format: 'empatica-e4',
    subject: name,
    startedAt,
    signals: parts.map(({ signal }) => signal),
    ...(tags === undefined ? {} : { marks: await readMarks(join(folder, tags), startedAt) }),
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
const firstNumbers = async (path: string, irregular: boolean): Promise<{ start: number; rate: number } | undefined> => {
  const lines: Line[] = [];
  for await (const batch of linesOf(path)) {
    lines.push(...batch.slice(0, 2 - lines.length));
    if (lines.length >= 2) break;
  }
  if (lines.length < (irregular ? 1 : 2)) return undefined;
  const start = Number.parseFloat(lines[0]!.text);
  const rate = irregular ? 0 : Number.parseFloat(lines[1]!.text);
  if (start > 1e8 && (irregular || rate > 0)) return { start, rate };
  throw new AcquireError(
    'bad-file',
    `'${path}' is no Empatica E4 file: expected a unix time and a rate in its first lines, got '${lines.map(({ text }) => text).join("' and '")}'.`,
  );
};

const readMarks = async (path: string, startedAt: number): Promise<number[]> => {
  const marks: number[] = [];
  for await (const batch of linesOf(path)) {
    for (const { text } of batch) if (Number.parseFloat(text) > 1e8) marks.push(Number.parseFloat(text) - startedAt);
  }
  return marks;
};

async function* regularBlocks({ path, signal, scale }: Part, startSec: number, report: Reporter): AsyncGenerator<SampleBlock, void> {
  const nChannels = signal.montage.channels.length;
  const samples = blockWriter([signal], fileClock(signal, startSec, report));
  const row = new Float64Array(nChannels);
  const perBlock = Math.max(1, Math.floor(signal.sfreq));
  const blocks: SampleBlock[] = [];
  let nRead = 0;
  const flush = () => samples.flush(startSec + nRead / signal.sfreq, (block) => blocks.push(block));
  for await (const batch of linesOf(path)) {
    for (const line of batch) {
      if (line.number <= 2) continue;
      if (readValues(line.text, row)) {
        for (let c = 0; c < nChannels; c++) row[c]! *= scale;
        samples.add(row);
      } else {
        report(damage(path, line));
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

async function* irregularBlocks({ path, signal }: Part, startSec: number, report: Reporter): AsyncGenerator<SampleBlock, void> {
  const row = new Float64Array(2);
  let firstSample = 0;
  for await (const batch of linesOf(path)) {
    for (const line of batch) {
      if (line.number === 1) continue;
      if (readValues(line.text, row)) {
        const tmin = startSec + row[0]!;
        yield { signal, firstSample: firstSample++, tmin, arrivedAt: tmin, data: Float64Array.of(row[1]!) };
      } else report(damage(path, line));
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
