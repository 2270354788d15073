import { basename } from 'node:path';
import { AcquireError } from '../errors.ts';
import { type Column, columnSignals } from './column-signals.ts';
import { csvDialect, csvName, csvRate, csvTime, isPlainCsv } from './plain-csv-head.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { firstLines } from './table-head.ts';
import { tableBlocks } from './text-table.ts';

const rowsToLook = 2000;

/**
 * Any CSV file with a header (separated by commas, semicolons or tabs, with decimal points or commas, quoted or
 * not), a row a sample. The header says what columns are and their units
 * (`EDA (µS)`, `eda_microsiemens`, `Fp1 (µV)`), or `options.columns` does; the rate follows from a column of times, or is `options.sfreq`.
 * What is neither is not guessed: it throws `AcquireError('bad-option')`, naming what is to be declared. Columns of text are left out, with
 * a remark. Empty fields and `NaN` are holes of their signal.
 */
export const openPlainCsv = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const [header = '', ...lines] = await firstLines(path, rowsToLook);
  if (!isPlainCsv([header, ...lines])) throw new AcquireError('bad-file', `'${path}' is no CSV file with a header and rows of numbers.`);
  const { cut, hasCommas } = csvDialect([header, ...lines]);
  const names = cut(header).map(csvName);
  const rows = lines.map(cut).filter((row) => row.length === names.length);
  const declared = options.columns ?? {};
  const time = csvTime(path, names, rows[0] ?? [], declared);
  const times = time === undefined ? [] : rows.map((row) => time.secOf(row[time.field]!)).filter(Number.isFinite);
  const sfreq = options.sfreq ?? csvRate(times);
  const isText = (field: number) =>
    rows
      .slice(0, 20)
      .some(
        (row) => /[a-z]/i.test(row[field]!) && Number.isNaN(Number(row[field])) && !/^\s*(nan|na|n\/a|null|none)?\s*$/i.test(row[field]!),
      );
  const fields = names.flatMap((_, field) => (field === time?.field || isText(field) ? [] : [field]));
  const isKnown = fields.some(
    (field) => names[field]!.type !== '' || names[field]!.unit !== '' || declared[names[field]!.name] !== undefined,
  );
  if (!(sfreq > 0 && sfreq < 1e6) || !isKnown) throw undeclared(path, names, time !== undefined, sfreq > 0, isKnown);
  const columns = fields.map((field): Column => ({ ...names[field]!, sfreq }));
  const mine = Object.fromEntries(Object.entries(declared).filter(([, said]) => !/^time /i.test(said)));
  const { parts, remarks } = columnSignals(columns, 'n/a', mine);
  const inFile = parts.map((part) => ({ ...part, columns: part.columns.map((c) => fields[c]!) }));
  const texts = names.flatMap(({ name }, field) => (field !== time?.field && isText(field) ? [name] : []));
  const startSec = times[0] ?? 0;
  return {
    name: basename(path),
    format: 'csv',
    signals: inFile.map(({ signal }) => signal),
    ...(time?.isUnix === true && { startedAt: startSec }),
    blocks: (report) =>
      tableBlocks(
        {
          path,
          firstRow: 2,
          cut,
          nFields: names.length,
          parts: inFile,
          sfreq,
          times: time === undefined || times.length < 2 ? 'counted' : 'stamped',
          ...(time !== undefined && { time: { field: time.field, secOf: (text) => time.secOf(text) - startSec } }),
          remarks: [
            ...remarks,
            ...(hasCommas ? ['commas in numbers are read as decimal points'] : []),
            ...(texts.length > 0 ? [`columns of text are not read: ${texts.join(', ')}`] : []),
          ],
        },
        report,
      ),
  };
};

const undeclared = (
  path: string,
  names: readonly { readonly name: string }[],
  hasTime: boolean,
  hasRate: boolean,
  isKnown: boolean,
): AcquireError => {
  const wanted = [
    ...(hasRate
      ? []
      : [hasTime ? 'the rate (sfreq), since its times are uneven' : "the rate (sfreq), or a column of times such as 'time (s)' in it"]),
    ...(isKnown ? [] : [`what at least one of its columns is (columns), for instance '${names.at(-1)!.name}' as 'eda µS' or 'eeg µV'`]),
  ];
  const list = names.map(({ name }) => name).join(', ');
  return new AcquireError(
    'bad-option',
    `'${path}' is a CSV file with the columns ${list}. It does not say ${wanted.join(', nor ')}: declare that (affect: --rate, --column).`,
  );
};
