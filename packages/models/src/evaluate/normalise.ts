import { ModelError } from '../errors.ts';
import type { Ledger } from './fitted.ts';
import type { Fold } from './folds.ts';
import { scaling } from './scaling.ts';
import type { EvaluationTable } from './table.ts';

/** What is done to the features before a classifier sees them, told beside every number. */
export type Normalisation =
  /** Nothing. */
  | { readonly kind: 'none' }
  /** Mean 0 and deviation 1 over the training rows. */
  | { readonly kind: 'train-fit' }
  /** Mean and deviation of the first minutes of each session, which are not scored: what a device can do. */
  | { readonly kind: 'causal-baseline'; readonly minutes: number }
  /** Mean and deviation of each subject's whole recording, test windows included, without labels: what a device cannot do. */
  | { readonly kind: 'per-subject transductive' };

const forms = 'none, train-fit, causal-baseline N min, per-subject transductive';

/** `causal-baseline 3 min` as it is written in configurations and reports, and back. */
export const normalisationName = (normalisation: Normalisation): string =>
  normalisation.kind === 'causal-baseline' ? `causal-baseline ${normalisation.minutes} min` : normalisation.kind;

/** @throws ModelError('bad-option') for a name that is none. */
export const parseNormalisation = (name: string): Normalisation => {
  if (name === 'none' || name === 'train-fit' || name === 'per-subject transductive') return { kind: name };
  const minutes = /^causal-baseline (\d+(?:\.\d+)?) min$/.exec(name)?.[1];
  if (minutes === undefined || !(Number(minutes) > 0)) {
    throw new ModelError('bad-option', `Unknown normalisation '${name}'. Known are ${forms}.`);
  }
  return { kind: 'causal-baseline', minutes: Number(minutes) };
};

/** Rows of numbers side by side. */
export interface Rows {
  readonly width: number;
  /** (nRows, width) */
  readonly values: Float32Array;
}

/** Subtracts the mean of `from` and divides by its deviation, for the rows `to`, into `out`. A column that never changes is only centred. */
const standardise = (rows: Rows, from: Int32Array, to: Int32Array, out: Float32Array): void => {
  const { width, values } = rows;
  const { mean, inverse } = scaling(rows, from);
  for (const row of to) for (let i = 0; i < width; i++) out[row * width + i] = (values[row * width + i] - mean[i]) * inverse[i];
};

const everyRow = (nRows: number): Int32Array => Int32Array.from({ length: nRows }, (_, row) => row);

/** Rows of each group, by group number. */
const rowsOf = (groupOf: Int32Array, rows: Int32Array): Map<number, Int32Array> => {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const group = groups.get(groupOf[row]);
    if (group) group.push(row);
    else groups.set(groupOf[row], [row]);
  }
  return new Map([...groups].map(([group, list]) => [group, Int32Array.from(list)]));
};

/**
 * Features as a fold's classifiers see them, and the fold without the rows that were used up as somebody's baseline. What was fitted on which rows goes
 * into the ledger.
 * @throws ModelError('bad-option') where a session has no window within its baseline.
 */
export const normalised = (
  table: EvaluationTable,
  rows: Rows,
  fold: Fold,
  normalisation: Normalisation,
  ledger: Ledger,
): { readonly rows: Rows; readonly fold: Fold } => {
  const every = everyRow(table.nRows);
  const values = new Float32Array(rows.values.length);
  switch (normalisation.kind) {
    case 'none':
      return { rows, fold };
    case 'train-fit':
      ledger.note('scaler', fold.train, false);
      standardise(rows, fold.train, every, values);
      return { rows: { width: rows.width, values }, fold };
    case 'per-subject transductive':
      for (const [, own] of rowsOf(table.subject, every)) {
        ledger.note('scaler of the subject’s whole recording', own, false);
        standardise(rows, own, own, values);
      }
      return { rows: { width: rows.width, values }, fold };
    case 'causal-baseline': {
      const isBaseline = new Uint8Array(table.nRows);
      for (const [session, own] of rowsOf(table.session, every)) {
        const until = own.reduce((least, row) => Math.min(least, table.tmin[row]), Number.POSITIVE_INFINITY) + 60 * normalisation.minutes;
        const baseline = own.filter((row) => table.tmax[row] <= until);
        if (baseline.length === 0) {
          throw new ModelError(
            'bad-option',
            `Session ${table.sessions[session]} of '${table.name}' has no window that ends in its first ${normalisation.minutes} min; take a longer baseline.`,
          );
        }
        for (const row of baseline) isBaseline[row] = 1;
        standardise(rows, baseline, own, values);
      }
      const scored = (part: Int32Array): Int32Array => part.filter((row) => isBaseline[row] === 0);
      const left = { ...fold, train: scored(fold.train), validate: scored(fold.validate), test: scored(fold.test) };
      ledger.note(
        'scaler of the session’s first minutes',
        every.filter((row) => isBaseline[row] === 1),
        false,
      );
      return { rows: { width: rows.width, values }, fold: left };
    }
  }
};
