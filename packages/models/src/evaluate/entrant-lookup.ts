import type { Entrant } from './entrant.ts';
import { mean } from './metrics.ts';
import type { EvaluationTable } from './table.ts';

const hasQuantities = ({ quantities }: EvaluationTable): boolean => quantities.length > 0;

/** Answers every quantity with its last known value. */
export const persistence: Entrant = {
  name: 'persistence',
  title: 'the last value known',
  kind: 'baseline',
  needsEngine: false,
  fits: hasQuantities,
  reads: () => [],
  run: async ({ table, fold: { test } }) => ({
    quantities: Object.fromEntries(
      table.quantities.map((quantity) => [quantity.name, Float32Array.from(test, (row) => quantity.persistence[row])]),
    ),
  }),
};

/** What an entry of a lookup table says of a quantity: `known` are its rows with their values, `row` is the one asked about. */
type Recall = (known: readonly { readonly row: number; readonly value: number }[], row: number, table: EvaluationTable) => number;

const lookupRun =
  (recall: Recall): Entrant['run'] =>
  async ({ table, fold: { train, test }, ledger }) => {
    ledger.note('lookup table', train, true);
    const nClasses = table.label.classes.length;
    const keyOf = (row: number): number => table.subject[row] * nClasses + table.label.values[row];
    const entries = new Map<number, number[]>();
    for (const row of train) {
      const entry = entries.get(keyOf(row));
      if (entry) entry.push(row);
      else entries.set(keyOf(row), [row]);
    }
    const prior = Float32Array.from({ length: nClasses }, (_, k) =>
      mean(Array.from(train, (row) => (table.label.values[row] === k ? 1 : 0))),
    );
    const probabilities = new Float32Array(test.length * nClasses);
    test.forEach((row, i) => {
      if (entries.has(keyOf(row))) probabilities[i * nClasses + table.label.values[row]] = 1;
      else probabilities.set(prior, i * nClasses);
    });
    const quantities = table.quantities.map(({ name, values }) => {
      const known = (rows: ArrayLike<number>) =>
        Array.from(rows, (row) => ({ row, value: values[row] })).filter(({ value }) => !Number.isNaN(value));
      const overall = mean(known(train).map(({ value }) => value));
      const own = new Map([...entries].map(([key, rows]) => [key, known(rows)]));
      return [
        name,
        Float32Array.from(test, (row) => {
          const entry = own.get(keyOf(row));
          return entry && entry.length > 0 ? recall(entry, row, table) : overall;
        }),
      ];
    });
    return { probabilities, quantities: Object.fromEntries(quantities) };
  };

const common = { kind: 'baseline', needsEngine: false, fits: hasQuantities } as const;

/**
 * A table of (subject, condition) → what the training windows of that entry were. It reads no sensor, only who and in which condition: what a
 * questionnaire filled in after each condition states. Where it does well, so does anything that can tell who and which condition; for a subject it
 * has no entry for, it falls back to all training windows.
 */
export const lookup: Entrant = {
  ...common,
  name: 'lookup (subject, condition)',
  title: 'no sensor: the mean of the training windows of the same subject in the same condition',
  reads: () => ['subject', 'condition'],
  run: lookupRun((known) => mean(known.map(({ value }) => value))),
};

/** The same table with the time beside it, as the published network has: conductance is that of the entry's window nearest in time. */
export const lookupInTime: Entrant = {
  ...common,
  name: 'lookup (subject, condition, time)',
  title: 'no sensor: the training window nearest in time of the same subject in the same condition',
  reads: () => ['subject', 'condition', 'time'],
  run: lookupRun((known, row, { session, tmax }) => {
    const far = (other: number): number => Math.abs(tmax[other] - tmax[row]) + (session[other] === session[row] ? 0 : 1e9);
    return known.reduce((nearest, one) => (far(one.row) < far(nearest.row) ? one : nearest)).value;
  }),
};
