import { rmSync } from 'node:fs';
import { type EdaPhysicsShape, edaPhysicsStart, horizonsSec } from '../eda-physics.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import type { Classifier } from '../evaluate/baselines.ts';
import type { Weights, WeightTensor } from '../safetensors.ts';
import { stressByPerson } from './eda-evaluate.ts';
import { foldsFile } from './eda-folds.ts';
import { type LearnedLaw, learnedLaw } from './eda-learned.ts';
import { type EdaPredictions, type EdaTraining, edaTraining, pickExamples } from './eda-physics.ts';
import { fitRivals, type Rival, rivals } from './eda-rivals.ts';
import type { StressPredictRecipe, StressPredictTable } from './eda-stress-predict.ts';
import { edaSummary } from './eda-summary.ts';
import { type FitResult, fit } from './fit.ts';
import { cosine } from './schedule.ts';
import { keptRun, type TrainingRun } from './training-run.ts';

const batchSize = 32;

/** Rows of a table whose person and time are wanted. */
export const rowsWhere = ({ examples, tmax }: StressPredictTable, keep: (person: number, tmax: number) => boolean): number[] =>
  Array.from(tmax.keys()).filter((i) => keep(examples.person[i], tmax[i]));
export const onStride = (seconds: number, strideSec: number): boolean => Math.round(seconds) % strideSec === 0;

/** Random weights whose stress head is a linear classifier of the readable numbers, and nothing else yet; `classifier` must be a linear one. */
export const linearStart = (shape: EdaPhysicsShape, seed: number, classifier: Classifier): Weights => {
  const start = edaPhysicsStart(shape, seed);
  const { weights, bias } = classifier.linear!;
  const direct = start.get('head.direct.w')!.data;
  for (const [i, weight] of weights.entries()) direct[2 * i] = weight;
  start.get('head.1.w')!.data.fill(0);
  start.get('head.1.b')!.data[0] = bias;
  return start;
};

/** One training among those of a run. */
export interface Part {
  /** Short and without blanks, for its checkpoint. */
  readonly key: string;
  /** Its name in the log: `without S02 (1 of 11)`. */
  readonly name: string;
  /** Rows to learn from. */
  readonly rows: readonly number[];
  /** Rows whose stress is told after each pass; nothing is chosen by it. */
  readonly held?: readonly number[];
  /** Steps of the parts before it, and of all. */
  readonly before: number;
  readonly steps: number;
}

/** A run of several trainings. */
export interface PartsRun extends TrainingRun {
  /** Everything else that decides the outcome, for the checkpoints. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Each part has a checkpoint of its own: a kill between two of them leaves nothing that the next one would stumble over. */
const checkpointOf = (path: string, key: string): string => `${path}.${key}`;

/** Optimiser steps over so many rows. */
export const stepsOver = (rows: readonly number[], { passes }: StressPredictRecipe): number => passes * Math.ceil(rows.length / batchSize);

/** Trains the network on one part's rows, beginning as the linear discriminant of the same rows. Dispose of the training when done. */
export const trainPart = async (
  engine: TfjsEngine,
  { examples }: StressPredictTable,
  recipe: StressPredictRecipe,
  linear: Classifier,
  { key, name, rows, held, before, steps }: Part,
  { settings = {}, onProgress, checkpointPath, ...run }: PartsRun,
): Promise<{ readonly training: EdaTraining; readonly ended: FitResult['ended']; readonly clear: () => void }> => {
  const { shape, passes, learningRate, weightDecay, headRate, seed } = recipe;
  const heldOut = held && pickExamples(examples, held);
  const training = edaTraining(engine, shape, pickExamples(examples, rows), {
    seed,
    personal: true,
    tasks: { arousal: 0 },
    start: linearStart(shape, seed, linear),
    headRate,
    ...(heldOut && {
      evaluate: (predict) => ({ balancedAccuracy: stressByPerson(heldOut, predict(heldOut).stress)[0]?.balancedAccuracy ?? Number.NaN }),
    }),
  });
  const kept = keptRun(
    {
      ...run,
      ...(checkpointPath !== undefined && { checkpointPath: checkpointOf(checkpointPath, key) }),
      ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, part: name, step: before + progress.step, steps }) }),
    },
    { ...settings, part: key },
  );
  const { ended } = await fit(engine, training, {
    passes,
    batchSize,
    learningRate,
    weightDecay,
    schedule: cosine({ floor: 0.02, warmUp: 0.05 }),
    clipNorm: 1,
    seed,
    ...kept.options,
  });
  return { training, ended, clear: kept.clear };
};

/** What leaving one person out gave. */
export interface LeaveOneOut {
  readonly ended: 'complete' | 'aborted';
  readonly predictions: EdaPredictions;
  readonly rivals: Readonly<Record<Rival, Float32Array>>;
  /** What each fold's network learned of the law. */
  readonly laws: readonly LearnedLaw[];
  /** Removes what was kept, when the run is over. */
  readonly clear: () => void;
}

const flat = (data: Float32Array): WeightTensor => ({ shape: [data.length], data });

/**
 * Leaves each person out once: the network and its rivals are trained on the others and answer for this one. Nothing of a person is on both sides:
 * scalers, class weights and the rivals' regularisation are fitted inside the fold, and a person's history is their own past. With a `checkpointPath`
 * the folds that are done are kept beside it, so that a killed run goes on where it was; `stepsAfter` are those of a training that follows, for the progress.
 */
export const leaveOneOut = async (
  engine: TfjsEngine,
  table: StressPredictTable,
  recipe: StressPredictRecipe,
  run: PartsRun = {},
  stepsAfter = 0,
): Promise<LeaveOneOut> => {
  const { examples, names } = table;
  const n = examples.nRows;
  const summary = edaSummary(examples);
  const file = foldsFile(run.checkpointPath && `${run.checkpointPath}.folds`, run.settings ?? {});
  const folds = names.map((name, out) => ({
    name,
    test: rowsWhere(table, (person) => person === out),
    learn: rowsWhere(table, (person, tmax) => person !== out && onStride(tmax, recipe.strideSec)),
  }));
  const steps = folds.reduce((sum, { learn }) => sum + stepsOver(learn, recipe), stepsAfter);
  let before = 0;
  let ended: LeaveOneOut['ended'] = 'complete';
  for (const [k, { name, test, learn }] of folds.entries()) {
    if (!file.done.has(name)) {
      const fitted = fitRivals(examples, learn);
      const part: Part = { key: name, name: `without ${name} (${k + 1} of ${names.length})`, rows: learn, held: test, before, steps };
      const { training, ended: how, clear } = await trainPart(engine, table, recipe, fitted.LDA, part, run);
      if (how === 'aborted') {
        training.dispose();
        ended = 'aborted';
        break;
      }
      const { stress, forecasts } = training.predict(pickExamples(examples, test));
      const law = [...training.weights()].filter(([weight]) => ['sudomotor.raw', 'driver.sensitivity'].includes(weight));
      const answers = rivals.map((rival) => [rival, flat(Float32Array.from(test, (i) => fitted[rival](summary[i])))] as const);
      file.save(name, new Map([['stress', flat(stress)], ['forecasts', flat(forecasts)], ...answers, ...law]));
      training.dispose();
      clear();
    } else if (run.checkpointPath !== undefined) rmSync(checkpointOf(run.checkpointPath, name), { force: true });
    before += stepsOver(learn, recipe);
  }
  /** One array of all folds, each row's `each` numbers in its place. */
  const joined = (array: string, each = 1): Float32Array => {
    const whole = new Float32Array(n * each);
    for (const { name, test } of folds) {
      const got = file.done.get(name)?.get(array)?.data;
      if (got) for (const [k, i] of test.entries()) whole.set(got.subarray(k * each, (k + 1) * each), i * each);
    }
    return whole;
  };
  return {
    ended,
    predictions: { stress: joined('stress'), arousal: new Float32Array(n), forecasts: joined('forecasts', horizonsSec.length) },
    rivals: { majority: joined('majority'), LDA: joined('LDA'), 'logistic regression': joined('logistic regression') },
    clear: file.clear,
    laws: folds.flatMap(({ name }) => (file.done.has(name) ? [learnedLaw(file.done.get(name)!)] : [])),
  };
};
