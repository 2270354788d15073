import { type Classifier, type FitClassifier, linearDiscriminant, logisticRegression, majority } from '../evaluate/baselines.ts';
import { balancedAccuracy, confusion, mean } from '../evaluate/metrics.ts';
import type { EdaExamples } from './eda-physics.ts';
import { edaSummary } from './eda-summary.ts';

/** Classifiers that get a few readable numbers of the network's own inputs (`edaSummary`). */
export const rivals = ['majority', 'LDA', 'logistic regression'] as const;
export type Rival = (typeof rivals)[number];

const shrinkages = [0.01, 0.1, 0.5, 0.9];
const penalties = [0.001, 0.01, 0.1, 1];

interface Labelled {
  /** Names of the people of the rows. */
  readonly person: readonly number[];
  readonly inputs: readonly Float64Array[];
  readonly labels: readonly number[];
}

const pick = ({ person, inputs, labels }: Labelled, keep: (person: number) => boolean): Labelled => {
  const rows = person.flatMap((p, i) => (keep(p) ? [i] : []));
  return { person: rows.map((i) => person[i]), inputs: rows.map((i) => inputs[i]), labels: rows.map((i) => labels[i]) };
};

/** The candidate whose balanced accuracy is best, leaving each of these people out once: choices are made inside the fold. */
const chosen = (candidates: readonly FitClassifier[], all: Labelled): FitClassifier => {
  const people = [...new Set(all.person)];
  const worth = candidates.map((candidate) =>
    mean(
      people.map((out) => {
        const [own, others] = [pick(all, (person) => person === out), pick(all, (person) => person !== out)];
        const classify = candidate(others.inputs, others.labels);
        return balancedAccuracy(confusion(own.labels, own.inputs.map(classify)));
      }),
    ),
  );
  return candidates[worth.indexOf(Math.max(...worth))];
};

/** The rivals fitted to the labelled ones of these rows, their regularisation chosen among the people of these rows. */
export const fitRivals = (examples: EdaExamples, rows: readonly number[]): Readonly<Record<Rival, Classifier>> => {
  const summary = edaSummary(examples);
  const known = rows.filter((i) => !Number.isNaN(examples.stress[i]));
  const all: Labelled = {
    person: known.map((i) => examples.person[i]),
    inputs: known.map((i) => summary[i]),
    labels: known.map((i) => examples.stress[i]),
  };
  const fitted = (fit: FitClassifier): Classifier => fit(all.inputs, all.labels);
  return {
    majority: fitted(majority),
    LDA: fitted(chosen(shrinkages.map(linearDiscriminant), all)),
    'logistic regression': fitted(chosen(penalties.map(logisticRegression), all)),
  };
};
