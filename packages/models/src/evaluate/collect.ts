import { ModelError } from '../errors.ts';
import { auditOf, chanceInterval, sharedWithTraining, trialConstants, trialRecognition } from './audit.ts';
import { stimuliInTraining } from './audit-stimuli.ts';
import { balancedAccuracyOf, confusionMatrix } from './class-figures.ts';
import { findEntrant } from './entrants.ts';
import { mergedFacts } from './fitted.ts';
import { foldsOf, leftOut } from './folds.ts';
import type { EvaluationData, EvaluationPlan } from './plan.ts';
import { findProtocol } from './protocols.ts';
import type { ControlReport, DataReport, EntrantReport, EvaluationReport, ProtocolReport } from './report.ts';
import { type TaskResult, tableOfTask } from './run-task.ts';
import { type AnsweredRows, overFolds, rounded, summarise } from './summarise.ts';
import type { EvaluationTable } from './table.ts';

/** Folds of one entrant put together. */
const answered = (results: readonly TaskResult[]): AnsweredRows => {
  const folds = results.flatMap((result) => result.folds).filter(({ rows }) => rows.length > 0);
  const probabilities = folds.every((fold) => fold.probabilities)
    ? Float32Array.from(folds.flatMap((fold) => fold.probabilities ?? []))
    : undefined;
  const names = [...new Set(folds.flatMap((fold) => Object.keys(fold.quantities)))];
  return {
    rows: Int32Array.from(folds.flatMap(({ rows }) => rows)),
    ...(probabilities && { probabilities }),
    quantities: Object.fromEntries(
      names.map((name) => [name, Float32Array.from(folds.flatMap((fold) => fold.quantities[name].map((value) => value ?? Number.NaN)))]),
    ),
  };
};

const entrantReport = (table: EvaluationTable, name: string, results: readonly TaskResult[]): EntrantReport => {
  const { title, kind, reads } = findEntrant(name);
  const folds = results.flatMap((result) => result.folds).filter(({ rows }) => rows.length > 0);
  return {
    entrant: name,
    title,
    kind,
    reads: reads(table),
    ...summarise(table, answered(results)),
    chosen: overFolds(folds.map(({ chosen }) => chosen)),
    learned: overFolds(folds.map(({ learned }) => learned)),
    fitted: mergedFacts(results.flatMap(({ fitted }) => fitted)),
  };
};

const drawOf = (data: EvaluationData, result: TaskResult) => {
  const table = tableOfTask(data, result.task);
  const { rows, probabilities } = answered([result]);
  const truth = Array.from(rows, (row) => table.label.values[row]);
  const nClasses = table.label.classes.length;
  return {
    value: balancedAccuracyOf(confusionMatrix(truth, probabilities!, nClasses)),
    nTrials: new Set(Array.from(rows, (row) => table.trial[row])).size,
    nClasses,
  };
};

const controlReports = (data: EvaluationData, results: readonly TaskResult[]): ControlReport[] =>
  ['labels dealt anew', 'noise'].map((control) => {
    const draws = results.filter(({ task }) => task.control?.startsWith(control)).map((result) => drawOf(data, result));
    const nTrials = Math.min(...draws.map((draw) => draw.nTrials));
    const chance = chanceInterval(nTrials, draws[0].nClasses);
    return {
      control,
      draws: draws.map(({ value }) => rounded(value)),
      chance,
      nTrials,
      isAbove: draws.every(({ value }) => value > chance[1]),
    };
  });

const dataReport = (table: EvaluationTable, sha256: string): DataReport => ({
  name: table.name,
  description: table.description,
  windows: table.nRows,
  subjects: table.subjects.length,
  sessions: table.sessions.length,
  trials: table.trials.length,
  label: table.label.name,
  classes: Object.fromEntries(
    table.label.classes.map((name, k) => [name, table.label.values.reduce((n, value) => n + (value === k ? 1 : 0), 0)]),
  ),
  features: table.features.map(({ spec, origin }) => ({
    name: spec.name,
    unit: spec.unit,
    shape: spec.axes.map(({ labels }) => labels.length),
    origin,
    recipe: spec.recipe,
  })),
  trialConstants: trialConstants(table),
  trialRecognition: trialRecognition(table),
  sha256,
});

/** Inputs that say who and in which condition, whatever the table calls its questionnaires. */
const statesTheLabel = ({ features }: EvaluationTable): string[] => [
  ...features.filter(({ origin }) => origin === 'self-report').map(({ spec }) => spec.name),
  'subject',
  'condition',
];

/**
 * Puts the results of all tasks of a plan together; their order does not matter.
 * @throws ModelError('bad-option') where a result is missing or belongs to another plan, saying which.
 */
export const collect = (plan: EvaluationPlan, data: EvaluationData, results: readonly TaskResult[]): EvaluationReport => {
  const { table } = data;
  const byId = new Map(results.map((result) => [result.task.id, result]));
  const stranger = results.find((result) => result.plan !== plan.sha256);
  if (stranger)
    throw new ModelError(
      'bad-option',
      `The result of task ${stranger.task.id} belongs to another evaluation (other data, settings or engine).`,
    );
  const missing = plan.tasks.filter(({ id }) => !byId.has(id)).map(({ id }) => id);
  if (missing.length > 0) {
    throw new ModelError(
      'bad-option',
      `${missing.length} of ${plan.tasks.length} tasks have no result yet: ${missing.slice(0, 8).join(', ')}${missing.length > 8 ? ' …' : ''}.`,
    );
  }
  const settings = [...new Set(plan.tasks.map(({ protocol, normalisation }) => `${protocol}\0${normalisation}`))];
  const protocols = settings.map((key): ProtocolReport => {
    const [name, normalisation] = key.split('\0');
    const { title, kind } = findProtocol(name);
    const own = plan.tasks.filter((task) => task.protocol === name && task.normalisation === normalisation).map(({ id }) => byId.get(id)!);
    const names = [...new Set(own.filter(({ task }) => task.control === undefined).map(({ task }) => task.entrant))];
    const entrants = names.map((entrant) =>
      entrantReport(
        table,
        entrant,
        own.filter(({ task }) => task.control === undefined && task.entrant === entrant),
      ),
    );
    const folds = foldsOf(findProtocol(name), table);
    const without = leftOut(table, folds);
    return {
      protocol: name,
      title,
      kind,
      normalisation,
      nFolds: folds.length,
      nTestWindows: own[0].folds.reduce((sum, { rows }) => sum + rows.length, 0),
      ...(without.length > 0 && { leftOut: without }),
      audit: auditOf(
        sharedWithTraining(table, folds),
        controlReports(data, own),
        entrants,
        statesTheLabel(table),
        stimuliInTraining(table, folds),
      ),
      entrants,
    };
  });
  return { version: 1, title: plan.title, data: dataReport(table, plan.data), protocols, environment: plan.environment, plan: plan.sha256 };
};
