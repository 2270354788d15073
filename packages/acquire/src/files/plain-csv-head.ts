import { AcquireError } from '../errors.ts';
import { isElectrode } from './column-signals.ts';
import { isUnixTime, unixOfText } from './file-time.ts';
import { kindOfType } from './quantities.ts';
import { rateOf } from './table-head.ts';

/** A header's field, taken apart. */
export interface CsvName {
  /** As it stands in the file. */
  readonly name: string;
  /** Without its unit. */
  readonly channel: string;
  readonly type: string;
  readonly unit: string;
}

const unitWords: Readonly<Record<string, string>> = {
  microsiemens: 'µS',
  us: 'µS',
  microvolt: 'µV',
  microvolts: 'µV',
  uv: 'µV',
  millivolts: 'mV',
  mv: 'mV',
  celsius: '°C',
  degc: '°C',
  bpm: 'bpm',
  g: 'g',
  s: 's',
  sec: 's',
  seconds: 's',
  ms: 'ms',
  milliseconds: 'ms',
};
const otherTypes = /^(ECG|EKG|EOG|EMG|RSP|RESP)$/i;

/**
 * What a field of the header says: `EDA (µS)`, `temp [°C]`, `eda_microsiemens`, `Fp1 (µV)`, `time_sec`. Units stand in brackets, or behind
 * an underscore.
 */
export const csvName = (field: string): CsvName => {
  // a letter of Latin-1 that is none of UTF-8: 'µS', 'µV', '°C'
  const name = field
    .trim()
    .replace(/\ufffd(?=[SV]\b)/g, 'µ')
    .replace(/\ufffd(?=C\b)/g, '°');
  const bracketed = /^(.*?)[([]([^)\]]*)[)\]]$/.exec(name);
  const tail = /^(.+)_([A-Za-z]+)$/.exec(name);
  const word = tail === null ? undefined : unitWords[tail[2]!.toLowerCase()];
  const [channel, unit] =
    bracketed !== null ? [bracketed[1]!.trim(), bracketed[2]!.trim()] : word !== undefined ? [tail![1]!, word] : [name, ''];
  const first = channel.split(/[\s_-]/)[0]!;
  const type =
    isElectrode(channel) || /^eeg$/i.test(first) ? 'EEG' : kindOfType(first) !== undefined || otherTypes.test(first) ? first : '';
  return { name, channel: /^eeg[\s_-]./i.test(channel) ? channel.slice(4) : channel, type, unit };
};

/** Whether first lines are those of a CSV file with a header: names, then as many fields of which most are numbers. */
export const isPlainCsv = (lines: readonly string[]): boolean => {
  const [header = '', first = ''] = lines;
  const { cut } = csvDialect(lines);
  const names = cut(header);
  const fields = cut(first);
  const nNumbers = fields.filter((field) => field.trim() !== '' && Number.isFinite(Number(field))).length;
  const hasNames = names.every((name) => name.trim() !== '' && !Number.isFinite(Number(name)));
  return hasNames && fields.length === names.length && nNumbers > 0 && 2 * nNumbers >= fields.length - 1;
};

/** Rows that are looked at for the decimal comma. */
const rowsOfDialect = 100;

const decimalComma = /^\s*[+-]?\d*,\d+(e[+-]?\d+)?\s*$/i;
const decimalPoint = /^\s*[+-]?\d*\.\d/;

/** How a CSV file is written. */
export interface CsvDialect {
  /** Cuts a line into its fields. */
  readonly cut: (line: string) => string[];
  /** Its numbers have decimal commas, which `cut` makes points. */
  readonly hasCommas: boolean;
}

/**
 * The dialect of a CSV file with these first lines: fields end at tabs or semicolons where the header has some, otherwise at commas; quotes (RFC 4180) are taken
 * off. Numbers have decimal commas where semicolons or tabs leave some with commas and none with points.
 */
export const csvDialect = (lines: readonly string[]): CsvDialect => {
  const [header = '', ...rows] = lines;
  const separator = ['\t', ';'].find((one) => header.includes(one)) ?? ',';
  const cut = (line: string): string[] => (line.includes('"') ? cutQuoted(line, separator) : line.split(separator));
  const fields = separator === ',' ? [] : rows.slice(0, rowsOfDialect).flatMap(cut);
  const hasCommas = fields.some((field) => decimalComma.test(field)) && !fields.some((field) => decimalPoint.test(field));
  const withPoint = (field: string): string => (decimalComma.test(field) ? field.replace(',', '.') : field);
  return { cut: hasCommas ? (line) => cut(line).map(withPoint) : cut, hasCommas };
};

/** Fields of which some stand in quotes; a doubled quote in them is one. */
const cutQuoted = (line: string, separator: string): string[] => {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (letter === '"' && isQuoted && line[i + 1] === '"') field += line[++i]!;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) {
      fields.push(field);
      field = '';
    } else field += letter;
  }
  return [...fields, field];
};

/** Which column is the time, and how to read it. */
export interface CsvTime {
  readonly field: number;
  /** s: unix where that is what it holds. */
  readonly secOf: (text: string) => number;
  readonly isUnix: boolean;
}

const timeNames = /^(time|times|timestamps?|t|unix(_?time)?|date|datetime)$/i;

/**
 * The column of time among these names; undefined where there is none. Its unit is that of its name, or of what `declared` says (`time s`,
 * `time ms`), or follows from its numbers where they can only be unix times. Throws `bad-option` where none of these tells.
 */
export const csvTime = (
  path: string,
  names: readonly CsvName[],
  first: readonly string[],
  declared: Readonly<Record<string, string>>,
): CsvTime | undefined => {
  const field = names.findIndex(({ channel, name }) =>
    /^time /i.test(declared[name] ?? '') ? true : timeNames.test(channel) && declared[name] === undefined,
  );
  if (field < 0) return undefined;
  const { name, unit: written } = names[field]!;
  const unit = /^time (\S+)$/i.exec(declared[name] ?? '')?.[1] ?? unitWords[written.toLowerCase()] ?? written;
  const text = first[field] ?? '';
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const factor =
    unit === 's'
      ? 1
      : unit === 'ms'
        ? 1e-3
        : unit === 'us' || unit === 'µs'
          ? 1e-6
          : value > 1e11 && value < 1e14
            ? 1e-3
            : value > 1e8 && value < 1e11
              ? 1
              : 0;
  if (Number.isNaN(value) && Number.isFinite(unixOfText(text))) return { field, isUnix: true, secOf: unixOfText };
  if (factor === 0) {
    throw new AcquireError(
      'bad-option',
      `'${path}' has times in a column '${name}' of which nothing says the unit: declare it as 'time s' or 'time ms' (affect: --column '${name}=time s'), or call it 'time (s)'.`,
    );
  }
  return { field, isUnix: isUnixTime(value * factor), secOf: (said) => (said.trim() === '' ? Number.NaN : Number(said) * factor) };
};

/**
 * The rate of rows with these times, Hz: their mean where no step is a pause, the median otherwise; a whole number, or a whole number of
 * seconds, where that is meant. NaN where rows come too unevenly to have a rate.
 */
export const csvRate = (times: readonly number[]): number => {
  const { mean, median } = rateOf(times);
  const steps = times.slice(1).map((time, i) => (time - times[i]!) * median);
  const nEven = steps.filter((step) => step > 0.5 && step < 1.5).length;
  if (!(nEven >= 0.9 * steps.length)) return Number.NaN;
  const measured = nEven === steps.length ? mean : median;
  const rounded = measured >= 1 ? Math.round(measured) : 1 / Math.round(1 / measured);
  return Math.abs(rounded / measured - 1) < 2e-3 ? rounded : Number(measured.toPrecision(12));
};
