import { historyStatistics } from '@affect-edge/features';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs';
import { type EdaPhysicsShape, edaPhysics, edaPhysicsStart, horizonsSec, weightedMean } from '../eda-physics.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import type { Weights } from '../safetensors.ts';
import { tauPrior } from '../sudomotor.ts';
import type { Trainable } from './fit.ts';

/** Windows to learn from, row by row. NaN says that a target is not known. */
export interface EdaExamples {
  readonly nRows: number;
  /** (nRows, 4, nTimes): values of the feature `eda-course`. */
  readonly course: Float32Array;
  /** (nRows, 7): values of the feature `eda-history`. */
  readonly history?: Float32Array;
  /** Whose window: 0 … nPeople − 1. */
  readonly person: Int32Array;
  /** 1 stress, 0 not. */
  readonly stress: Float32Array;
  /** 0–1. */
  readonly arousal: Float32Array;
  /** (nRows, 4): conductance at each of `horizonsSec` after the window, µS. */
  readonly future: Float32Array;
}

export interface EdaTrainingOptions {
  readonly seed: number;
  /** Weight of each task before it is balanced by its own uncertainty; 0 leaves it out. */
  readonly tasks?: { readonly reconstruction?: number; readonly forecast?: number; readonly stress?: number; readonly arousal?: number };
  /** Learns a sensitivity and a time scale for each training person. */
  readonly personal?: boolean;
  /** Learning-rate factor of encoder and driver, 1 unless given: less than 1 keeps what they learned elsewhere. */
  readonly encoderRate?: number;
  /** Learning-rate factor of the head, 1 unless given. */
  readonly headRate?: number;
  /** Starts from these weights instead of random ones. */
  readonly start?: Weights;
  readonly evaluate?: (predict: (examples: EdaExamples) => EdaPredictions) => Record<string, number>;
}

/** Predictions as arrays, rows as given. */
export interface EdaPredictions {
  readonly stress: Float32Array;
  readonly arousal: Float32Array;
  /** (nRows, 4), µS. */
  readonly forecasts: Float32Array;
}

/** A network being trained. */
export interface EdaTraining extends Trainable {
  readonly predict: (examples: EdaExamples) => EdaPredictions;
  readonly weights: () => Weights;
  /** What was learned of each training person beside the weights, by their number; empty without `personal`. */
  readonly personal: () => { readonly sensitivity: number; readonly timeScale: number }[];
  readonly dispose: () => void;
}

/** Typical change of conductance over each horizon, as a share of the level: makes the four errors comparable. */
const typicalChange = [0.01, 0.03, 0.05, 0.1];
const sparsity = 1e-3;
const steadiness = 1e-2;
const priorWeight = 1e-2;
const sensitivitySpread = 0.5;
const timeScaleSpread = 0.2;
const balanceBound = 3;
/** Time constants learn at a tenth of the rate of the rest; numbers that stand alone faster, they have no neighbours to share the way with. */
const tauRate = 0.1;
const scalarRate = 5;
const scalars = new Set(['driver.rest', 'driver.sensitivity', 'skin.offset', 'forecast.trust']);
const predictRows = 128;

/** Quadratic near zero, linear far away (pseudo-Huber with unit scale). */
const softAbs = (tf: TfjsEngine['tf'], x: Tensor): Tensor => tf.sub(tf.sqrt(tf.add(tf.square(x), 1)), 1);

const notNaN = (values: Float32Array): Float32Array => values.map((value) => (Number.isNaN(value) ? 0 : 1));
const orZero = (values: Float32Array): Float32Array => values.map((value) => (Number.isNaN(value) ? 0 : value));

const pick = (values: Float32Array, rows: ArrayLike<number>, each: number): Float32Array => {
  const out = new Float32Array(rows.length * each);
  for (let i = 0; i < rows.length; i++) out.set(values.subarray(rows[i] * each, (rows[i] + 1) * each), i * each);
  return out;
};

/** The rows with these indices, as examples of their own. */
export const pickExamples = (examples: EdaExamples, rows: ArrayLike<number>): EdaExamples => ({
  nRows: rows.length,
  course: pick(examples.course, rows, examples.course.length / examples.nRows),
  ...(examples.history && { history: pick(examples.history, rows, historyStatistics.length) }),
  person: Int32Array.from({ length: rows.length }, (_, i) => examples.person[rows[i]]),
  stress: pick(examples.stress, rows, 1),
  arousal: pick(examples.arousal, rows, 1),
  future: pick(examples.future, rows, horizonsSec.length),
});

/**
 * The multi-task loss over windows: reconstruction (in standard deviations of the window), forecasts (in typical changes), stress (cross-entropy,
 * classes weighed equally), arousal (1 − concordance), each weighed by a learned uncertainty exp(−s) + s with s in [−3, 3] (Kendall et al. 2018,
 * arXiv:1705.07115); small costs for bursts and for a restless slow arousal; priors on time constants and personal factors.
 */
export const edaTraining = (
  engine: TfjsEngine,
  shape: EdaPhysicsShape,
  examples: EdaExamples,
  options: EdaTrainingOptions,
): EdaTraining => {
  const { tf } = engine;
  const { nTimes } = shape;
  const { seed, personal = false, encoderRate = 1, headRate = 1, evaluate } = options;
  const network = edaPhysics(engine, shape);
  const start = options.start ?? edaPhysicsStart(shape, seed);
  const parameters = new Map([...start].map(([name, { shape: size, data }]) => [name, tf.variable(tf.tensor(data.slice(), [...size]))]));
  const nPeople = examples.person.reduce((most, person) => Math.max(most, person + 1), 0);
  const balance = tf.variable(tf.zeros([4]));
  const factors = personal ? tf.variable(tf.zeros([nPeople, 2])) : undefined;
  const { reconstruction = 1, forecast = 1, stress = 1, arousal = 1 } = options.tasks ?? {};

  const nStress = examples.stress.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  const nCalm = examples.stress.reduce((sum, label) => sum + (label === 0 ? 1 : 0), 0);
  const classWeight = [(nStress + nCalm) / (2 * Math.max(1, nCalm)), (nStress + nCalm) / (2 * Math.max(1, nStress))];

  const inputs = (batch: EdaExamples) => ({
    course: tf.tensor3d(batch.course, [batch.nRows, 4, nTimes]) as Tensor3D,
    ...(shape.usesHistory && batch.history && { history: tf.tensor2d(batch.history, [batch.nRows, historyStatistics.length]) }),
  });

  const rateOf = (name: string): number => {
    if (name === 'sudomotor.raw') return tauRate;
    if (scalars.has(name)) return scalarRate;
    return name.startsWith('head.') ? headRate : encoderRate;
  };

  const loss: Trainable['loss'] = (rows, { random }) =>
    tf.tidy(() => {
      const batch = pickExamples(examples, rows);
      const given = inputs(batch);
      const log = factors && (tf.matMul(tf.oneHot(tf.tensor1d(batch.person, 'int32'), nPeople).toFloat(), factors) as Tensor2D); // (nRows, 2)
      const [eta, logScale] = log ? (tf.split(log, 2, 1) as [Tensor2D, Tensor2D]) : [undefined, undefined];
      const out = network.forward(
        parameters,
        { ...given, ...(eta && { sensitivity: tf.exp(eta) as Tensor2D }), ...(logScale && { timeScale: tf.exp(logScale) as Tensor2D }) },
        random,
      );
      const [, , valid, microsiemens] = tf.unstack(given.course, 1) as Tensor2D[];

      const restlessness = tf.add(
        tf.sqrt(tf.mean(tf.square(tf.sub(microsiemens, tf.mean(microsiemens, 1, true))), 1, true)),
        tf.mul(out.gain, 0.01),
      );
      const errors = tf.div(tf.sub(out.reconstruction, microsiemens), restlessness);
      const reconstructionLoss = weightedMean(tf, softAbs(tf, errors), valid);

      const ahead = tf.div(
        tf.sub(out.forecasts, tf.tensor2d(orZero(batch.future), [batch.nRows, horizonsSec.length])),
        tf.mul(out.gain, tf.tensor2d([typicalChange])),
      );
      const forecastLoss = weightedMean(tf, softAbs(tf, ahead), tf.tensor2d(notNaN(batch.future), [batch.nRows, horizonsSec.length]));

      const label = tf.tensor1d(orZero(batch.stress));
      const crossEntropy = tf.sub(tf.softplus(out.stressLogit), tf.mul(label, out.stressLogit));
      const labelled = batch.stress.map((value) => (Number.isNaN(value) ? 0 : classWeight[value]));
      const stressLoss = weightedMean(tf, crossEntropy, tf.tensor1d(labelled));

      const arousalLoss = tf.sub(1, concordance(tf, tf.sigmoid(out.arousalLogit), batch.arousal));

      const tasks = [reconstructionLoss, forecastLoss, stressLoss, arousalLoss];
      const weights = [reconstruction, forecast, batch.stress.some((value) => !Number.isNaN(value)) ? stress : 0, arousal];
      const s = tf.unstack(tf.clipByValue(balance, -balanceBound, balanceBound));
      let total: Tensor = tf.add(
        tf.mul(tf.mean(out.bursts), sparsity),
        tf.mul(
          tf.mean(tf.abs(tf.sub(tf.slice(out.slow, [0, 1], [-1, nTimes - 1]), tf.slice(out.slow, [0, 0], [-1, nTimes - 1])))),
          steadiness,
        ),
      );
      total = tf.add(total, tf.mul(tauPrior(tf, out.taus), priorWeight));
      if (log) {
        const spread = tf.tensor2d([[1 / (2 * sensitivitySpread ** 2), 1 / (2 * timeScaleSpread ** 2)]]);
        total = tf.add(total, tf.mul(tf.mean(tf.mul(tf.square(log), spread)), priorWeight));
      }
      tasks.forEach((task, i) => {
        if (weights[i] > 0) total = tf.add(total, tf.mul(tf.add(tf.mul(tf.exp(tf.neg(s[i])), task), s[i]), weights[i]));
      });
      return tf.sum(total) as Scalar;
    });

  const predict = (all: EdaExamples): EdaPredictions => {
    const out = { stress: new Float32Array(all.nRows), arousal: new Float32Array(all.nRows), forecasts: new Float32Array(all.nRows * 4) };
    for (let from = 0; from < all.nRows; from += predictRows) {
      const rows = Array.from({ length: Math.min(predictRows, all.nRows - from) }, (_, i) => from + i);
      tf.tidy(() => {
        const { stressLogit, arousalLogit, forecasts } = network.forward(parameters, inputs(pickExamples(all, rows)));
        out.stress.set(tf.sigmoid(stressLogit).dataSync() as Float32Array, from);
        out.arousal.set(tf.sigmoid(arousalLogit).dataSync() as Float32Array, from);
        out.forecasts.set(forecasts.dataSync() as Float32Array, from * 4);
      });
    }
    return out;
  };

  const variables: Variable[] = [...parameters.values(), balance, ...(factors ? [factors] : [])];
  return {
    variables,
    rates: [...[...parameters.keys()].map(rateOf), ...variables.slice(parameters.size).map(() => 1)],
    nExamples: examples.nRows,
    loss,
    predict,
    ...(evaluate && { evaluate: () => evaluate(predict) }),
    weights: () =>
      new Map(
        [...parameters].map(([name, variable]) => [name, { shape: variable.shape, data: variable.dataSync().slice() as Float32Array }]),
      ),
    personal: () => {
      const logs = factors?.dataSync() ?? [];
      return Array.from({ length: logs.length / 2 }, (_, p) => ({
        sensitivity: Math.exp(logs[2 * p]),
        timeScale: Math.exp(logs[2 * p + 1]),
      }));
    },
    dispose: () => {
      network.dispose();
      for (const variable of variables) variable.dispose();
    },
  };
};

/** Lin's concordance of predictions (nRows) with targets, over the rows that have one; 1 where none has. */
const concordance = (tf: TfjsEngine['tf'], predicted: Tensor, targets: Float32Array): Scalar => {
  const known = tf.tensor1d(notNaN(targets));
  const target = tf.tensor1d(orZero(targets)) as Tensor1D;
  if (!targets.some((value) => !Number.isNaN(value))) return tf.scalar(1);
  const [meanP, meanT] = [weightedMean(tf, predicted, known), weightedMean(tf, target, known)];
  const [p, t] = [tf.sub(predicted, meanP), tf.sub(target, meanT)];
  const covariance = weightedMean(tf, tf.mul(p, t), known);
  const spread = tf.add(weightedMean(tf, tf.square(p), known), weightedMean(tf, tf.square(t), known));
  return tf.div(tf.mul(covariance, 2), tf.add(tf.add(spread, tf.square(tf.sub(meanP, meanT))), 1e-6));
};
