import { chosenValue } from './choose.ts';
import {
  type ClassifiedRows,
  classPriorRows,
  discriminantRows,
  type FitRows,
  logisticRows,
  majorityRows,
  nearestRows,
} from './classifiers.ts';
import type { Answers, Contest, Entrant } from './entrant.ts';
import type { EvaluationTable } from './table.ts';

const shrinkages = [0.05, 0.3, 0.8];
const penalties = [0.01, 0.3];
/** Where a protocol chooses nothing. */
const fixedShrinkage = 0.1;
const fixedPenalty = 0.1;

const classified = ({ rows, table }: Contest): ClassifiedRows => ({
  ...rows,
  labels: table.label.values,
  nClasses: table.label.classes.length,
});

const answer = (contest: Contest, what: string, fit: FitRows, chosen?: Readonly<Record<string, number>>): Answers => {
  const rows = classified(contest);
  const { train, test } = contest.fold;
  contest.ledger.note(what, train, true);
  const classify = fit(rows, train);
  const probabilities = new Float32Array(test.length * rows.nClasses);
  test.forEach((row, i) => {
    classify(rows.values.subarray(row * rows.width, (row + 1) * rows.width), probabilities, i * rows.nClasses);
  });
  return { probabilities, ...(chosen && { chosen }) };
};

const readsRows = ({ features }: EvaluationTable): string[] => features.filter(({ use }) => use !== 'network').map(({ spec }) => spec.name);

const rowsEntrant = (name: string, title: string, run: (contest: Contest) => Answers, reads = readsRows): Entrant => ({
  name,
  title,
  kind: 'baseline',
  needsEngine: false,
  fits: () => true,
  reads,
  run: async (contest) => run(contest),
});
const readsNothing = (): string[] => [];

/** Classifiers of plain rows; they stand beside every network. */
export const rowsEntrants: readonly Entrant[] = [
  rowsEntrant(
    'majority',
    'the most frequent class of the training rows',
    (contest) => answer(contest, 'majority', majorityRows),
    readsNothing,
  ),
  rowsEntrant('class prior', 'the shares of the classes', (contest) => answer(contest, 'class prior', classPriorRows), readsNothing),
  rowsEntrant('LDA', 'linear discriminant with shrinkage', (contest) => {
    const shrinkage = chosenValue(contest, classified(contest), discriminantRows, shrinkages, fixedShrinkage);
    return answer(contest, 'LDA', discriminantRows(shrinkage), { shrinkage });
  }),
  rowsEntrant('logistic', 'logistic regression with an L2 penalty', (contest) => {
    const l2 = chosenValue(contest, classified(contest), logisticRows, penalties, fixedPenalty);
    return answer(contest, 'logistic', logisticRows(l2), { l2 });
  }),
  rowsEntrant('1-NN', 'the class of the nearest training window', (contest) => answer(contest, '1-NN', nearestRows)),
];
