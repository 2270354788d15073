import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import {
  collect,
  type EvaluationData,
  type EvaluationPlanOptions,
  type EvaluationReport,
  findEntrant,
  openEngine,
  planEvaluation,
} from '@affect-edge/models';
import { orCannotWrite } from '../cannot-write.ts';
import { ConfigError } from '../errors.ts';
import { type EvaluateConfig, readEvaluateConfig } from '../evaluate/evaluate-config.ts';
import { evaluationData } from '../evaluate/evaluation-data.ts';
import { figureOf, figureText, mainEntrant, protocolText, stampText } from '../evaluate/figures-text.ts';
import { htmlReport } from '../evaluate/html.ts';
import { markdownReport } from '../evaluate/markdown.ts';
import { runTasks } from '../evaluate/run-tasks.ts';
import { finishedTasks, openTaskFolder, readData, readTask, writeData, writeResult } from '../evaluate/task-folder.ts';
import { say, type Terminal } from '../terminal.ts';
import { version } from '../version.ts';

export interface EvaluateOptions {
  /** Processes; the number of cores when absent. */
  readonly workers?: string;
  /** `i/n`: runs only every n-th task, from the i-th (0 … n−1), and writes no report. */
  readonly task?: string;
  /** Runs nothing; puts together what is there. */
  readonly collect?: boolean;
  readonly ablate?: boolean;
  /** Folder of the corpus, in the place of the configuration's. */
  readonly data?: string;
  /** Folder of the results, in the place of the configuration's. */
  readonly out?: string;
  readonly json?: boolean;
}

const wholeNumber = (text: string, option: string, least: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new ConfigError('bad-option', `${option} must be a whole number from ${least}, got '${text}'.`);
  return value;
};

/** `2/4` → every fourth task from the third. */
const shareOf = (task: string): { readonly index: number; readonly of: number } => {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(task) ?? [];
  if (index === undefined || Number(of) < 1 || Number(index) >= Number(of)) {
    throw new ConfigError('bad-option', `--task must be i/n with i from 0 to n − 1, for instance 0/4, got '${task}'.`);
  }
  return { index: Number(index), of: Number(of) };
};

/** What is in a folder, so that a corpus that changed is read anew: name, size and time of every file. */
const filesOf = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => {
          const { size, mtimeMs } = statSync(join(folder, name));
          return `${name} ${size} ${mtimeMs}`;
        })
    : [];

/** The data of an evaluation, as kept in its folder or read; `keep` keeps there what was read, once it is known that the folder is this evaluation's. */
const dataOf = async (
  config: EvaluateConfig,
  tell: (line: string) => void,
): Promise<{ readonly data: EvaluationData; readonly keep: () => void }> => {
  const { data, label } = config;
  const files = data.corpus === undefined ? [] : filesOf(data.corpus);
  const key = createHash('sha256').update(JSON.stringify({ data, label, version, files })).digest('hex');
  const kept = readData(config.out, key);
  if (kept) return { data: kept, keep: () => {} };
  tell(`Reading ${data.corpus ?? (data.simulated ? 'simulated wearers' : 'noise')} …`);
  const read = await evaluationData(config);
  return { data: read, keep: () => writeData(config.out, key, read) };
};

/** Everything about an evaluation but its results. Opens an engine only where a network will train, to know which. */
export const preparedEvaluation = async (config: EvaluateConfig, ablate: boolean, tell: (line: string) => void) => {
  const { data, keep } = await dataOf(config, tell);
  const options = (environment: Readonly<Record<string, string>>): EvaluationPlanOptions => ({
    title: config.title,
    protocols: config.protocols,
    normalisations: config.normalisations,
    ...(config.networks && { networks: config.networks }),
    ablate,
    // what is not in the file is absent, never undefined
    settings: config.settings as NonNullable<EvaluationPlanOptions['settings']>,
    environment,
  });
  const basics = { affect: version, platform: `${process.platform} ${process.arch}` };
  const needsEngine = planEvaluation(data, options(basics)).tasks.some(({ entrant }) => findEntrant(entrant).needsEngine);
  const engine = needsEngine ? await openEngine(config.engine) : undefined;
  const info = engine?.info();
  const planOptions = options({
    ...basics,
    ...(info && { engine: `${info.name} ${info.version} (${info.backend}), one thread a worker` }),
  });
  return { data, keep, planOptions, plan: planEvaluation(data, planOptions), ...(engine && { engine: engine.name }) };
};

/** Tells how far a run is: rewritten in place on a terminal, a line a tenth elsewhere. */
const progress = (total: number, { err }: Terminal): { readonly done: () => void; readonly end: () => void } => {
  const started = performance.now();
  let done = 0;
  return {
    done: () => {
      done++;
      const left = Math.round(((performance.now() - started) / 1000 / done) * (total - done));
      const line = `${done}/${total} tasks, about ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
      if (err.isTTY === true) err.write(`\r\x1b[K${line}`);
      else if (Math.floor((done * 10) / total) > Math.floor(((done - 1) * 10) / total)) say(err, line);
    },
    end: () => {
      if (err.isTTY === true && done > 0) err.write('\r\x1b[K');
    },
  };
};

/** One line a protocol: stamp, and the main entrant beside the nearest neighbour. */
export const summaryLines = (report: EvaluationReport): string[] =>
  report.protocols.map((protocol) => {
    const main = mainEntrant(protocol);
    const nearest = protocol.entrants.find(({ entrant }) => entrant === '1-NN');
    const told = [main, nearest].flatMap((one) =>
      one ? [`${one.entrant} ${figureText(figureOf(one.figures, 'balanced accuracy'))}`] : [],
    );
    return `${stampText(protocol).padEnd(14)} ${protocolText(protocol)}: balanced accuracy ${told.join(', ')}`;
  });

/**
 * Runs an evaluation, or a share of it, and writes `report.html`, `report.md` and `report.json` into its folder. Every finished task is on disk before
 * the next begins: killed at any point and started again, it goes on, and the report is the same byte for byte as of an unbroken run, of any
 * number of workers, or of shares run elsewhere and collected.
 */
export const evaluate = async (path: string, options: EvaluateOptions, terminal: Terminal): Promise<number> => {
  const { out, err, stop } = terminal;
  const given = readEvaluateConfig(path);
  if (options.data !== undefined && given.data.corpus === undefined) {
    throw new ConfigError('bad-option', `--data names the folder of a corpus, but ${path} takes its data from elsewhere.`);
  }
  const config: EvaluateConfig = {
    ...given,
    ...(options.out !== undefined && { out: resolve(options.out) }),
    ...(options.data !== undefined && { data: { ...given.data, corpus: resolve(options.data) } }),
  };
  const workers = options.workers === undefined ? availableParallelism() : wholeNumber(options.workers, '--workers', 1);
  const share = options.task === undefined ? undefined : shareOf(options.task);
  if (share && options.collect) throw new ConfigError('bad-option', 'Give either --task or --collect: a share writes no report.');
  orCannotWrite(config.out, () => mkdirSync(config.out, { recursive: true }));
  const { data, keep, plan, planOptions, engine } = await preparedEvaluation(config, options.ablate ?? false, (line) => say(err, line));
  openTaskFolder(config.out, plan.sha256);
  keep();
  if (!options.collect) {
    const finished = finishedTasks(config.out);
    const ids = plan.tasks.map(({ id }) => id).filter((id) => (!share || id % share.of === share.index) && !finished.has(id));
    if (finished.size > 0) say(err, `Goes on: ${finished.size} of ${plan.tasks.length} tasks are done.`);
    const watch = progress(ids.length, terminal);
    await runTasks({
      start: { folder: config.out, plan: planOptions, sha256: plan.sha256, ...(engine && { engine }) },
      ids,
      workers,
      onDone: watch.done,
      stop,
    });
    watch.end();
    if (stop.aborted) {
      say(err, `Stopped; the same command goes on from here (${config.out}).`);
      return 1;
    }
    if (share) {
      say(err, `Share ${options.task} is done: ${ids.length} tasks in ${config.out}. When all are there: affect evaluate … --collect`);
      return 0;
    }
  }
  const finished = finishedTasks(config.out);
  const report = collect(
    plan,
    data,
    plan.tasks.filter(({ id }) => finished.has(id)).map(({ id }) => readTask(config.out, id)),
  );
  writeResult(join(config.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeResult(join(config.out, 'report.md'), markdownReport(report));
  writeResult(join(config.out, 'report.html'), htmlReport(report));
  if (options.json) say(out, JSON.stringify(report));
  else for (const line of summaryLines(report)) say(out, line);
  say(options.json ? err : out, `Wrote report.html, report.md and report.json to ${config.out}.`);
  return 0;
};
