import { expect, test } from 'vitest';
import { fakeTable } from '../../test/fake-table.ts';
import { stimuliInTraining } from './audit-stimuli.ts';
import { foldsOf } from './folds.ts';
import { findProtocol } from './protocols.ts';
import type { StimulusReport } from './report.ts';
import type { EvaluationTable } from './table.ts';

/** Three people, three sessions of six trials; the label of a trial is given by its number, or by its number and who it is of. */
const base = fakeTable({ subjects: 3, sessions: 3, trials: 6, windows: 2, nClasses: 3 });
const shown = (stimulusOf: (trial: number) => number, classOf: (trial: number) => number = (trial) => trial % 3): EvaluationTable => {
  const ofTrial = Int32Array.from(base.trials, (_, trial) => stimulusOf(trial));
  const names = Array.from({ length: Math.max(...ofTrial) + 1 }, (_, i) => `clip ${i + 1}`);
  return { ...base, stimuli: { names, ofTrial }, label: { ...base.label, values: base.trial.map(classOf) } };
};
const audited = (table: EvaluationTable, protocol: string): StimulusReport =>
  stimuliInTraining(table, foldsOf(findProtocol(protocol), table))!;

const sameEachSession = shown((trial) => trial % 6);
const otherEachSession = shown((trial) => trial % 18);

test('the same clips in every session: neither a session nor a person left out leaves out a clip', () => {
  const bySession = audited(sameEachSession, 'leave-one-session-out');
  expect(bySession.folds).toHaveLength(9);
  for (const fold of bySession.folds) expect(fold).toMatchObject({ nTrials: 6, nTrialsShown: 6, nStimuli: 6, nStimuliShown: 6 });
  expect(bySession).toMatchObject({ isShared: true, labelOfStimulus: 1, mostFrequentLabel: 0.3333 });
  expect(bySession.sentence).toBe(
    '6 of 6 test stimuli of each fold were also shown in training (54 of 54 test trials); labels go with stimuli: the label that a stimulus mostly has in training is right for 100.0 % of them, the most frequent label of training for 33 %',
  );
  const bySubject = audited(sameEachSession, 'leave-one-subject-out');
  expect(bySubject.folds[1]).toEqual({ fold: 'P2', nTrials: 18, nTrialsShown: 18, nStimuli: 6, nStimuliShown: 6 });
});

test('other clips in every session: a session left out is clean, a person left out is not', () => {
  const bySession = audited(otherEachSession, 'leave-one-session-out');
  expect(bySession).toMatchObject({ isShared: false, labelOfStimulus: 0, mostFrequentLabel: 0 });
  expect(bySession.sentence).toBe('none of the 6 test stimuli of a fold was shown in training');
  expect(audited(otherEachSession, 'leave-one-subject-out')).toMatchObject({ isShared: true, labelOfStimulus: 1 });
});

test('a trial is not its own acquaintance: under a random split of windows only other trials count', () => {
  const everyTrialItsOwn = shown((trial) => trial);
  expect(audited(everyTrialItsOwn, 'paper:pinn')).toMatchObject({ isShared: false });
  const { labelOfStimulus } = audited(
    shown(
      (trial) => trial % 18,
      (trial) => Math.floor(trial / 18),
    ),
    'paper:pinn',
  );
  expect(labelOfStimulus).toBe(0);
});

test('a validation part counts as training', () => {
  const fold = { name: 'one', train: Int32Array.of(0), validate: Int32Array.of(12), test: Int32Array.of(24) };
  expect(stimuliInTraining(sameEachSession, [fold])!.folds[0]).toMatchObject({ nTrials: 1, nTrialsShown: 1 });
  expect(stimuliInTraining(sameEachSession, [{ ...fold, validate: Int32Array.of(14), train: Int32Array.of(2) }])!.isShared).toBe(false);
});

test('labels that are each person’s own go with stimuli as far as people agree', () => {
  // Two of three people call a clip the same, the third another; leaving one of the two out leaves a draw, which is no answer.
  const rated = shown(
    (trial) => trial % 18,
    (trial) => (trial < 36 ? trial % 2 : 2),
  );
  const { labelOfStimulus, sentence } = audited(rated, 'leave-one-subject-out');
  expect(labelOfStimulus).toBe(0);
  expect(sentence).not.toContain('labels go with stimuli');
  const agreed = shown(
    (trial) => trial % 18,
    (trial) => (trial < 18 && trial % 18 === 0 ? 2 : trial % 2),
  );
  expect(audited(agreed, 'leave-one-subject-out').labelOfStimulus).toBeCloseTo(51 / 54, 4);
});

test('trials of which it is not documented what was shown are not counted, and of a table without any nothing is said', () => {
  const half = shown((trial) => (trial % 6 < 3 ? trial % 6 : -1));
  expect(audited(half, 'leave-one-session-out').folds[0]).toMatchObject({ nTrials: 3, nTrialsShown: 3, nStimuli: 3 });
  expect(stimuliInTraining(base, foldsOf(findProtocol('leave-one-session-out'), base))).toBeUndefined();
});
