import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  openEngine,
  type Progress,
  saveModel,
  type TfjsEngine,
  type Trained,
  type TrainingRun,
  trainEegSimulated,
  trainSimulatedEda,
  trainStressPredict,
} from '@affect-edge/models';
import { cannotWrite, orCannotWrite } from '../cannot-write.ts';
import { errorCode } from '../system-error.ts';
import { say, type Terminal } from '../terminal.ts';
import { readTrainConfig, type TrainConfig } from '../train-config.ts';

export interface TrainOptions {
  readonly json?: boolean;
}

const checkpointName = 'checkpoint';

/**
 * Trains what a configuration says and writes weights, ONNX file, card and a log (`training.jsonl`) into its folder. Killed at any point and started again, it
 * goes on from its last checkpoint and ends with the weights of an unbroken run. Ctrl-C saves a checkpoint first.
 */
export const train = async (path: string, { json = false }: TrainOptions, { out, err, stop }: Terminal): Promise<number> => {
  const config = readTrainConfig(path);
  const engine = await openEngine();
  const folder = config.out;
  orCannotWrite(folder, () => mkdirSync(folder, { recursive: true }));
  const { name, version, backend } = engine.info();
  say(err, `Engine  ${name} ${version} (${backend})`);
  if (readdirSync(folder).some((file) => file.startsWith(checkpointName))) say(err, 'Goes on from the last checkpoint.');
  const logPath = join(folder, 'training.jsonl');
  const log = (entry: object): void => {
    const line = JSON.stringify(entry);
    orCannotWrite(logPath, () => appendFileSync(logPath, `${line}\n`));
    if (json) say(out, line);
  };
  let since: { readonly step: number; readonly at: number } | undefined;
  const onProgress = (progress: Progress): void => {
    log(progress);
    since ??= { step: progress.step, at: performance.now() };
    const secondsAStep = (performance.now() - since.at) / 1000 / Math.max(1, progress.step - since.step);
    const line = progressLine(progress, secondsAStep);
    if (err.isTTY === true) err.write(`\r\x1b[K${line}`);
    else if (progress.metrics !== undefined) say(err, line);
  };
  const trained = await started(engine, config, { onProgress, signal: stop, checkpointPath: join(folder, checkpointName) }).catch(
    (error) => {
      // its checkpoints are all that a training itself writes
      throw ['ENOSPC', 'EDQUOT', 'EROFS'].includes(errorCode(error) ?? '') ? cannotWrite(folder, error) : error;
    },
  );
  if (err.isTTY === true) err.write('\r\x1b[K');
  if (trained.ended === 'aborted') {
    say(err, `Stopped; the same command goes on from here (${folder}).`);
    return 1;
  }
  const card = orCannotWrite(folder, () => saveModel(folder, trained.card, trained.weights));
  log({ ended: trained.ended, sha256: card.sha256, evaluation: card.evaluation });
  const screen = json ? err : out;
  say(screen, `Wrote ${card.name} ${card.version} to ${folder}; sha256 ${card.sha256.slice(0, 12)}.`);
  for (const { metric, value, interval95, protocol, baselines } of card.evaluation) {
    const interval = interval95 === undefined ? '' : ` [${interval95.map(digits).join(', ')}]`;
    const beside = Object.entries(baselines).map(([baseline, score]) => `${baseline} ${digits(score)}`);
    say(screen, `  ${metric} ${digits(value)}${interval} (${beside.join(', ')}): ${protocol}`);
  }
  return 0;
};

const digits = (value: number): string => String(Number(value.toPrecision(4)));

/** The values that were given. The compiler forgets the names of what goes through a list of entries. */
const given = <T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Starts the training of a configuration; what it does not name is as the recipe has it. */
const started = (engine: TfjsEngine, config: TrainConfig, run: TrainingRun): Promise<Trained> => {
  const { seed, passes } = config;
  switch (config.recipe) {
    case 'eeg-simulated': {
      const { people, preset, batch_size: batchSize, learning_rate: learningRate, normalisation, balance } = config;
      const [train, validate, test] = people ?? [];
      return trainEegSimulated(
        engine,
        {
          ...given({ seed, preset }),
          ...(train !== undefined && { people: [train, validate, test] as const }),
          recipe: given({ passes, batchSize, learningRate, normalisation, balance }),
        },
        run,
      );
    }
    case 'eda-simulated': {
      const { people, test_people: testPeople, seconds, batch_size: batchSize } = config;
      return trainSimulatedEda(engine, given({ seed, passes, people, testPeople, seconds, batchSize }), run);
    }
    case 'eda-stress-predict':
      return trainStressPredict(engine, config.data, given({ seed, passes }), run);
  }
};

/** One line on where a training is: step, loss, the held-out figures where a pass has ended, time left. */
export const progressLine = ({ part, step, steps, pass, passes, loss, metrics }: Progress, secondsAStep: number): string => {
  const left = Math.round((steps - step) * secondsAStep);
  const figures = Object.entries(metrics ?? {}).map(([name, value]) => `held-out ${name} ${value.toFixed(3)}`);
  const minutes = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  const where = [...(part === undefined ? [] : [part]), `pass ${pass + 1}/${passes}`, `step ${step}/${steps}`];
  return [...where, `loss ${loss.toFixed(4)}`, ...figures, `${minutes} left`].join('  ');
};
