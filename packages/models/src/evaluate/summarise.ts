import { accuracyOf, balancedAccuracyOf, calibrationBins, calibrationError, confusionMatrix, macroF1Of } from './class-figures.ts';
import { areaUnderCurve, bootstrapOverPeople, mean, skill } from './metrics.ts';
import type { EntrantReport, Figure, OverFolds } from './report.ts';
import type { EvaluationTable, TableQuantity } from './table.ts';

/** Four digits after the point: more is noise, and the same on every machine. Zero has no sign. */
export const rounded = (value: number): number => Number(value.toFixed(4)) + 0;

const draws = 2000;

const known = (values: readonly number[]): number[] => values.filter((value) => !Number.isNaN(value));

/** The mean over subjects with its interval; nothing where no subject has the figure. */
const overSubjects = (metric: string, values: readonly number[]): Figure[] => {
  const own = known(values);
  if (own.length === 0) return [];
  if (own.length === 1) return [{ metric, value: rounded(own[0]) }];
  const [low, high] = bootstrapOverPeople(own, mean, { draws });
  return [{ metric, value: rounded(mean(own)), interval95: [rounded(low), rounded(high)] }];
};

/** Answers for some rows of a table; a row may occur once. */
export interface AnsweredRows {
  readonly rows: Int32Array;
  /** (nRows, nClasses) */
  readonly probabilities?: Float32Array;
  readonly quantities: Readonly<Record<string, Float32Array>>;
}

/** Positions among the answered rows of each subject that has any, in the subjects' order. */
const bySubject = ({ subject, subjects }: EvaluationTable, rows: Int32Array): { readonly name: string; readonly at: number[] }[] => {
  const positions = subjects.map((): number[] => []);
  rows.forEach((row, i) => {
    positions[subject[row]].push(i);
  });
  return subjects.map((name, s) => ({ name, at: positions[s] })).filter(({ at }) => at.length > 0);
};

const auc = (truth: readonly number[], probabilities: Float32Array, nClasses: number): number => {
  const against = (k: number): number =>
    areaUnderCurve(
      truth.map((label) => (label === k ? 1 : 0)),
      truth.map((_, i) => probabilities[i * nClasses + k]),
    );
  if (nClasses === 2) return against(1);
  return mean(known(Array.from({ length: nClasses }, (_, k) => against(k))));
};

const pickedRows = (values: Float32Array, at: readonly number[], each: number): Float32Array => {
  const out = new Float32Array(at.length * each);
  at.forEach((from, i) => {
    out.set(values.subarray(from * each, (from + 1) * each), i * each);
  });
  return out;
};

const classFigures = (table: EvaluationTable, rows: Int32Array, probabilities: Float32Array) => {
  const nClasses = table.label.classes.length;
  const people = bySubject(table, rows).map(({ name, at }) => {
    const truth = at.map((i) => table.label.values[rows[i]]);
    const own = pickedRows(probabilities, at, nClasses);
    const counts = confusionMatrix(truth, own, nClasses);
    return { name, n: at.length, counts, bins: calibrationBins(truth, own, nClasses), auc: auc(truth, own, nClasses) };
  });
  const added = (arrays: readonly Float64Array[]): Float64Array =>
    arrays.reduce((sum, array) => sum.map((value, i) => value + array[i]), new Float64Array(arrays[0].length));
  const bins = added(people.map((person) => person.bins));
  const counts = added(people.map((person) => person.counts));
  const calibration = (some: readonly (typeof people)[number][]): number => calibrationError(added(some.map((person) => person.bins)));
  const [low, high] = people.length > 1 ? bootstrapOverPeople(people, calibration, { draws }) : [Number.NaN, Number.NaN];
  const figures: Figure[] = [
    ...overSubjects(
      'accuracy',
      people.map((person) => accuracyOf(person.counts)),
    ),
    ...overSubjects(
      'balanced accuracy',
      people.map((person) => balancedAccuracyOf(person.counts)),
    ),
    ...overSubjects(
      'macro-F1',
      people.map((person) => macroF1Of(person.counts)),
    ),
    ...overSubjects(
      'AUC',
      people.map((person) => person.auc),
    ),
    {
      metric: 'calibration error',
      value: rounded(calibrationError(bins)),
      ...(people.length > 1 && { interval95: [rounded(low), rounded(high)] as const }),
    },
  ];
  return {
    figures,
    confusion: Array.from({ length: nClasses }, (_, k) => Array.from(counts.subarray(k * nClasses, (k + 1) * nClasses))),
    subjects: people.map((person) => ({
      subject: person.name,
      nWindows: person.n,
      accuracy: rounded(accuracyOf(person.counts)),
      balancedAccuracy: rounded(balancedAccuracyOf(person.counts)),
      macroF1: rounded(macroF1Of(person.counts)),
    })),
    calibration: Array.from({ length: bins.length / 3 }, (_, bin) => bins.subarray(3 * bin, 3 * bin + 3))
      .filter(([n]) => n > 0)
      .map(([n, confidence, right]) => [rounded(confidence / n), rounded(right / n), n] as const),
  };
};

/** Pearson's correlation; NaN where either does not vary. */
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return aa > 1e-18 && bb > 1e-18 ? ab / Math.sqrt(aa * bb) : Number.NaN;
};

/** Figures of a quantity: each subject's own, then their mean; the last one over all windows together. */
export const quantityFigures = (
  table: EvaluationTable,
  { values, unit, persistence }: TableQuantity,
  rows: Int32Array,
  told: Float32Array,
): Figure[] => {
  const of = (at: readonly number[]) => {
    const some = at.filter((i) => !Number.isNaN(values[rows[i]]));
    return { truth: some.map((i) => values[rows[i]]), told: some.map((i) => told[i]), last: some.map((i) => persistence[rows[i]]) };
  };
  const people = bySubject(table, rows)
    .map(({ at }) => of(at))
    .filter(({ truth }) => truth.length > 1);
  const rmse = (truth: readonly number[], answer: readonly number[]): number =>
    Math.sqrt(mean(truth.map((value, i) => (answer[i] - value) ** 2)));
  const deviation = (truth: readonly number[]): number => {
    const centre = mean(truth);
    return Math.sqrt(mean(truth.map((value) => (value - centre) ** 2)));
  };
  const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
  const pooled = of(Array.from(rows.keys()));
  const together = correlation(pooled.truth, pooled.told);
  return [
    ...overSubjects(
      `RMSE, ${unit}`,
      people.map((person) => rmse(person.truth, person.told)),
    ),
    ...overSubjects(
      'RMSE, subject’s standard deviations',
      people.map((person) => finite(rmse(person.truth, person.told) / deviation(person.truth))),
    ),
    ...overSubjects(
      'r',
      people.map((person) => correlation(person.truth, person.told)),
    ),
    ...overSubjects(
      'skill against persistence',
      people.map((person) => finite(skill(person.truth, person.told, person.last))),
    ),
    ...(Number.isNaN(together) ? [] : [{ metric: 'r, all windows together', value: rounded(together) }]),
  ];
};

/** Everything that can be said of one entrant's answers. */
export const summarise = (
  table: EvaluationTable,
  { rows, probabilities, quantities }: AnsweredRows,
): Pick<EntrantReport, 'figures' | 'confusion' | 'subjects' | 'calibration' | 'quantities'> => ({
  figures: [],
  ...(probabilities && rows.length > 0 && classFigures(table, rows, probabilities)),
  quantities: Object.fromEntries(
    table.quantities
      .filter(({ name }) => quantities[name] !== undefined)
      .map((quantity) => [quantity.name, quantityFigures(table, quantity, rows, quantities[quantity.name])]),
  ),
});

/** Numbers of the folds by name: `[{ shrinkage: 0.1 }, { shrinkage: 0.3 }]` → their mean, range and list. */
export const overFolds = (folds: readonly Readonly<Record<string, number>>[]): Record<string, OverFolds> => {
  const names = [...new Set(folds.flatMap((fold) => Object.keys(fold)))];
  const precise = (value: number): number => Number(value.toPrecision(5));
  return Object.fromEntries(
    names.map((name) => {
      const values = folds.flatMap((fold) => (fold[name] === undefined ? [] : [precise(fold[name])]));
      return [name, { mean: precise(mean(values)), range: [Math.min(...values), Math.max(...values)], folds: values }];
    }),
  );
};
