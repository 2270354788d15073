import { describe, expect, test } from 'vitest';
import { fakeTable } from '../../test/fake-table.ts';
import { auditOf, chanceInterval, sharedWithTraining, trialConstants, trialRecognition } from './audit.ts';
import { openLedger } from './fitted.ts';
import { foldsOf } from './folds.ts';
import { findProtocol } from './protocols.ts';
import type { ControlReport } from './report.ts';
import { withShuffledLabels } from './table-controls.ts';

const nothing = { sameTrialInTraining: 0, sameSubjectInTraining: 0, overlapsTrainingInTime: 0 };
const control = (draws: number[]): ControlReport => ({
  control: 'noise',
  draws,
  chance: [0.4, 0.6],
  nTrials: 96,
  isAbove: draws.every((draw) => draw > 0.6),
});
const entrant = (name: string, reads: string[] = [], note?: { rows: number[]; usesLabels: boolean; what: string }) => {
  const ledger = openLedger();
  if (note) ledger.note(note.what, note.rows, note.usesLabels);
  return { entrant: name, reads, fitted: ledger.facts([10, 11, 12]) };
};

describe('the audit', () => {
  test('stamps a protocol that finds what is not there, and only when it does so twice', () => {
    expect(auditOf(nothing, [control([0.99, 0.97])], [], []).stamp).toBe('LEAKS');
    expect(auditOf(nothing, [control([0.62, 0.51])], [], []).stamp).toBe('no leak found');
  });

  test('SMOTE before splitting is a leak, a scaler on test windows is told, a fit on training rows is neither', () => {
    const smoteOutside = entrant('net', [], { what: 'SMOTE', rows: [1, 2, 10, 11], usesLabels: true });
    expect(auditOf(nothing, [], [smoteOutside], [])).toMatchObject({
      stamp: 'LEAKS',
      fittedOnTest: [{ entrant: 'net', what: 'SMOTE', nTestRows: 2 }],
    });
    const scaler = auditOf(nothing, [], [entrant('net', [], { what: 'scaler', rows: [1, 12], usesLabels: false })], []);
    expect(scaler.stamp).toBe('no leak found');
    expect(scaler.findings).toEqual(['scaler: has seen test windows, without labels']);
    expect(auditOf(nothing, [], [entrant('net', [], { what: 'SMOTE', rows: [1, 2], usesLabels: true })], []).fittedOnTest).toEqual([]);
  });

  test('names who was told a questionnaire', () => {
    const { selfReport, findings } = auditOf(
      nothing,
      [],
      [entrant('honest', ['eda-course']), entrant('pinn', ['PANAS', 'time'])],
      ['PANAS'],
    );
    expect(selfReport).toEqual([{ entrant: 'pinn', reads: ['PANAS'] }]);
    expect(findings).toEqual(['pinn is told PANAS, which state the label']);
  });

  test('counts test windows that share trial, subject and time with training', () => {
    const overlapping = fakeTable({ subjects: 3, trials: 5, windows: 8, overlap: 0.5 });
    const apart = fakeTable({ subjects: 3, trials: 5, windows: 8 });
    const shared = (name: string, table: typeof apart) => sharedWithTraining(table, foldsOf(findProtocol(name), table));
    expect(shared('paper:pinn', overlapping).overlapsTrainingInTime).toBeGreaterThan(0.8);
    expect(shared('paper:pinn', apart)).toMatchObject({ sameTrialInTraining: 1, overlapsTrainingInTime: 0 });
    expect(shared('within-subject/trial-disjoint', overlapping)).toEqual({
      sameTrialInTraining: 0,
      sameSubjectInTraining: 1,
      overlapsTrainingInTime: 0,
    });
    expect(shared('leave-one-subject-out', overlapping)).toEqual(nothing);
  });

  test('a training part of hundreds of thousands of windows is no obstacle', () => {
    const table = fakeTable({ subjects: 2, trials: 2, windows: 2 });
    const fold = { name: 'large', train: new Int32Array(300_000), validate: new Int32Array(), test: Int32Array.of(1, 7) };
    expect(sharedWithTraining(table, [fold])).toEqual({ sameTrialInTraining: 0.5, sameSubjectInTraining: 0.5, overlapsTrainingInTime: 0 });
  });

  test('stimuli that training knows stand beside the stamp and do not change it', () => {
    const stimuli = { isShared: true, folds: [], labelOfStimulus: 1, mostFrequentLabel: 0.3, sentence: 'clips were known' };
    expect(auditOf(nothing, [control([0.5, 0.5])], [], [], stimuli)).toMatchObject({ stamp: 'no leak found', stimuli, findings: [] });
    expect(auditOf(nothing, [], [], [])).not.toHaveProperty('stimuli');
  });

  test('finds a value that names the trial, and no other', () => {
    const table = fakeTable({ subjects: 2, trials: 5, windows: 4 });
    const [feature] = table.features;
    const values = feature.values.map((value, i) => (i % 4 === 2 ? Math.sin(table.trial[Math.floor(i / 4)]) : i % 4 === 3 ? 7 : value));
    const named = { ...table, features: [{ ...feature, values }] };
    expect(trialConstants(table)).toEqual([]);
    expect(trialConstants(named)).toEqual(['fake[2]']);
    expect(trialRecognition(named).share).toBeGreaterThan(trialRecognition(table).share + 0.1);
  });

  test('labels dealt anew stay with whole trials and with the subject, and no class is lost', () => {
    const table = fakeTable({ subjects: 3, trials: 8, windows: 3 });
    const dealt = withShuffledLabels(table, 5);
    const classOf = new Map<number, number>();
    dealt.trial.forEach((trial, row) => {
      expect(classOf.get(trial) ?? dealt.label.values[row]).toBe(dealt.label.values[row]);
      classOf.set(trial, dealt.label.values[row]);
    });
    expect(dealt.label.values).not.toEqual(table.label.values);
    for (let s = 0; s < 3; s++) {
      const count = (values: Int32Array) => values.filter((k, row) => table.subject[row] === s && k === 1).length;
      expect(count(dealt.label.values)).toBe(count(table.label.values));
    }
  });

  test('a coin gets one half, give or take what the number of trials allows', () => {
    expect(chanceInterval(100, 2)).toEqual([0.402, 0.598]);
    expect(chanceInterval(1e9, 4)).toEqual([0.25, 0.25]);
  });
});
