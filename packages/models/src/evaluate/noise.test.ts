import { beforeAll, describe, expect, test } from 'vitest';
import { chanceInterval } from './audit.ts';
import { collect } from './collect.ts';
import { eegTable } from './eeg-table.ts';
import { coin, noiseEegTrials } from './noise-trials.ts';
import { type EvaluationData, planEvaluation } from './plan.ts';
import { protocols } from './protocols.ts';
import type { EvaluationReport, ProtocolReport } from './report.ts';
import { runTask } from './run-task.ts';

/** Fourteen channels of 1/f noise with a coin thrown for each trial, through the published features. */
const noiseTable = (seed: number, subjects = 6) =>
  eegTable(noiseEegTrials({ subjects, trialsEach: 16, trialSec: 12, seed }), {
    name: 'noise',
    description: 'noise',
    label: { name: coin },
    recipe: 'rbtransformer',
  });

let report: EvaluationReport;

beforeAll(async () => {
  const data: EvaluationData = { table: await noiseTable(4), noise: [await noiseTable(11, 4), await noiseTable(12, 4)] };
  const whole = planEvaluation(data, {
    title: 'noise',
    protocols: protocols.map(({ name }) => name),
    normalisations: ['none'],
    networks: [],
    environment: {},
  });
  // The nearest neighbour alone: it is the sharpest, and the controls are its too.
  const plan = { ...whole, tasks: whole.tasks.filter(({ entrant }) => entrant === '1-NN') };
  report = collect(plan, data, await Promise.all(plan.tasks.map((task) => runTask(plan, task, data))));
}, 120_000);

const scoreOf = ({ entrants }: ProtocolReport, name: string): number =>
  entrants.find(({ entrant }) => entrant === name)!.figures.find(({ metric }) => metric === 'balanced accuracy')!.value;

describe('the noise test', () => {
  test('the published protocols find every coin toss in noise and are stamped', () => {
    for (const protocol of report.protocols.filter(({ kind }) => kind === 'published')) {
      expect(scoreOf(protocol, '1-NN')).toBeGreaterThanOrEqual(0.95);
      expect(protocol.audit.stamp).toBe('LEAKS');
      expect(protocol.audit.findings.join('\n')).toMatch(/noise: \d+\.?\d* % and .* where chance is/);
    }
  });

  test('every honest protocol stays within the 95 % interval of chance and is not stamped', () => {
    const honest = report.protocols.filter(({ kind }) => kind === 'honest');
    expect(honest).toHaveLength(5);
    for (const protocol of honest) {
      const { nTrials } = protocol.audit.controls.find(({ control }) => control === 'labels dealt anew')!;
      const [low, high] = chanceInterval(nTrials, 2);
      expect(scoreOf(protocol, '1-NN'), protocol.protocol).toBeGreaterThan(low);
      expect(scoreOf(protocol, '1-NN'), protocol.protocol).toBeLessThan(high);
      expect(protocol.audit.stamp, protocol.protocol).toBe('no leak found');
    }
  });

  test('says what gives the trial away: windows that overlap and windows that know their trial', () => {
    const [{ audit }] = report.protocols;
    expect(audit.shared.sameTrialInTraining).toBeGreaterThan(0.95);
    expect(audit.shared.overlapsTrainingInTime).toBeGreaterThan(0.95);
    expect(report.data.trialRecognition.share).toBeGreaterThan(5 * report.data.trialRecognition.chance);
    for (const protocol of report.protocols.filter(({ kind }) => kind === 'honest')) {
      expect(protocol.audit.shared).toMatchObject({ sameTrialInTraining: 0, overlapsTrainingInTime: 0 });
    }
  });
});
