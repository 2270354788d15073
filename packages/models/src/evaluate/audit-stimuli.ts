import { percent } from './audit.ts';
import type { Fold } from './folds.ts';
import type { StimulusFold, StimulusReport } from './report.ts';
import { rounded } from './summarise.ts';
import { type EvaluationTable, type TableStimuli, trialClasses } from './table.ts';

const distinct = (values: Iterable<number>): number[] => [...new Set(values)];

/** Training trials of one fold by stimulus and class, and by class alone. */
const countsOf = ({ names, ofTrial }: TableStimuli, classes: Int32Array, nClasses: number, trials: readonly number[]) => {
  const byStimulus = names.map(() => new Int32Array(nClasses));
  const all = new Int32Array(nClasses);
  for (const trial of trials) {
    all[classes[trial]]++;
    if (ofTrial[trial] >= 0) byStimulus[ofTrial[trial]][classes[trial]]++;
  }
  return { byStimulus, mostFrequent: all.indexOf(Math.max(...all)) };
};

/** `15`, or `12 to 15` where folds differ. */
const span = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const sentenceOf = (folds: readonly StimulusFold[], labelOfStimulus: number, mostFrequentLabel: number): string => {
  const nShown = sum(folds.map(({ nTrialsShown }) => nTrialsShown));
  const stimuli = span(folds.map(({ nStimuli }) => nStimuli));
  if (nShown === 0) return `none of the ${stimuli} test stimuli of a fold was shown in training`;
  return [
    `${span(folds.map(({ nStimuliShown }) => nStimuliShown))} of ${stimuli} test stimuli of each fold were also shown in training`,
    ` (${nShown} of ${sum(folds.map(({ nTrials }) => nTrials))} test trials)`,
    `; ${labelOfStimulus === 1 ? 'labels go with stimuli: ' : ''}the label that a stimulus mostly has in training is right for`,
    ` ${percent(labelOfStimulus)} of them, the most frequent label of training for ${percent(mostFrequentLabel)}`,
  ].join('');
};

/**
 * How many test trials of each fold show what another, known trial showed too (a validation part counts as training), and how far the stimulus tells the
 * label. The controls cannot find this: labels that are dealt anew do not go with stimuli, and noise has none. Undefined for a table that does
 * not know its stimuli.
 */
export const stimuliInTraining = (table: EvaluationTable, folds: readonly Fold[]): StimulusReport | undefined => {
  const { stimuli, label, trial } = table;
  if (!stimuli) return undefined;
  const { ofTrial } = stimuli;
  const classes = trialClasses(table);
  let [nSameLabel, nMostFrequent] = [0, 0];
  const counted = folds.map(({ name, train, validate, test }): StimulusFold => {
    const known = new Set<number>();
    for (const rows of [train, validate]) for (const row of rows) known.add(trial[row]);
    const { byStimulus, mostFrequent } = countsOf(stimuli, classes, label.classes.length, [...known]);
    const tested = distinct(Array.from(test, (row) => trial[row])).filter((one) => ofTrial[one] >= 0);
    const shown = tested.filter((one) => {
      const others = Array.from(byStimulus[ofTrial[one]]);
      // Windows of one trial on both sides are another check's; here it is other trials that count.
      if (known.has(one)) others[classes[one]]--;
      if (sum(others) === 0) return false;
      if (others.every((n, k) => k === classes[one] || n < others[classes[one]])) nSameLabel++;
      if (classes[one] === mostFrequent) nMostFrequent++;
      return true;
    });
    return {
      fold: name,
      nTrials: tested.length,
      nTrialsShown: shown.length,
      nStimuli: distinct(tested.map((one) => ofTrial[one])).length,
      nStimuliShown: distinct(shown.map((one) => ofTrial[one])).length,
    };
  });
  const nShown = sum(counted.map(({ nTrialsShown }) => nTrialsShown));
  const labelOfStimulus = rounded(nSameLabel / Math.max(1, nShown));
  const mostFrequentLabel = rounded(nMostFrequent / Math.max(1, nShown));
  return {
    isShared: nShown > 0,
    folds: counted,
    labelOfStimulus,
    mostFrequentLabel,
    sentence: sentenceOf(counted, labelOfStimulus, mostFrequentLabel),
  };
};
