import { basename } from 'node:path';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import type { ColumnSignal } from './column-signals.ts';
import { linesOf } from './lines.ts';
import { type RowLayout, rowBlocks } from './row-blocks.ts';

/** A text file of rows of numbers: where they begin, how they are cut, which of their fields are what. */
export interface TextTable {
  readonly path: string;
  /** Line number of the first row, from 1. */
  readonly firstRow: number;
  /** Cuts a line into its fields. */
  readonly cut: (line: string) => string[];
  /** Fields of a row; one or two more that are empty (a separator at the line's end) do no harm. */
  readonly nFields: number;
  /** Their `columns` are indices of fields. */
  readonly parts: readonly ColumnSignal[];
  readonly sfreq: number;
  readonly times: RowLayout['times'];
  /** Field with the row's time, and how to read it, s from the recording's start; NaN for what is no time. */
  readonly time?: { readonly field: number; readonly secOf: (text: string) => number };
  /** Field with a counter of rows; what it counts modulo, where that is known. */
  readonly counter?: { readonly field: number; readonly modulus?: number };
  /** True for a line that is no row and no damage (a comment, a mark). */
  readonly isOther?: (text: string) => boolean;
  /** A field that is empty means: as before. Otherwise it is a missing value. */
  readonly holds?: boolean;
  /** What to say before reading. */
  readonly remarks?: readonly string[];
}

/** A field that stands for a missing value, in the spellings of pandas, R and MATLAB. */
const missing = /^(nan|na|n\/a|null|none)?$/i;

/** A step of time beyond this is damage, not a pause, s. */
const longestSec = 1e7;
const largestCount = 1e12;
const mostEmpty = 1000;
const isCount = (count: number, modulus = largestCount) => Number.isInteger(count) && count >= 0 && count < modulus;

/**
 * The blocks of a table, at most a second each, in order of time. A row that cannot be read is reported with its line number, and is a
 * hole; a jump of the counter, or of the time, is a gap. Memory does not grow with the file.
 */
export async function* tableBlocks(table: TextTable, report: Reporter): AsyncGenerator<SampleBlock, void> {
  const { path, cut, nFields, parts, time, counter, holds = false } = table;
  for (const text of table.remarks ?? []) report({ kind: 'device-text', device: basename(path), text });
  const fieldsUsed = [...new Set(parts.flatMap(({ columns }) => columns))].sort((a, b) => a - b);
  const placeOf = new Map(fieldsUsed.map((field, i) => [field, i]));
  const packed = parts.map((part) => ({ ...part, columns: part.columns.map((field) => placeOf.get(field)!) }));
  const rows = rowBlocks({ parts: packed, nColumns: fieldsUsed.length, sfreq: table.sfreq, times: table.times }, report);
  const row = new Float64Array(fieldsUsed.length).fill(Number.NaN);
  let count = Number.NaN;
  let lastSec = Number.NaN;

  const readRow = (fields: readonly string[]): boolean => {
    for (let i = 0; i < fieldsUsed.length; i++) {
      const text = fields[fieldsUsed[i]!]!.trim();
      const value = text === '' ? Number.NaN : Number(text);
      if (Number.isFinite(value)) row[i] = value;
      else if (!missing.test(text)) return false;
      else if (!holds) row[i] = Number.NaN;
    }
    return true;
  };

  const damaged = (number: number, text: string) => {
    const detail = `expected ${nFields} fields of numbers, got ${text === '' ? 'nothing' : `'${text.slice(0, 60)}'`}`;
    report({ kind: 'damage', file: path, where: `line ${number}`, detail, lost: 1 });
    if (counter === undefined && table.times !== 'stamped') rows.lose(1, true);
  };
  let empty: number[] = []; // lines without anything: damage, unless they end the file

  for await (const batch of linesOf(path)) {
    for (const { text, number } of batch) {
      if (number < table.firstRow || table.isOther?.(text)) continue;
      if (text === '') {
        if (empty.length < mostEmpty) empty.push(number);
        continue;
      }
      for (const line of empty) damaged(line, '');
      empty = [];
      const fields = cut(text);
      const atSec = time === undefined ? Number.NaN : time.secOf(fields[time.field] ?? '');
      const counted = counter === undefined ? 0 : Number(fields[counter.field] || 'nothing');
      const fits = fields.length === nFields || (fields.length > nFields && fields.slice(nFields).every((field) => field.trim() === ''));
      const isTime = time === undefined || (Number.isFinite(atSec) && !(Math.abs(atSec - lastSec) > longestSec));
      if (!fits || !isCount(counted, counter?.modulus) || !isTime || !readRow(fields)) {
        damaged(number, text);
        continue;
      }
      if (counter !== undefined) {
        const { lost, exact } = lostBefore(count, counted, counter.modulus);
        if (lost > 0) rows.lose(lost, exact);
        count = counted;
      }
      lastSec = atSec;
      rows.add(row, atSec);
    }
    yield* rows.take();
  }
  rows.end();
  yield* rows.take();
}

/**
 * Rows lost between two counts. Where the modulus is not known, a count that falls has turned over: what is lost then is at least the count
 * itself.
 */
const lostBefore = (before: number, next: number, modulus: number | undefined): { lost: number; exact: boolean } => {
  if (Number.isNaN(before) || next === before + 1) return { lost: 0, exact: true };
  if (modulus !== undefined) return { lost: (next - before - 1 + 2 * modulus) % modulus, exact: false };
  if (next === before) return { lost: 0, exact: true }; // a row that stands there twice
  return next > before ? { lost: next - before - 1, exact: true } : { lost: next, exact: false };
};
