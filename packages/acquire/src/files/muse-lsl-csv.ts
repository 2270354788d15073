import { basename } from 'node:path';
import { AcquireError } from '../errors.ts';
import { type Column, columnSignals } from './column-signals.ts';
import { isUnixTime } from './file-time.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { firstLines } from './table-head.ts';
import { tableBlocks } from './text-table.ts';

/**
 * What muse-lsl records: a column of unix times (s), then the sensor's.
 *
 *     timestamps,TP9,AF7,AF8,TP10,Right AUX [,Marker0 …]     EEG, µV, 256 Hz
 *     timestamps,PPG1,PPG2,PPG3                               64 Hz
 *
 * Its files of acceleration and rotation (52 Hz) both call their columns X, Y, Z: they are read as plain CSV, with their columns declared.
 */
const layouts = [
  { first: 'TP9', type: 'EEG', unit: 'uV', sfreq: 256, format: 'muse-lsl' },
  { first: 'PPG1', type: 'PPG', unit: '', sfreq: 64, format: 'muse-lsl' },
] as const;

const layoutOf = (firstLine: string) => layouts.find(({ first }) => firstLine.startsWith(`timestamps,${first},`));

/** Whether a first line is the header of a muse-lsl file. */
export const isMuseLslCsv = (firstLine: string): boolean => layoutOf(firstLine) !== undefined;

/**
 * A CSV file of muse-lsl. Time 0 is the first row's. Times are smoothed as those of a live device: where they jump, samples are missing.
 */
export const openMuseLslCsv = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const [header = '', first = ''] = await firstLines(path, 2);
  const layout = layoutOf(header);
  const startedAt = Number(first.split(',')[0]);
  if (layout === undefined || !(startedAt > 0)) {
    throw new AcquireError('bad-file', `'${path}' is no muse-lsl file with samples: expected 'timestamps,TP9,…', then numbers.`);
  }
  const names = header.split(',').map((name) => name.trim());
  const fields = names.flatMap((name, field) => (field === 0 || /^marker/i.test(name) ? [] : [field]));
  const columns = fields.map((field): Column => {
    const { type, unit, sfreq } = layout;
    return { name: names[field]!, channel: names[field]!, type, unit, sfreq };
  });
  const { parts, remarks } = columnSignals(columns, 'Fpz', options.columns);
  const inFile = parts.map((part) => ({ ...part, columns: part.columns.map((c) => fields[c]!) }));
  return {
    name: basename(path),
    format: layout.format,
    signals: inFile.map(({ signal }) => signal),
    ...(isUnixTime(startedAt) && { startedAt }),
    blocks: (report) =>
      tableBlocks(
        {
          path,
          firstRow: 2,
          cut: (line) => line.split(','),
          nFields: names.length,
          parts: inFile,
          sfreq: layout.sfreq,
          times: 'jittery',
          time: { field: 0, secOf: (text) => (text === '' ? Number.NaN : Number(text) - startedAt) },
          remarks,
        },
        report,
      ),
  };
};
