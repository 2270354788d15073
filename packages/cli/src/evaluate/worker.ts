import { type EvaluationData, type EvaluationPlan, openEngine, planEvaluation, runTask, type TfjsEngine } from '@affect-edge/models';
import { readData, writeTask } from './task-folder.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** A process that runs tasks of an evaluation, one at a time, and writes each result before it says that it is done. Started by `run-tasks.ts`. */
const tell = (message: FromWorker): void => void process.send?.(message);

let folder = '';
let data: EvaluationData;
let plan: EvaluationPlan;
let engine: TfjsEngine | undefined;

const hear = async (message: ToWorker): Promise<void> => {
  if (message.kind === 'start') {
    folder = message.start.folder;
    data = readData(folder)!;
    plan = planEvaluation(data, message.start.plan);
    if (plan.sha256 !== message.start.sha256)
      throw new Error("The worker was built from other sources than the program; run 'pnpm build'.");
    engine = message.start.engine === undefined ? undefined : await openEngine(message.start.engine);
    tell({ kind: 'ready' });
    return;
  }
  writeTask(folder, await runTask(plan, plan.tasks[message.id], data, engine));
  tell({ kind: 'done', id: message.id });
};

process.on('message', (message: ToWorker) => {
  hear(message).catch((error: Error) => tell({ kind: 'failed', message: error.message }));
});
// A worker without a parent has nobody to work for.
process.on('disconnect', () => process.exit());
