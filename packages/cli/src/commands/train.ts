import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EegSimulatedOptions, openEngine, type Progress, saveModel, type TrainedModel, trainEegSimulated } from '@affect-edge/models';
import { say, type Terminal } from '../terminal.ts';
import { readTrainConfig, type TrainConfig } from '../train-config.ts';

export interface TrainOptions {
  readonly json?: boolean;
}

/**
 * Trains what a configuration says and writes weights, card and a log (`training.jsonl`) into its folder. Killed at any point and started again, it goes on
 * from its last checkpoint and ends with the weights of an unbroken run. Ctrl-C saves a checkpoint first.
 */
export const train = async (path: string, { json = false }: TrainOptions, { out, err, stop }: Terminal): Promise<number> => {
  const config = readTrainConfig(path);
  const engine = await openEngine();
  mkdirSync(config.out, { recursive: true });
  const folder = config.out;
  const checkpointPath = join(folder, 'checkpoint.safetensors');
  const { name, version, backend } = engine.info();
  say(err, `Engine  ${name} ${version} (${backend})`);
  if (existsSync(checkpointPath)) say(err, 'Goes on from the last checkpoint.');
  let since: { readonly step: number; readonly at: number } | undefined;
  const onProgress = (progress: Progress): void => {
    appendFileSync(join(folder, 'training.jsonl'), `${JSON.stringify(progress)}\n`);
    if (json) say(out, JSON.stringify(progress));
    since ??= { step: progress.step, at: performance.now() };
    const secondsAStep = (performance.now() - since.at) / 1000 / Math.max(1, progress.step - since.step);
    const line = progressLine(progress, secondsAStep);
    if (err.isTTY === true) err.write(`\r\x1b[K${line}`);
    else if (progress.metrics !== undefined) say(err, line);
  };
  const trained = await recipe(config)(engine, { onProgress, signal: stop, checkpointPath });
  if (err.isTTY === true) err.write('\r\x1b[K');
  if (trained.ended === 'aborted') {
    say(err, `Stopped; the same command goes on from here (${folder}).`);
    return 1;
  }
  const card = saveModel(folder, trained.card, trained.weights);
  say(json ? err : out, `Wrote ${card.name} ${card.version} to ${folder}; sha256 ${card.sha256.slice(0, 12)}.`);
  for (const { metric, value, interval95, protocol, baselines } of card.evaluation) {
    const interval = interval95 === undefined ? '' : ` [${interval95.join(', ')}]`;
    const beside = Object.entries(baselines).map(([baseline, score]) => `${baseline} ${score}`);
    say(json ? err : out, `  ${metric} ${value}${interval} (${beside.join(', ')}): ${protocol}`);
  }
  return 0;
};

type Recipe = (
  engine: Awaited<ReturnType<typeof openEngine>>,
  watch: Pick<EegSimulatedOptions, 'onProgress' | 'signal' | 'checkpointPath'>,
) => Promise<TrainedModel>;

const recipe = ({ recipe: name, out: _, ...numbers }: TrainConfig): Recipe => {
  switch (name) {
    case 'eeg-simulated':
      return (engine, watch) => trainEegSimulated(engine, { ...numbers, ...watch });
  }
};

/** One line on where a training is: step, loss, the held-out figures where a pass has ended, time left. */
export const progressLine = ({ step, steps, pass, passes, loss, metrics }: Progress, secondsAStep: number): string => {
  const left = Math.round((steps - step) * secondsAStep);
  const figures = Object.entries(metrics ?? {}).map(([name, value]) => `held-out ${name} ${value.toFixed(3)}`);
  const minutes = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return [`pass ${pass + 1}/${passes}`, `step ${step}/${steps}`, `loss ${loss.toFixed(4)}`, ...figures, `${minutes} left`].join('  ');
};
