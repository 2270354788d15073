import { ModelError } from '../errors.ts';
import { randomStream, shuffled } from '../train/random.ts';
import type { Protocol } from './protocols.ts';
import type { EvaluationTable } from './table.ts';

/** One training and its test. Rows ascend. */
export interface Fold {
  /** `S05`, `3 of 5`, `S05, 3 of 5`. */
  readonly name: string;
  readonly train: Int32Array;
  /** Empty unless the protocol has a validation part. */
  readonly validate: Int32Array;
  readonly test: Int32Array;
}

/** What of a table a split looks at. */
export type Structure = Pick<EvaluationTable, 'nRows' | 'subject' | 'session' | 'trial' | 'subjects' | 'sessions' | 'label'>;

const rowsWhere = (nRows: number, keep: (row: number) => boolean): Int32Array => {
  const rows: number[] = [];
  for (let row = 0; row < nRows; row++) if (keep(row)) rows.push(row);
  return Int32Array.from(rows);
};

/** Distinct values in order of first appearance. */
const distinct = (values: Iterable<number>): number[] => [...new Set(values)];

/** The groups in random order, those of one class after the other: dealt round robin, every fold gets its share of every class. */
const byClass = (groups: readonly number[], classOf: (group: number) => number, random: () => number): number[] => {
  const mixed = Array.from(shuffled(groups.length, random), (i) => groups[i]);
  const classes = distinct(mixed.map(classOf)).sort((a, b) => a - b);
  return classes.flatMap((c) => mixed.filter((group) => classOf(group) === c));
};

/** Position of a group's fold: as many groups to each part as its share says, spread over the classes. */
const dealByShare = (order: readonly number[], shares: readonly number[]): Map<number, number> => {
  const given = shares.map(() => 0);
  return new Map(
    order.map((group, i) => {
      // The part that is furthest behind its share; the earlier one among equals.
      const behind = shares.map((share, part) => share * (i + 1) - given[part]);
      const part = behind.indexOf(Math.max(...behind));
      given[part]++;
      return [group, part];
    }),
  );
};

/** Class of a group of rows: that of its first row. */
const classOfGroup = ({ label }: Structure, groupOf: Int32Array): ((group: number) => number) => {
  const classes = new Map<number, number>();
  for (let row = 0; row < groupOf.length; row++) if (!classes.has(groupOf[row])) classes.set(groupOf[row], label.values[row]);
  return (group) => classes.get(group)!;
};

/** Throws windows away at random and deals the rest: nothing is kept apart. */
const windowFolds = ({ nRows }: Structure, { folds, seed, dropped }: Protocol): Fold[] => {
  // Windows are dealt into a number of folds; 'each' and shares are of groups.
  const n = folds as number;
  const order = shuffled(nRows, randomStream(seed, 0));
  const kept = order.slice(Math.floor(nRows * dropped));
  const part = new Int32Array(nRows).fill(-1);
  kept.forEach((row, i) => {
    part[row] = Math.floor((i * n) / kept.length);
  });
  return Array.from({ length: n }, (_, k) => ({
    name: `${k + 1} of ${n}`,
    train: rowsWhere(nRows, (row) => part[row] >= 0 && part[row] !== k),
    validate: new Int32Array(),
    test: rowsWhere(nRows, (row) => part[row] === k),
  }));
};

/** Folds within a set of rows, whole groups at a time. */
const groupFolds = (
  table: Structure,
  protocol: Protocol,
  rows: Int32Array,
  groupOf: Int32Array,
  prefix: string,
  stream: number,
): Fold[] => {
  const groups = distinct(Array.from(rows, (row) => groupOf[row]));
  const { folds } = protocol;
  const classOf = classOfGroup(table, groupOf);
  const random = randomStream(protocol.seed, stream);
  const of = (keep: (group: number) => boolean): Int32Array => rows.filter((row) => keep(groupOf[row]));
  if (typeof folds === 'object') {
    if (groups.length < folds.length) return [];
    const part = dealByShare(byClass(groups, classOf, random), folds);
    const [train, validate, test] = [0, 1, 2].map((p) => of((group) => part.get(group) === p));
    return test.length > 0 && validate.length > 0 ? [{ name: `${prefix}60/20/20`, train, validate, test }] : [];
  }
  const n = folds === 'each' ? groups.length : Math.min(folds, groups.length);
  if (n < 2) return [];
  const order = folds === 'each' ? groups : byClass(groups, classOf, random);
  const fold = new Map(order.map((group, i) => [group, i % n]));
  return Array.from({ length: n }, (_, k) => ({
    name: `${prefix}${k + 1} of ${n}`,
    train: of((group) => fold.get(group) !== k),
    validate: new Int32Array(),
    test: of((group) => fold.get(group) === k),
  }));
};

/**
 * The folds of a protocol over a table, always in the same order. Everything random comes from the protocol's own seed (and our generator: the
 * published splits themselves cannot be repeated from elsewhere).
 * @throws ModelError('bad-option') where the data has too few subjects, sessions or trials for it.
 */
export const foldsOf = (protocol: Protocol, table: Structure): Fold[] => {
  if (protocol.apart === 'windows') return windowFolds(table, protocol);
  const everyRow = Int32Array.from({ length: table.nRows }, (_, row) => row);
  const groupOf = { trials: table.trial, sessions: table.session, subjects: table.subject }[protocol.apart];
  const folds =
    protocol.trainedOn === 'everybody'
      ? groupFolds(table, protocol, everyRow, groupOf, '', 0).map((fold) => ({
          ...fold,
          name: protocol.folds === 'each' ? table.subjects[table.subject[fold.test[0]]] : fold.name,
        }))
      : table.subjects.flatMap((name, subject) => {
          const own = rowsWhere(table.nRows, (row) => table.subject[row] === subject);
          return groupFolds(table, protocol, own, groupOf, `${name}, `, subject);
        });
  if (folds.length === 0) {
    const counts = `${table.subjects.length} subjects, ${table.sessions.length} sessions, ${distinct(table.trial).length} trials`;
    throw new ModelError(
      'bad-option',
      `'${protocol.name}' cannot be done: it keeps ${protocol.apart} apart and there are too few (${counts}).`,
    );
  }
  return folds;
};

/** Subjects of whom no window is trained on or tested: a model of their own would need more sessions or trials than they have. */
export const leftOut = ({ nRows, subject, subjects }: Structure, folds: readonly Fold[]): string[] => {
  const inAFold = new Set(folds.flatMap(({ train, validate, test }) => [train, validate, test]).flatMap((rows) => Array.from(rows)));
  const seen = new Set(rowsWhere(nRows, (row) => inAFold.has(row)).map((row) => subject[row]));
  return subjects.filter((_, s) => !seen.has(s));
};

/**
 * Splits training rows again for choices made inside a fold: whole groups of the protocol's own kind where there are at least two, else whole
 * trials. `nParts` pairs of rows to learn from and rows to choose on; none where there are fewer than two groups.
 */
export const innerFolds = (
  protocol: Protocol,
  table: Structure,
  rows: Int32Array,
  nParts: number,
): { readonly learn: Int32Array; readonly choose: Int32Array }[] => {
  const kinds = { subjects: [table.subject, table.trial], sessions: [table.session, table.trial], trials: [table.trial], windows: [] }[
    protocol.apart
  ];
  const groupOf = kinds.find((candidate) => new Set(Array.from(rows, (row) => candidate[row])).size >= 2);
  if (!groupOf) return [];
  const inner: Protocol = { ...protocol, folds: nParts };
  return groupFolds(table, inner, rows, groupOf, '', 7919).map(({ train, test }) => ({ learn: train, choose: test }));
};
