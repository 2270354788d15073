import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AcquireError } from '../errors.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock, Signal, SignalKind } from '../signal.ts';
import { fileError } from './file-error.ts';
import { linesOf } from './lines.ts';
import { inOrderOfTime } from './merge-blocks.ts';
import { unitOfKind } from './quantities.ts';
import type { Mark, Recording } from './recording.ts';
import { tableBlocks } from './text-table.ts';

/** Whether a folder is one that `affect convert --to csv` wrote. */
export const isCsvFolder = (names: readonly string[]): boolean =>
  names.includes('recording.json') && names.some((name) => name.endsWith('.csv'));

const kinds: readonly SignalKind[] = [
  'eeg',
  'eda',
  'ppg',
  'acceleration',
  'gyroscope',
  'temperature',
  'heart-rate',
  'inter-beat',
  'auxiliary',
];
const auxiliaryUnits = ['mV', 'V', 'a.u.', '%'];
const maxDescription = 2 ** 22;

/**
 * The folder of CSV files that this program's converter writes (`csv-writer.ts`): one a signal, `markers.csv`, and `recording.json`, which
 * says what they are.
 */
export const openCsvFolder = async (path: string): Promise<Recording> => {
  const said = await described(path);
  const sheets = sheetsOf(path, said.signals);
  const started = typeof said.started === 'string' ? Date.parse(said.started) / 1000 : Number.NaN;
  const marks = await marksOf(path);
  return {
    name: basename(path),
    format: 'csv-folder',
    signals: sheets.map(({ signal }) => signal),
    ...(Number.isFinite(started) && { startedAt: started }),
    ...(typeof said.subject === 'string' && { subject: said.subject }),
    ...(marks !== undefined && { marks }),
    blocks: (report) => inOrderOfTime(sheets.map((sheet) => (sheet.signal.sfreq > 0 ? regular(sheet, report) : irregular(sheet, report)))),
  };
};

interface Sheet {
  readonly path: string;
  readonly signal: Signal;
}

const described = async (path: string): Promise<Record<string, unknown>> => {
  const file = join(path, 'recording.json');
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw fileError(file, cause);
  });
  try {
    const said: unknown = text.length > maxDescription ? undefined : JSON.parse(text);
    if (typeof said === 'object' && said !== null) return said as Record<string, unknown>;
  } catch (cause) {
    throw new AcquireError('bad-file', `'${file}' is no JSON: it must describe the folder's CSV files.`, { cause });
  }
  throw new AcquireError('bad-file', `'${file}' does not describe the folder's CSV files.`);
};

const sheetsOf = (path: string, signals: unknown): Sheet[] => {
  const wrong = (what: string) => new AcquireError('bad-file', `'${join(path, 'recording.json')}' ${what}.`);
  if (!Array.isArray(signals) || signals.length === 0) throw wrong('names no signals');
  return signals.map((said: Partial<Signal & { file: string }> | null): Sheet => {
    const { id, kind, unit, sfreq, montage, file } = said ?? {};
    const channels = montage?.channels;
    // only whether the text of a file is a kind is asked here, and the second cast follows the answer
    const isUnit =
      kind === 'auxiliary' ? auxiliaryUnits.includes(`${unit}`) : kinds.includes(kind as SignalKind) && unit === unitOfKind(kind as never);
    const isWhole =
      typeof id === 'string' && isUnit && typeof sfreq === 'number' && sfreq >= 0 && sfreq < 1e6 && typeof montage?.reference === 'string';
    const isNamed = Array.isArray(channels) && channels.length > 0 && channels.every((name) => typeof name === 'string');
    if (!isWhole || !isNamed || typeof file !== 'string' || /[/\\]/.test(file))
      throw wrong(`describes '${id}' in a way that is no signal of ours`);
    return { path: join(path, file), signal: { id, kind, unit, sfreq, montage: { channels, reference: montage!.reference } } as Signal };
  });
};

const partOf = ({ signal }: Sheet) => {
  const { channels } = signal.montage;
  return { signal, columns: channels.map((_, c) => c + 1), scales: channels.map(() => 1) };
};

const regular = (sheet: Sheet, report: Reporter): AsyncGenerator<SampleBlock, void> =>
  tableBlocks(
    {
      path: sheet.path,
      firstRow: 2,
      cut: (line) => line.split(','),
      nFields: sheet.signal.montage.channels.length + 1,
      parts: [partOf(sheet)],
      sfreq: sheet.signal.sfreq,
      times: 'stamped',
      time: { field: 0, secOf: (text) => (text === '' ? Number.NaN : Number(text)) },
    },
    report,
  );

async function* irregular({ path, signal }: Sheet, report: Reporter): AsyncGenerator<SampleBlock, void> {
  let firstSample = 0;
  for await (const batch of linesOf(path)) {
    for (const { text, number } of batch) {
      if (number === 1) continue;
      const [tmin = Number.NaN, ...values] = text.split(',').map((field) => (field === '' ? Number.NaN : Number(field)));
      if (Number.isFinite(tmin) && values.length === signal.montage.channels.length && values.every(Number.isFinite)) {
        yield { signal, firstSample: firstSample++, tmin, arrivedAt: tmin, data: Float64Array.from(values) };
      } else
        report({ kind: 'damage', file: path, where: `line ${number}`, detail: `expected numbers, got '${text.slice(0, 60)}'`, lost: 1 });
    }
  }
}

const marksOf = async (path: string): Promise<Mark[] | undefined> => {
  const marks: Mark[] = [];
  try {
    for await (const batch of linesOf(join(path, 'markers.csv'))) {
      for (const { text, number } of batch) {
        const found = /^([-\d.]+),(?:"((?:[^"]|"")*)"|(.*))$/.exec(text);
        if (number > 1 && found !== null && Number.isFinite(Number(found[1])))
          marks.push({ atSec: Number(found[1]), text: found[2]?.replaceAll('""', '"') ?? found[3] ?? '' });
      }
    }
  } catch (error) {
    if (error instanceof AcquireError && error.code === 'not-found') return undefined;
    throw error;
  }
  return marks;
};
