import { beforeAll, describe, expect, test } from 'vitest';
import type { TfjsEngine } from '../engines/engine.ts';
import { openEngine } from '../engines/tfjs.ts';
import { edaTable, forecastName, levelName } from './eda-table.ts';
import { eegTable } from './eeg-table.ts';
import { type NetworkSettings, networkDefaults } from './entrant.ts';
import { type EvaluationData, type EvaluationTask, planEvaluation } from './plan.ts';
import { runTask, type TaskResult } from './run-task.ts';
import { simulatedLabel, simulatedTrials } from './simulated-trials.ts';
import { noiseInPlaceOf, withStandIn } from './table-controls.ts';

const label = { name: simulatedLabel };
const settings: Partial<NetworkSettings> = { passes: 1, batchSize: 16, transformer: { dModel: 8, depth: 1, nHeads: 1, dHead: 8 } };
const withNoise = (table: EvaluationData['table']): EvaluationData => ({
  table,
  noise: [noiseInPlaceOf(table, 1), noiseInPlaceOf(table, 2)],
});
const plan = (data: EvaluationData) =>
  planEvaluation(data, {
    title: 't',
    protocols: ['libeer/by-subject', 'paper:rbtransformer'],
    normalisations: ['none'],
    ablate: true,
    settings,
    environment: {},
  });

let engine: TfjsEngine;
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
});

/** Runs the first fold of one network. */
const run = (data: EvaluationData, entrant: string, protocol = 'libeer/by-subject'): Promise<TaskResult> => {
  const whole = plan(data);
  return runTask(whole, whole.tasks.find((task: EvaluationTask) => task.entrant === entrant && task.protocol === protocol)!, data, engine);
};

describe('the electrode transformer in an evaluation', () => {
  let data: EvaluationData;
  beforeAll(async () => {
    const trials = simulatedTrials({ people: 5, sessions: 1, trialsEach: 4, trialSec: 6, seed: 1 }, 'eeg');
    data = withNoise(await eegTable(trials, { name: 's', description: 's', label, recipe: 'rbtransformer' }));
  }, 60_000);

  test.each(['electrode transformer', 'electrode transformer, no attention', 'electrode transformer, no identity'])(
    '%s answers every test window, the same twice, chosen on the validation part and fitted on no test window',
    async (entrant) => {
      const result = await run(data, entrant);
      const [{ rows, probabilities, chosen }] = result.folds;
      expect(probabilities).toHaveLength(2 * rows.length);
      for (let i = 0; i < rows.length; i++) expect(probabilities![2 * i] + probabilities![2 * i + 1]).toBeCloseTo(1, 4);
      expect(chosen).toEqual({ passes: 1 });
      expect(result.fitted.map(({ what, nTestRows }) => [what, nTestRows])).toEqual([
        ['network', 0],
        ['choice of the pass', 0],
      ]);
      expect(await run(data, entrant)).toEqual(result);
    },
    60_000,
  );

  test('without attention or identity it is another network', async () => {
    const answers = await Promise.all(
      ['electrode transformer', 'electrode transformer, no attention', 'electrode transformer, no identity'].map(async (entrant) =>
        JSON.stringify((await run(data, entrant)).folds[0].probabilities),
      ),
    );
    expect(new Set(answers).size).toBe(3);
  }, 60_000);

  test('as published it balances by SMOTE on the training fold, which is on record', async () => {
    const { fitted } = await run(data, 'electrode transformer', 'paper:rbtransformer');
    expect(fitted.find(({ what }) => what === 'SMOTE')).toMatchObject({ nTestRows: 0, usesLabels: true });
  }, 60_000);

  test('needs an engine', async () => {
    const whole = plan(data);
    const task = whole.tasks.find(({ entrant }) => entrant === 'electrode transformer')!;
    await expect(runTask(whole, task, data)).rejects.toThrow('needs an engine');
  });
});

describe('networks for skin conductance in an evaluation', () => {
  let data: EvaluationData;
  const resultOf = (entrant: string) => run(data, entrant);
  beforeAll(async () => {
    const trials = simulatedTrials({ people: 5, sessions: 1, trialsEach: 4, trialSec: 75, seed: 1 }, 'eda');
    data = withNoise(withStandIn(await edaTable(trials, { name: 's', description: 's', label, strideSec: 15 }), 3));
  }, 60_000);

  test('the physics network tells label and forecasts, and what it learned', async () => {
    const { folds } = await resultOf('EDA physics');
    expect(folds[0].probabilities).toHaveLength(2 * folds[0].rows.length);
    expect(Object.keys(folds[0].quantities)).toEqual([1, 5, 10, 30].map(forecastName));
    const decay = folds[0].learned['α₀ tonic decay, 1/s'];
    expect(1 / decay).toBeGreaterThan(6);
    expect(folds[0].learned['β sensitivity, levels per unit of arousal']).toBeGreaterThan(0);
  }, 60_000);

  test('with frozen τ the time constants stay at their prior, without physics the forecast is the last value', async () => {
    expect(1 / (await resultOf('EDA physics, frozen τ')).folds[0].learned['α₀ tonic decay, 1/s']).toBeCloseTo(120, 1);
    const { folds } = await resultOf('EDA physics, no physics');
    const last = data.table.quantities.find(({ name }) => name === forecastName(10))!.persistence;
    folds[0].quantities[forecastName(10)].forEach((value, i) => {
      expect(value).toBeCloseTo(last[folds[0].rows[i]], 3);
    });
  }, 60_000);

  test('EDA-only tells no label, emotion-only no conductance', async () => {
    expect((await resultOf('EDA physics, EDA-only')).folds[0].probabilities).toBeUndefined();
    expect((await resultOf('EDA physics, emotion-only')).folds[0].quantities).toEqual({});
  }, 60_000);

  test('the reconstructed network reads the questionnaire where there is one and tells label and conductance', async () => {
    const { folds } = await resultOf('soft residual (reconstructed PINN)');
    expect(folds[0].probabilities!.every((p) => p! >= 0 && p! <= 1)).toBe(true);
    expect(folds[0].quantities[levelName]).toHaveLength(folds[0].rows.length);
    expect(Object.keys(folds[0].learned)).toEqual(['α₀, per trial', '|β|', 'γ, per trial']);
  }, 60_000);

  test('published sizes are the default', () => {
    expect(networkDefaults.transformer).toEqual({ dModel: 128, depth: 4, nHeads: 6, dHead: 32 });
  });
});
