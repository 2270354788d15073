import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { EvaluationData, TaskResult } from '@affect-edge/models';
import { orCannotWrite } from '../cannot-write.ts';
import { ConfigError } from '../errors.ts';
import { errorText } from '../system-error.ts';
import { writeDurably } from '../write-durably.ts';

/**
 * An evaluation on disk:
 *
 *     data.bin             the windows, so that every worker has the same
 *     plan.txt             sha-256 of the plan: whose results these are
 *     tasks/0007.json      one finished task; written whole or not at all
 *     report.{json,md,html}
 */
const tasksFolder = 'tasks';
const dataFile = 'data.bin';
const planFile = 'plan.txt';

/** Counts up when a table holds something new: data that were kept without it are read anew. 2: what was shown in the trials. */
const dataForm = 2;

/**
 * Writes a file of an evaluation whole or not at all, as `writeDurably` does, also while other processes write the same one.
 * @throws ConfigError('not-found') where the disk refuses, saying why.
 */
export const writeResult = (path: string, content: string | Uint8Array): void =>
  orCannotWrite(path, () => writeDurably(path, content, { temporary: `${path}.${process.pid}.part` }));

/** Creates the folder for a plan, or takes it up where it was left. @throws ConfigError('bad-option') where it holds another evaluation. */
export const openTaskFolder = (folder: string, plan: string): void => {
  orCannotWrite(folder, () => mkdirSync(join(folder, tasksFolder), { recursive: true }));
  const path = join(folder, planFile);
  const before = existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  if (before !== undefined && before !== plan) {
    throw new ConfigError(
      'bad-option',
      `${folder} holds results of another evaluation (other data, settings, engine or version). Remove the folder or name another one as 'out'.`,
    );
  }
  if (before === undefined) writeResult(path, `${plan}\n`);
};

const taskPath = (folder: string, id: number): string => join(folder, tasksFolder, `${String(id).padStart(5, '0')}.json`);

/** Keeps a finished task. */
export const writeTask = (folder: string, result: TaskResult): void =>
  writeResult(taskPath(folder, result.task.id), JSON.stringify(result));

/** Numbers of the finished tasks. */
export const finishedTasks = (folder: string): Set<number> => {
  const path = join(folder, tasksFolder);
  if (!existsSync(path)) return new Set();
  return new Set(readdirSync(path).flatMap((name) => (/^\d{5}\.json$/.test(name) ? [Number(name.slice(0, 5))] : [])));
};

/** A finished task. @throws ConfigError('bad-option') for a file that is damaged, saying what to do. */
export const readTask = (folder: string, id: number): TaskResult => {
  const path = taskPath(folder, id);
  try {
    // 'collect' refuses a result that is not of its plan
    return JSON.parse(readFileSync(path, 'utf8')) as TaskResult;
  } catch (cause) {
    throw new ConfigError(
      'bad-option',
      `${path} is no task result (${errorText(cause)}). Remove it and start again: it will be run anew.`,
      { cause },
    );
  }
};

/** Keeps the data of an evaluation for its workers; `key` says what they were made from. */
export const writeData = (folder: string, key: string, data: EvaluationData): void => {
  mkdirSync(folder, { recursive: true });
  writeResult(join(folder, dataFile), serialize({ form: dataForm, key, data }));
};

/** The data kept for `key`; undefined where there are none, or others. */
export const readData = (folder: string, key?: string): EvaluationData | undefined => {
  const path = join(folder, dataFile);
  if (!existsSync(path)) return undefined;
  try {
    // of this form only if it says so
    const kept = deserialize(readFileSync(path)) as { readonly form?: number; readonly key: string; readonly data: EvaluationData };
    return kept.form === dataForm && (key === undefined || kept.key === key) ? kept.data : undefined;
  } catch {
    // Written by another version of Node, or damaged: made anew.
    return undefined;
  }
};
