import { beforeAll, describe, expect, test } from 'vitest';
import { fakeTable } from '../../test/fake-table.ts';
import { collect } from './collect.ts';
import { edaTable, forecastName, levelName } from './eda-table.ts';
import { type EvaluationData, type EvaluationPlan, planEvaluation } from './plan.ts';
import type { EntrantReport, EvaluationReport } from './report.ts';
import { runTask, type TaskResult } from './run-task.ts';
import { simulatedLabel, simulatedTrials } from './simulated-trials.ts';
import { noiseInPlaceOf, withStandIn } from './table-controls.ts';

const data = (() => {
  const table = fakeTable({ subjects: 4, sessions: 2, trials: 6, windows: 3, apart: 2 });
  return { table, noise: [noiseInPlaceOf(table, 1), noiseInPlaceOf(table, 2)] } as const satisfies EvaluationData;
})();
const options = {
  title: 't',
  protocols: ['paper:pinn', 'leave-one-subject-out'],
  normalisations: ['train-fit'],
  environment: { engine: 'none' },
};
const runAll = (plan: EvaluationPlan, of: EvaluationData): Promise<TaskResult[]> =>
  Promise.all(plan.tasks.map((task) => runTask(plan, task, of)));
const figure = (report: EvaluationReport, protocol: string, entrant: string, metric: string): number | undefined =>
  report.protocols
    .find((one) => one.protocol === protocol)!
    .entrants.find((one) => one.entrant === entrant)!
    .figures.find((one) => one.metric === metric)?.value;

describe('an evaluation', () => {
  test('is the same report in whatever order its tasks ran, and after a trip through text', async () => {
    const plan = planEvaluation(data, options);
    const results = await runAll(plan, data);
    const again = JSON.parse(JSON.stringify([...results].reverse())) as TaskResult[];
    expect(JSON.stringify(collect(plan, data, again))).toBe(JSON.stringify(collect(plan, data, results)));
  });

  test('finds a difference that is there, and its figures carry intervals over subjects', async () => {
    const plan = planEvaluation(data, options);
    const report = collect(plan, data, await runAll(plan, data));
    expect(figure(report, 'leave-one-subject-out', 'LDA', 'balanced accuracy')).toBeGreaterThan(0.75);
    expect(figure(report, 'leave-one-subject-out', 'majority', 'balanced accuracy')).toBe(0.5);
    const { figures, subjects, confusion, fitted } = report.protocols[1].entrants.find(({ entrant }) => entrant === 'LDA')!;
    for (const { interval95, value } of figures) {
      expect(interval95![0]).toBeLessThanOrEqual(value);
      expect(interval95![1]).toBeGreaterThanOrEqual(value);
    }
    expect(subjects).toHaveLength(4);
    expect(confusion!.flat().reduce((sum, n) => sum + n, 0)).toBe(data.table.nRows);
    expect(fitted.every(({ nTestRows }) => nTestRows === 0)).toBe(true);
  });

  test('a plan changes with anything that decides the numbers', () => {
    const sha = (change: Partial<typeof options>, of: EvaluationData = data) => planEvaluation(of, { ...options, ...change }).sha256;
    const other = { ...data, table: { ...data.table, label: { ...data.table.label, values: data.table.label.values.map((k) => 1 - k) } } };
    const all = [
      sha({}),
      sha({ protocols: ['paper:pinn'] }),
      sha({ normalisations: ['none'] }),
      sha({ environment: { engine: 'x' } }),
      sha({}, other),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(sha({})).toBe(all[0]);
  });

  test('a missing result and one of another plan are refused', async () => {
    const plan = planEvaluation(data, options);
    const results = await runAll(plan, data);
    expect(() => collect(plan, data, results.slice(1))).toThrow('1 of 18 tasks have no result yet: 0.');
    expect(() => collect(plan, data, [{ ...results[0], plan: 'other' }, ...results.slice(1)])).toThrow('another evaluation');
  });

  test('a network that cannot read the table is refused by name', () => {
    expect(() => planEvaluation(data, { ...options, networks: ['EDA physics'] } as never)).toThrow("'EDA physics' cannot read 'fake'");
    expect(() => planEvaluation(data, { ...options, networks: ['EDA phisics'] } as never)).toThrow('Unknown competitor');
  });
});

describe('skin conductance of simulated wearers', () => {
  let report: EvaluationReport;
  let eda: EvaluationData;
  beforeAll(async () => {
    const trials = simulatedTrials({ people: 4, sessions: 1, trialsEach: 6, trialSec: 100, seed: 2 }, 'eda');
    const table = withStandIn(
      await edaTable(trials, { name: 'simulated', description: 'simulated', label: { name: simulatedLabel }, strideSec: 10 }),
      7,
    );
    eda = { table, noise: [noiseInPlaceOf(table, 1), noiseInPlaceOf(table, 2)] };
    const plan = planEvaluation(eda, { ...options, networks: [] });
    report = collect(plan, eda, await runAll(plan, eda));
  }, 60_000);
  const lookup = 'lookup (subject, condition)';
  const quantity = (protocol: number, name: string, entrant: string, metric: string): number =>
    report.protocols[protocol].entrants
      .find((one: EntrantReport) => one.entrant === entrant)!
      .quantities[name].find((one) => one.metric === metric)!.value;

  test('under a random split the lookup table knows everything without a sensor, left out it knows nothing', () => {
    expect(figure(report, 'paper:pinn', lookup, 'balanced accuracy')).toBe(1);
    expect(figure(report, 'leave-one-subject-out', lookup, 'balanced accuracy')).toBe(0.5);
    expect(quantity(0, levelName, lookup, 'r, all windows together')).toBeGreaterThan(0.8);
    expect(quantity(1, levelName, lookup, 'r, all windows together')).toBeLessThan(0.3);
  });

  test('with the time beside it the table also knows conductance, better than a mean can', () => {
    const pooled = (entrant: string) => quantity(0, levelName, entrant, 'RMSE, µS');
    expect(pooled('lookup (subject, condition, time)')).toBeLessThan(0.7 * pooled(lookup));
    expect(quantity(0, levelName, 'lookup (subject, condition, time)', 'r, all windows together')).toBeGreaterThan(0.95);
  });

  test('the audit names who is told subject and condition', () => {
    expect(report.protocols[0].audit.selfReport).toEqual([
      { entrant: lookup, reads: ['subject', 'condition'] },
      { entrant: 'lookup (subject, condition, time)', reads: ['subject', 'condition'] },
    ]);
    expect(report.data.trialConstants.some((name) => name.startsWith('questionnaire stand-in'))).toBe(true);
  });

  test('persistence has no skill against itself and forecasts better the nearer', () => {
    expect(quantity(1, forecastName(5), 'persistence', 'skill against persistence')).toBe(0);
    expect(quantity(1, forecastName(1), 'persistence', 'RMSE, µS')).toBeLessThan(quantity(1, forecastName(30), 'persistence', 'RMSE, µS'));
    expect(quantity(1, forecastName(1), 'persistence', 'r')).toBeGreaterThan(0.9);
  });

  test('windows lie wholly in one trial, after the rest by which a wearer is known', () => {
    const { tmin, tmax, trial, nRows } = eda.table;
    for (let row = 0; row < nRows; row++) {
      expect(tmax[row] - tmin[row]).toBeCloseTo(60, 6);
      expect(tmax[row]).toBeGreaterThanOrEqual(240);
      if (row > 0 && trial[row] === trial[row - 1]) expect(tmax[row] - tmax[row - 1]).toBeCloseTo(10, 6);
    }
  });
});
