import { basename } from 'node:path';
import { AcquireError } from '../errors.ts';
import { type Column, columnSignals } from './column-signals.ts';
import { isUnixTime, unixOfText } from './file-time.ts';
import { linesOf } from './lines.ts';
import type { Mark, Recording, RecordingOptions } from './recording.ts';
import { firstLines, rateOf } from './table-head.ts';
import { tableBlocks } from './text-table.ts';

/**
 * What Shimmer's Consensys exports: a line that says the separator (not always there), names, units, then rows.
 *
 *     "sep=\t"
 *     Shimmer_40AC_Timestamp_Unix_CAL    Shimmer_40AC_GSR_Skin_Conductance_CAL    Shimmer_40AC_PPG_A13_CAL …
 *     ms                                 uS                                       mV
 *     1487257193458.5                    2.49                                     1684.98
 *
 * The first part of a name is what the owner calls the device. Taken are calibrated (CAL) conductance (or 1/resistance where only that is
 * there), PPG, ECG and EMG, acceleration, rotation and temperature; not battery, magnetometer, pressure, orientation and ranges. The time
 * is unix ms, or local as `yyyy/mm/dd hh:mm:ss.000`. Changes of an event marker to above 0 are marks.
 */
const timeName = /Timestamp(Sync)?_(Formatted)?Unix_CAL$/;
const rowsToLook = 2000;
/** The devices divide a clock of 32,768 Hz. */
const clockHz = 32_768;

interface Head {
  readonly names: readonly string[];
  readonly units: readonly string[];
  readonly separator: string;
  readonly firstRow: number;
}

const headOf = (lines: readonly string[]): Head | undefined => {
  const at = lines.slice(0, 3).findIndex((line) => line.split(/[\t,;]/).some((name) => timeName.test(name.trim())));
  if (at < 0) return undefined;
  const separator = ['\t', ',', ';'].find((one) => lines[at]!.includes(one)) ?? ',';
  const split = (line: string) => line.split(separator).map((field) => field.trim());
  const names = split(lines[at]!);
  const width = names.at(-1) === '' ? names.length - 1 : names.length; // the vendor ends lines with a separator
  return { names: names.slice(0, width), units: split(lines[at + 1] ?? ''), separator, firstRow: at + 3 };
};

/** Whether a file's first lines are those of a Consensys export. */
export const isShimmerCsv = (lines: readonly string[]): boolean => headOf(lines) !== undefined;

const columnOf = (name: string, unit: string, sfreq: number, others: readonly string[]): Column | undefined => {
  const channel = name.replace(/_CAL$/, '');
  const [, group = '', axis = ''] = /_(Accel(?:_LN|_WR)?|Gyro)_([XYZ])_CAL$/.exec(name) ?? [];
  if (group.startsWith('Accel'))
    return { name, channel: `${group.slice(6)}${group.length > 5 ? '-' : ''}${axis.toLowerCase()}`, type: 'ACC', unit, sfreq };
  if (group === 'Gyro') return { name, channel: axis.toLowerCase(), type: 'GYRO', unit, sfreq };
  if (/GSR_Skin_Conductance_CAL$/.test(name)) return { name, channel: 'EDA', type: 'EDA', unit, sfreq };
  if (/GSR(_Skin_Resistance)?_CAL$/.test(name) && /^kohms?$/i.test(unit) && !others.some((other) => /Skin_Conductance_CAL$/.test(other)))
    return { name, channel: 'EDA', type: 'EDA', unit: 'uS', sfreq, convert: (kiloohm) => 1000 / kiloohm };
  if (/PPG_\w+_CAL$/.test(name) && !/PPGtoHR|IBI/.test(name)) return { name, channel: 'PPG', type: 'PPG', unit: '', sfreq };
  if (/_ECG_[\w-]+_CAL$/.test(name)) return { name, channel: channel.replace(/^.*_ECG_/, ''), type: 'ECG', unit, sfreq };
  if (/_EMG_[\w-]+_CAL$/.test(name)) return { name, channel: channel.replace(/^.*_EMG_/, ''), type: 'EMG', unit, sfreq };
  if (/_Temperature_\w+_CAL$/.test(name)) return { name, channel: 'temperature', type: 'temperature', unit, sfreq };
  return undefined;
};

/** A CSV file of Consensys. Time 0 is the first row's; a row that comes late follows on lost ones. */
export const openShimmerCsv = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const lines = await firstLines(path, rowsToLook);
  const head = headOf(lines);
  if (head === undefined) throw new AcquireError('bad-file', `'${path}' is no export of Consensys: it has no column …_Timestamp_Unix_CAL.`);
  const { names, units, separator, firstRow } = head;
  const timeField = names.findIndex((name) => timeName.test(name));
  const isText = /Formatted/.test(names[timeField]!);
  const unixOf = (text: string): number => (isText ? unixOfText(text) : text.trim() === '' ? Number.NaN : Number(text) / 1000);
  const rows = lines.slice(firstRow - 1).map((line) => line.split(separator));
  const times = rows.map((row) => unixOf(row[timeField] ?? '')).filter(Number.isFinite);
  const measured = rateOf(times).median;
  const sfreq = options.sfreq ?? onClock(measured);
  const startedAt = times[0];
  if (startedAt === undefined || !(sfreq > 0)) throw new AcquireError('bad-file', `'${path}' holds no rows with rising times.`);
  const found = names.flatMap((name, field) => {
    const column = columnOf(name, units[field] ?? '', sfreq, names);
    return column === undefined ? [] : [{ column, field }];
  });
  if (found.length === 0)
    throw new AcquireError('bad-file', `'${path}' has no calibrated signal that we know: columns are ${names.join(', ')}.`);
  const { parts, remarks } = columnSignals(
    found.map(({ column }) => column),
    'n/a',
    options.columns,
  );
  const inFile = parts.map((part) => ({ ...part, columns: part.columns.map((c) => found[c]!.field) }));
  const marker = names.findIndex((name) => /Event_Marker/.test(name));
  return {
    name: basename(path),
    format: 'shimmer-csv',
    ...(isUnixTime(startedAt) && { startedAt }),
    signals: inFile.map(({ signal }) => signal),
    ...(marker >= 0 && { marks: await readMarks(path, head, marker, (row) => unixOf(row[timeField] ?? '') - startedAt) }),
    blocks: (report) =>
      tableBlocks(
        {
          path,
          firstRow,
          cut: (line) => line.split(separator),
          nFields: names.length,
          parts: inFile,
          sfreq,
          times: 'stamped',
          time: { field: timeField, secOf: (text) => unixOf(text) - startedAt },
          remarks,
        },
        report,
      ),
  };
};

/** The rate that the device can have nearest to one measured; the measured one where none is within 2 %. */
const onClock = (measured: number): number => {
  const rate = clockHz / Math.round(clockHz / measured);
  return Math.abs(rate / measured - 1) < 0.02 ? rate : measured;
};

const readMarks = async (
  path: string,
  { separator, firstRow }: Head,
  field: number,
  secOf: (row: readonly string[]) => number,
): Promise<Mark[]> => {
  const marks: Mark[] = [];
  let before = 0;
  for await (const batch of linesOf(path)) {
    for (const { text, number } of batch) {
      if (number < firstRow) continue;
      const row = text.split(separator);
      const value = Number(row[field] || 'nothing');
      const atSec = secOf(row);
      if (Number.isNaN(value) || !Number.isFinite(atSec)) continue;
      if (value > 0 && value !== before) marks.push({ atSec, text: `${value}` });
      before = value;
    }
  }
  return marks;
};
