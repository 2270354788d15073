import type { TfjsEngine } from '../engines/engine.ts';
import { ModelError } from '../errors.ts';
import type { Answers } from './entrant.ts';
import { findEntrant } from './entrants.ts';
import { type Fitted, mergedFacts, openLedger } from './fitted.ts';
import { foldsOf } from './folds.ts';
import { type Normalisation, normalised, parseNormalisation } from './normalise.ts';
import type { Control, EvaluationData, EvaluationPlan, EvaluationTask } from './plan.ts';
import { findProtocol } from './protocols.ts';
import { type EvaluationTable, rowFeatures } from './table.ts';
import { withShuffledLabels } from './table-controls.ts';

/** What one fold gave. */
export interface FoldResult {
  /** Test rows that were scored. */
  readonly rows: readonly number[];
  /** (nRows, nClasses), six digits. */
  readonly probabilities?: readonly number[];
  /** null where there is no number. */
  readonly quantities: Readonly<Record<string, readonly (number | null)[]>>;
  readonly chosen: Readonly<Record<string, number>>;
  readonly learned: Readonly<Record<string, number>>;
}

/** What a task gave: plain JSON, the same wherever it ran. */
export interface TaskResult {
  readonly plan: string;
  readonly task: EvaluationTask;
  readonly folds: readonly FoldResult[];
  readonly fitted: readonly Fitted[];
}

/** Six digits: what a Float32 holds, and text stays short. */
const short = (value: number): number => Number(value.toPrecision(6));

/** The table that a task is about. */
export const tableOfTask = ({ table, noise }: EvaluationData, { control }: EvaluationTask): EvaluationTable => {
  const tables: Readonly<Record<Control, () => EvaluationTable>> = {
    'noise, 1': () => noise[0],
    'noise, 2': () => noise[1],
    'labels dealt anew, 1': () => withShuffledLabels(table, 101),
    'labels dealt anew, 2': () => withShuffledLabels(table, 202),
  };
  return control === undefined ? table : tables[control]();
};

/** Noise sessions are short: their baseline is the first quarter at most. */
const fittingTo = (normalisation: Normalisation, { session, tmin, tmax, sessions }: EvaluationTable): Normalisation => {
  if (normalisation.kind !== 'causal-baseline') return normalisation;
  let shortest = Number.POSITIVE_INFINITY;
  for (let s = 0; s < sessions.length; s++) {
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    session.forEach((own, row) => {
      if (own === s) [from, to] = [Math.min(from, tmin[row]), Math.max(to, tmax[row])];
    });
    shortest = Math.min(shortest, to - from);
  }
  return { ...normalisation, minutes: Math.min(normalisation.minutes, shortest / 4 / 60) };
};

/** @throws ModelError where an answer is not one probability a class and test row. */
const checked = (answers: Answers, nTest: number, nClasses: number, entrant: string): Answers => {
  const { probabilities } = answers;
  if (probabilities && (probabilities.length !== nTest * nClasses || probabilities.some((value) => !Number.isFinite(value)))) {
    throw new ModelError('diverged', `'${entrant}' gave answers that are no probabilities; try a smaller learning rate.`);
  }
  return answers;
};

/**
 * Runs one task. The result depends on the task and the data alone (and on the engine where a network trains): not on the hour, the machine or what
 * ran before.
 * @throws ModelError('no-engine') where a network is to be trained and no engine was given, ModelError('diverged') where it did not converge.
 */
export const runTask = async (
  plan: EvaluationPlan,
  task: EvaluationTask,
  data: EvaluationData,
  engine?: TfjsEngine,
): Promise<TaskResult> => {
  const entrant = findEntrant(task.entrant);
  if (entrant.needsEngine && !engine) throw new ModelError('no-engine', `'${entrant.name}' is a network and needs an engine to train on.`);
  const protocol = findProtocol(task.protocol);
  const table = tableOfTask(data, task);
  const wanted = parseNormalisation(task.normalisation);
  const normalisation = task.control?.startsWith('noise') ? fittingTo(wanted, table) : wanted;
  const rows = rowFeatures(table);
  const every = foldsOf(protocol, table);
  const folds: FoldResult[] = [];
  const fitted: Fitted[] = [];
  for (const position of task.folds) {
    const ledger = openLedger();
    const { rows: ready, fold } = normalised(table, rows, every[position], normalisation, ledger);
    if (fold.test.length === 0 || fold.train.length === 0) {
      folds.push({ rows: [], quantities: {}, chosen: {}, learned: {} });
      continue;
    }
    const contest = { table, protocol, fold, rows: ready, ledger, settings: plan.settings, stream: position, ...(engine && { engine }) };
    const answers = checked(await entrant.run(contest), fold.test.length, table.label.classes.length, entrant.name);
    folds.push({
      rows: Array.from(fold.test),
      ...(answers.probabilities && { probabilities: Array.from(answers.probabilities, short) }),
      quantities: Object.fromEntries(
        Object.entries(answers.quantities ?? {}).map(([name, values]) => [
          name,
          Array.from(values, (value) => (Number.isFinite(value) ? short(value) : null)),
        ]),
      ),
      chosen: answers.chosen ?? {},
      learned: answers.learned ?? {},
    });
    fitted.push(...ledger.facts(fold.test));
  }
  return { plan: plan.sha256, task, folds, fitted: mergedFacts(fitted) };
};
