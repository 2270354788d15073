import { balancedAccuracyOf, confusionMatrix } from './class-figures.ts';
import type { ClassifiedRows, FitRows } from './classifiers.ts';
import type { Contest } from './entrant.ts';
import { innerFolds } from './folds.ts';

/** Choices are made on at most this many training rows, spread evenly: a penalty is not worth an hour. */
const mostRows = 2000;
const nInner = 3;

const thinned = (rows: Int32Array): Int32Array => {
  const step = Math.ceil(rows.length / mostRows);
  return step > 1 ? rows.filter((_, i) => i % step === 0) : rows;
};

/** Where inside a fold something may be chosen: rows to learn from and rows to choose on. Empty where the protocol chooses nothing. */
export const placesToChoose = (
  { protocol, table, fold }: Pick<Contest, 'protocol' | 'table' | 'fold'>,
  nParts = nInner,
): { readonly learn: Int32Array; readonly choose: Int32Array }[] => {
  switch (protocol.selection) {
    case 'fixed':
      return [];
    case 'validation':
      return [{ learn: fold.train, choose: fold.validate }];
    case 'nested':
      return innerFolds(protocol, table, fold.train, nParts);
  }
};

/** Balanced accuracy of one fit on rows it has not seen. */
const worthOf = (fit: FitRows, rows: ClassifiedRows, learn: Int32Array, choose: Int32Array): number => {
  const { width, nClasses } = rows;
  const classify = fit(rows, learn);
  const probabilities = new Float32Array(choose.length * nClasses);
  choose.forEach((row, i) => {
    classify(rows.values.subarray(row * width, (row + 1) * width), probabilities, i * nClasses);
  });
  return balancedAccuracyOf(
    confusionMatrix(
      Array.from(choose, (row) => rows.labels[row]),
      probabilities,
      nClasses,
    ),
  );
};

/**
 * The candidate value whose classifier is best, by mean balanced accuracy over the places where the protocol allows a choice; `otherwise` where it
 * allows none. The earlier of equals.
 */
export const chosenValue = (
  contest: Contest,
  rows: ClassifiedRows,
  family: (value: number) => FitRows,
  candidates: readonly number[],
  otherwise: number,
): number => {
  const places = placesToChoose(contest).filter(({ choose }) => choose.length > 0);
  if (places.length === 0) return otherwise;
  const worth = candidates.map((value) =>
    places.reduce((sum, { learn, choose }) => {
      const own = worthOf(family(value), rows, thinned(learn), thinned(choose));
      return sum + (Number.isNaN(own) ? 0 : own);
    }, 0),
  );
  for (const { learn, choose } of places) {
    contest.ledger.note('choice of hyper-parameters', Int32Array.of(...thinned(learn), ...thinned(choose)), true);
  }
  return candidates[worth.indexOf(Math.max(...worth))];
};
