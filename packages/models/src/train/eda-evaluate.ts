import { horizonsSec } from '../eda-physics.ts';
import { balancedAccuracy, bootstrapOverPeople, concordance, confusion, macroF1, mean, skill } from '../evaluate/metrics.ts';
import type { EvaluationFigure, ModelOutput } from '../model.ts';
import type { EdaExamples, EdaPredictions } from './eda-physics.ts';
import { errorUncertainty, frequencyUncertainty } from './held-out-uncertainty.ts';

/** Rows of each person, in the order of their numbers; people without rows are left out. */
export const rowsByPerson = ({ person }: EdaExamples): number[][] => {
  const rows: number[][] = [];
  for (const [i, p] of person.entries()) {
    rows[p] ??= [];
    rows[p].push(i);
  }
  return rows.filter((list) => list.length > 0);
};

/** The conductance at the end of each window, µS: what persistence forecasts. */
export const lastMicrosiemens = ({ course, nRows }: EdaExamples): Float32Array => {
  const each = course.length / nRows;
  return Float32Array.from({ length: nRows }, (_, i) => course[(i + 1) * each - 1]);
};

/** Figures of each person, and their mean over people with a bootstrap interval. */
const overPeople = (values: readonly number[]): { readonly value: number; readonly interval95: readonly [number, number] } => {
  const known = values.filter((value) => !Number.isNaN(value));
  return { value: mean(known), interval95: bootstrapOverPeople(known, mean) };
};

/** Balanced accuracy and macro-F1 of a stress score, for each person of whom any label is known. */
export const stressByPerson = (examples: EdaExamples, score: ArrayLike<number>) =>
  rowsByPerson(examples)
    .filter((rows) => rows.some((i) => !Number.isNaN(examples.stress[i])))
    .map((rows) => {
      const counts = confusion(
        rows.map((i) => examples.stress[i]),
        rows.map((i) => score[i]),
      );
      return { balancedAccuracy: balancedAccuracy(counts), macroF1: macroF1(counts) };
    });

/** Skill against persistence for each person and horizon. */
export const skillByPerson = (examples: EdaExamples, forecasts: ArrayLike<number>): number[][] => {
  const last = lastMicrosiemens(examples);
  const nHorizons = horizonsSec.length;
  return rowsByPerson(examples).map((rows) =>
    horizonsSec.map((_, h) =>
      skill(
        rows.map((i) => examples.future[i * nHorizons + h]),
        rows.map((i) => forecasts[i * nHorizons + h]),
        rows.map((i) => last[i]),
      ),
    ),
  );
};

/** Figures for a card: mean over people with a 95 % interval over people. `rivals` are stress scores of other classifiers on the same rows. */
export const edaFigures = (
  examples: EdaExamples,
  predictions: EdaPredictions,
  protocol: string,
  rivals: Readonly<Record<string, ArrayLike<number>>> = {},
): EvaluationFigure[] => {
  const own = stressByPerson(examples, predictions.stress);
  const others = Object.entries(rivals).map(([name, score]) => [name, stressByPerson(examples, score)] as const);
  const never = stressByPerson(examples, new Float32Array(examples.nRows));
  const stress = (['balancedAccuracy', 'macroF1'] as const).map((metric) => ({
    metric: metric === 'macroF1' ? 'stress macro-F1' : 'stress balanced accuracy',
    ...overPeople(own.map((figures) => figures[metric])),
    protocol,
    baselines: Object.fromEntries(
      [['majority', never] as const, ...others].map(([name, people]) => [name, mean(people.map((figures) => figures[metric]))]),
    ),
  }));
  const known = rowsByPerson(examples).filter((rows) => rows.some((i) => !Number.isNaN(examples.arousal[i])));
  const arousal = known.map((rows) =>
    concordance(
      rows.map((i) => examples.arousal[i]),
      rows.map((i) => predictions.arousal[i]),
    ),
  );
  const skills = skillByPerson(examples, predictions.forecasts);
  return [
    ...stress,
    ...(known.length > 0 ? [{ metric: 'arousal concordance (CCC)', ...overPeople(arousal), protocol, baselines: { constant: 0 } }] : []),
    ...horizonsSec.map((seconds, h) => ({
      metric: `EDA forecast skill at ${seconds} s, 1 − RMSE / RMSE of persistence`,
      ...overPeople(skills.map((person) => person[h])),
      protocol,
      baselines: { persistence: 0 },
    })),
  ];
};

/** The outputs of a card with the uncertainty that predictions for held-out people show. Errors of conductance are relative: they grow with its level. */
export const withUncertainty = (
  outputs: readonly ModelOutput[],
  examples: EdaExamples,
  { stress, arousal, forecasts }: EdaPredictions,
  protocol: string,
): ModelOutput[] => {
  const nHorizons = horizonsSec.length;
  const people = (value: (row: number) => number, truth: (row: number) => number) =>
    rowsByPerson(examples).map((rows) => ({ values: rows.map(value), truths: rows.map(truth) }));
  return outputs.map((output) => {
    const { name } = output;
    const h = horizonsSec.findIndex((seconds) => name === `eda_forecast_${seconds}s`);
    const uncertainty =
      name === 'p_stress'
        ? frequencyUncertainty(
            people(
              (i) => stress[i],
              (i) => examples.stress[i],
            ),
            protocol,
          )
        : name === 'arousal'
          ? errorUncertainty(
              people(
                (i) => arousal[i],
                (i) => examples.arousal[i],
              ),
              protocol,
            )
          : errorUncertainty(
              people(
                (i) => forecasts[i * nHorizons + h],
                (i) => examples.future[i * nHorizons + h],
              ),
              protocol,
              { relative: true },
            );
    return { ...output, uncertainty };
  });
};
