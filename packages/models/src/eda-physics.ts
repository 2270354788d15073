import { historyStatistics, sudomotorPeakHeight, sudomotorTimes } from '@affect-edge/features';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { type EncoderShape, edaEncoder, encoderWeights } from './eda-encoder.ts';
import type { Parameters } from './electrode-transformer.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { layersOn } from './layers.ts';
import { conductance, rawTaus, sudomotorAhead, sudomotorScan, tausOf, tonicShare } from './sudomotor.ts';
import { randomNormal, randomStream } from './train/random.ts';

/**
 * The multi-task physics network for skin conductance: how firmly the sweat nerve fires, what the skin makes of it, what it will do next, and
 * whether this looks like stress. After N. Mandal (2025), arXiv:2505.18169, of which only the abstract is published in readable form; what
 * differs is deliberate. Its soft residual is kept apart in `eda-pinn.ts`.
 *
 *     course ─ encoder ─┬─ slow arousal a ─┐
 *                       └─ sparse bursts p ─┴─ u ─ three-state layer ─ conductance, forecasts
 *                       └─ pooled, with a, p and the states ─ head ─ stress, arousal
 *
 * | paper | here | unit |
 * | --- | --- | --- |
 * | α₀, decay rate | 1/τ_tonic and 1/τ_phasic, from `sudomotor.raw` by `tausOf` | 1/s |
 * | β, emotional sensitivity | `driver.sensitivity`: rise of the settled level per unit of slow arousal, in levels of the window; times the gain: µS | 1 |
 * | γ, time scaling | `rows.timeScale`: every τ of a person is τ/γ | 1 |
 * | self-reports (PANAS, SAM) as inputs | none: a device does not have them, and they state the label |
 *
 * Why these numbers can be told apart: the gain of a person is not learned but taken from the window (its mean above the offset), so gain and
 * driver cannot trade; the offset lies between 0 and the window's minimum; the layer starts settled at the first sample, so the start is not
 * free; the slow arousal passes a 0.02 Hz low-pass and bursts come at most twice a second, cost and cannot be negative, so neither can play the
 * other's part; χ is fixed. γ is free only within people seen in training and has a prior.
 */
export interface EdaPhysicsShape {
  readonly encoder: EncoderShape;
  /** Samples in a course, four a second. */
  readonly nTimes: number;
  readonly headWidth: number;
  readonly dropout: number;
  /** 1 where the wearer's history is given (`eda-history`), 0 where the network must do without. */
  readonly usesHistory: 0 | 1;
}

/** About 8 000 weights and 7 000 multiplications a sample. */
export const edaPhysicsDefaults: EdaPhysicsShape = {
  encoder: { nInputs: 4, width: 32, kernel: 5, dilations: [1, 3, 9, 27] },
  nTimes: 240,
  headWidth: 32,
  dropout: 0.2,
  usesHistory: 0,
};

/** Step of the courses, s. */
export const stepSec = 0.25;
/** How far the forecasts look, s. */
export const horizonsSec = [1, 5, 10, 30] as const;

/** What goes in. Rows are windows. */
export interface EdaPhysicsRows {
  /** (nRows, 4, nTimes): `level`, `change`, `valid`, `microsiemens` of the feature `eda-course`. */
  readonly course: Tensor3D;
  /** (nRows, 7): the feature `eda-history`; required where `usesHistory`. */
  readonly history?: Tensor2D;
  /** (nRows, 1): factor of the sensitivity, exp(η); 1 where absent. */
  readonly sensitivity?: Tensor2D;
  /** (nRows, 1): γ; 1 where absent. */
  readonly timeScale?: Tensor2D;
}

/** What comes out. */
export interface EdaPhysicsOutputs {
  /** (nRows, nTimes), 0–1: slow arousal that drives the tonic level. */
  readonly slow: Tensor2D;
  /** (nRows, nTimes / 2): size of the burst that may start at each half second, in levels of the window. */
  readonly bursts: Tensor2D;
  /** (nRows, nTimes, 3) in levels of the window. */
  readonly states: Tensor3D;
  /** (nRows, nTimes), µS. */
  readonly reconstruction: Tensor2D;
  /** (nRows, 4), µS, at `horizonsSec` after the last sample. */
  readonly forecasts: Tensor2D;
  /** (nRows, 1), µS: one level of the window. */
  readonly gain: Tensor2D;
  /** (1 or nRows, 3), s. */
  readonly taus: Tensor2D;
  /** (nRows) each. */
  readonly stressLogit: Tensor1D;
  readonly arousalLogit: Tensor1D;
}

/** Slow arousal passes a one-pole low-pass at 0.02 Hz. */
const slowSec = 1 / (2 * Math.PI * 0.02);
/** A burst may start every half second; it lasts about 1.2 s (a Gaussian of SD 0.3 s, cut at two). */
const samplesPerBurst = 2;
const burstSdSec = 0.3;
/** Bursts are held at their mean over this long in a forecast, s. */
export const recentSec = 30;
/** Least gain, µS. */
export const smallestGainMicrosiemens = 0.02;
/** Bursts of a softplus of 1, in levels of the window. */
export const burstScale = 0.2;

/** Readable numbers of a window, those of `edaSummary` first; a linear classifier of them is part of the head. */
const nPooled = 17;
/** The head also sees what the encoder makes of the last 15 s. */
export const lateSec = 15;

/** Name and shape of every weight. */
export const edaPhysicsWeights = ({ encoder, headWidth }: EdaPhysicsShape): Record<string, number[]> => ({
  ...encoderWeights(encoder),
  'driver.w': [encoder.width, 2],
  'driver.b': [2],
  'driver.rest': [1],
  'driver.sensitivity': [1],
  'sudomotor.raw': [3],
  'skin.offset': [1],
  'forecast.trust': [horizonsSec.length],
  'head.0.w': [3 * encoder.width + nPooled, headWidth],
  'head.0.b': [headWidth],
  'head.1.w': [headWidth, 2],
  'head.direct.w': [nPooled, 2],
  'head.1.b': [2],
});

/** Starting values by name: time constants at their prior means, everything else small and random from `seed`. */
export const edaPhysicsStart = (shape: EdaPhysicsShape, seed: number): Map<string, { shape: number[]; data: Float32Array }> => {
  const random = randomStream(seed, 0);
  const fixed: Record<string, readonly number[]> = {
    'driver.b': [0, -5],
    'driver.rest': [-0.5],
    'driver.sensitivity': [-0.5],
    'sudomotor.raw': rawTaus(),
    'skin.offset': [0],
    'forecast.trust': horizonsSec.map(() => -1),
  };
  return new Map(
    Object.entries(edaPhysicsWeights(shape)).map(([name, size]) => {
      const count = size.reduce((product, length) => product * length, 1);
      const fanIn = size.length > 1 ? size[0] : 0;
      const data = Float32Array.from(
        { length: count },
        (_, i) => fixed[name]?.[i] ?? (fanIn === 0 || name === 'head.direct.w' ? 0 : randomNormal(random) * Math.sqrt(1 / fanIn)),
      );
      return [name, { shape: size, data }];
    }),
  );
};

/** (nRows, nColumns), row-major, each value from its row and column. */
export const matrixOf = (nRows: number, nColumns: number, value: (row: number, column: number) => number): Float32Array => {
  const matrix = new Float32Array(nRows * nColumns);
  for (let r = 0; r < nRows; r++) for (let c = 0; c < nColumns; c++) matrix[r * nColumns + c] = value(r, c);
  return matrix;
};

/** (nTimes, nTimes): `x · matrix` is x low-passed, as if its first value had held for ever before. */
export const slowMatrix = (nTimes: number): Float32Array => {
  const keep = Math.exp(-stepSec / slowSec);
  return matrixOf(nTimes, nTimes, (from, to) => (to < from ? 0 : (from === 0 ? 1 : 1 - keep) * keep ** (to - from)));
};

/** (nTimes / 2, nTimes): driver per unit of burst, area 1 s, starting at the sample that announced it. */
export const burstMatrix = (nTimes: number): Float32Array => {
  const shape = Array.from({ length: 6 }, (_, i) => Math.exp(-(((i * stepSec - 2 * burstSdSec) / burstSdSec) ** 2) / 2));
  const area = shape.reduce((sum, value) => sum + value, 0) * stepSec;
  return matrixOf(nTimes / samplesPerBurst, nTimes, (burst, t) => (shape[t - (burst * samplesPerBurst + 1)] ?? 0) / area);
};

/** (nTimes): `level · tilt` is the change over a window along its least-squares line. */
export const tiltOf = (nTimes: number): number[] => Array.from({ length: nTimes }, (_, t) => (12 * (t - (nTimes - 1) / 2)) / nTimes ** 2);

/** The network on an engine. `random` turns dropout on. */
export const edaPhysics = (engine: TfjsEngine, shape: EdaPhysicsShape) => {
  const { tf } = engine;
  const { linear, dropout } = layersOn(engine);
  const encode = edaEncoder(engine, shape.encoder);
  const { nTimes } = shape;
  const slowly = tf.keep(tf.tensor2d(slowMatrix(nTimes), [nTimes, nTimes]));
  const burst = tf.keep(tf.tensor2d(burstMatrix(nTimes), [nTimes / samplesPerBurst, nTimes]));
  const tilt = tf.keep(tf.tensor2d(tiltOf(nTimes), [nTimes, 1]));
  const peak = sudomotorPeakHeight(sudomotorTimes) * (1 - tonicShare);

  const forward = (parameters: Parameters, rows: EdaPhysicsRows, random?: () => number): EdaPhysicsOutputs => {
    const weight = <T extends Tensor>(name: string): T => parameters.get(name) as T;
    const nRows = rows.course.shape[0];
    const [level, change, valid, microsiemens] = tf.unstack(rows.course, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D]; // each (nRows, nTimes)
    const relative = relativeTo(level, rows.history);

    // Encoder.
    const x = tf.stack([relative.standard, relative.aboveRest, tf.mul(change, 10), valid], 2) as Tensor3D; // (nRows, nTimes, 4)
    const h = encode(parameters, x); // (nRows, nTimes, width)

    // Driver: slow arousal and sparse bursts.
    const logits = tf.reshape(
      linear(tf.reshape(h, [nRows * nTimes, shape.encoder.width]), weight<Tensor2D>('driver.w'), weight<Tensor1D>('driver.b')),
      [nRows, nTimes, 2],
    );
    const [slowLogit, burstLogit] = tf.unstack(logits, 2) as [Tensor2D, Tensor2D];
    const slow = tf.sigmoid(tf.matMul(slowLogit, slowly)) as Tensor2D; // (nRows, nTimes)
    const everyOther = tf.slice(tf.reshape(burstLogit, [nRows, nTimes / samplesPerBurst, samplesPerBurst]), [0, 0, 1], [-1, -1, 1]);
    const bursts = tf.mul(tf.softplus(tf.reshape(everyOther, [nRows, -1])), burstScale) as Tensor2D; // (nRows, nTimes / 2)

    // Skin: gain and offset from the window, time constants learned.
    const lowest = tf.relu(tf.min(microsiemens, 1, true));
    const offset = tf.mul(lowest, tf.sigmoid(weight('skin.offset'))); // (nRows, 1), µS
    const gain = tf.maximum(tf.sub(tf.mean(microsiemens, 1, true), offset), smallestGainMicrosiemens) as Tensor2D;
    const observed = tf.div(tf.sub(microsiemens, offset), gain); // in levels of the window
    const shared = tausOf(tf, weight<Tensor1D>('sudomotor.raw'));
    const taus = (rows.timeScale ? tf.div(shared, rows.timeScale) : shared) as Tensor2D; // (1 or nRows, 3)
    const [tauRise, tauPhasic, tauTonic] = tf.split(taus, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const settled = tf.add(tf.mul(tauPhasic, 1 - tonicShare), tf.mul(tauTonic, tonicShare)); // level per unit of a lasting driver
    const sensitivity = tf.mul(tf.softplus(weight('driver.sensitivity')), rows.sensitivity ?? tf.ones([nRows, 1]));
    const lasting = tf.div(tf.add(tf.softplus(weight('driver.rest')), tf.mul(slow, sensitivity)), settled) as Tensor2D;
    const sparse = tf.div(tf.matMul(bursts, burst), peak) as Tensor2D;
    const driver = tf.add(lasting, sparse) as Tensor2D; // (nRows, nTimes), 1/s

    // Law.
    const first = tf.div(tf.slice(observed, [0, 0], [nRows, 1]), settled);
    const initial = tf.mul(first, tf.concat([tauRise, tauPhasic, tauTonic], 1)) as Tensor2D; // (nRows, 3)
    const states = sudomotorScan(tf, driver, initial, taus, stepSec); // (nRows, nTimes, 3)
    const inLevels = conductance(tf, states) as Tensor2D;
    const reconstruction = tf.add(tf.mul(inLevels, gain), offset) as Tensor2D;

    // Forecasts: what the law adds to the last sample with the driver held, as far as training found it trustworthy.
    const nRecent = Math.min(nTimes, recentSec / stepSec);
    const held = tf.reshape(
      tf.add(tf.slice(lasting, [0, nTimes - 1], [nRows, 1]), tf.mean(tf.slice(sparse, [0, nTimes - nRecent], [nRows, nRecent]), 1, true)),
      [nRows],
    ) as Tensor1D;
    const lastState = tf.reshape(tf.slice(states, [0, nTimes - 1, 0], [nRows, 1, 3]), [nRows, 3]) as Tensor2D;
    const now = tf.slice(inLevels, [0, nTimes - 1], [nRows, 1]);
    const later = tf.stack(
      horizonsSec.map((seconds) => conductance(tf, sudomotorAhead(tf, lastState, held, taus, seconds))),
      1,
    ); // (nRows, nHorizons)
    const gained = tf.mul(tf.mul(tf.sub(later, now), gain), tf.sigmoid(weight('forecast.trust')));
    const forecasts = tf.relu(tf.add(tf.slice(microsiemens, [0, nTimes - 1], [nRows, 1]), gained)) as Tensor2D;

    // Affect.
    const { readable, encoded } = pool({ h, slow, bursts, states, level, change, relative });
    const pooled = dropout(tf.concat([encoded, readable], 1) as Tensor2D, shape.dropout, random);
    const hidden = tf.relu(linear(pooled, weight<Tensor2D>('head.0.w'), weight<Tensor1D>('head.0.b'))) as Tensor2D;
    const affect = tf.add(
      linear(dropout(hidden, shape.dropout, random), weight<Tensor2D>('head.1.w'), weight<Tensor1D>('head.1.b')),
      linear(readable, weight<Tensor2D>('head.direct.w')),
    ) as Tensor2D;
    const [stressLogit, arousalLogit] = tf.unstack(affect, 1) as [Tensor1D, Tensor1D];
    return { slow, bursts, states, reconstruction, forecasts, gain, taus, stressLogit, arousalLogit } as EdaPhysicsOutputs;
  };

  /** The level as this wearer's body would see it: (nRows, nTimes) each, and numbers of the whole window, (nRows, 4). */
  const relativeTo = (level: Tensor2D, history: Tensor2D | undefined) => {
    const nRows = level.shape[0];
    if (!history) {
      // Without a history, against the window's own start.
      const sinceStart = tf.sub(level, tf.slice(level, [0, 0], [nRows, 1])) as Tensor2D;
      return { standard: sinceStart, aboveRest: tf.zerosLike(level) as Tensor2D, ofWindow: tf.zeros([nRows, 4]) as Tensor2D };
    }
    const [restMean, , usual, deviation, recent, lowest, highest] = tf.split(history, historyStatistics.length, 1) as Tensor2D[]; // (nRows, 1) each
    const mean = tf.mean(level, 1, true);
    const room = tf.add(deviation, 0.1);
    return {
      standard: tf.div(tf.sub(level, usual), room) as Tensor2D,
      aboveRest: tf.sub(level, restMean) as Tensor2D,
      ofWindow: tf.concat(
        [
          tf.div(tf.sub(mean, usual), room),
          tf.mul(tf.sub(mean, recent), 3),
          tf.mul(tf.sub(tf.div(tf.sub(mean, lowest), tf.add(tf.sub(highest, lowest), 0.2)), 0.5), 3),
          tf.sub(mean, restMean),
        ],
        1,
      ) as Tensor2D,
    };
  };

  /** What the head sees of a window: (nRows, nPooled) readable numbers, and what the encoder makes of it, (nRows, 3·width). */
  const pool = ({
    h,
    slow,
    bursts,
    states,
    level,
    change,
    relative,
  }: Pick<EdaPhysicsOutputs, 'slow' | 'bursts' | 'states'> & {
    h: Tensor3D;
    level: Tensor2D;
    change: Tensor2D;
    relative: ReturnType<typeof relativeTo>;
  }) => {
    const [, phasic, tonic] = tf.unstack(states, 2) as [Tensor2D, Tensor2D, Tensor2D];
    const mean = (x: Tensor) => tf.mean(x, 1, true);
    const spread = (x: Tensor) => tf.sqrt(tf.add(mean(tf.square(tf.sub(x, mean(x)))), 1e-6));
    const at = (x: Tensor2D, t: number) => tf.slice(x, [0, t], [-1, 1]);
    const nBursts = bursts.shape[1];
    const readable = tf.concat(
      [
        relative.ofWindow,
        tf.matMul(level, tilt),
        tf.add(tf.mul(tf.log(spread(level)), 0.5), 1.5),
        tf.add(tf.mul(tf.log(tf.add(mean(tf.abs(change)), 1e-4)), 0.5), 2.5),
        mean(tf.sigmoid(tf.mul(tf.sub(change, 0.005), 600))),
        mean(slow),
        at(slow, nTimes - 1),
        tf.mul(mean(phasic), 0.1),
        tf.mul(spread(phasic), 0.3),
        tf.mul(at(tonic, nTimes - 1), 0.3),
        tf.sub(at(tonic, nTimes - 1), at(tonic, 0)),
        tf.mul(mean(bursts), 30),
        tf.mul(mean(tf.slice(bursts, [0, nBursts / 2], [-1, nBursts / 2])), 30),
        mean(tf.tanh(tf.mul(bursts, 20))),
      ],
      1,
    ) as Tensor2D;
    const nLate = Math.min(nTimes, lateSec / stepSec);
    const late = tf.mean(tf.slice(h, [0, nTimes - nLate, 0], [-1, nLate, -1]), 1);
    const encoded = tf.concat([tf.mean(h, 1), tf.reshape(spread(h), [-1, shape.encoder.width]), late], 1) as Tensor2D;
    return { readable, encoded };
  };

  return { forward, dispose: () => tf.dispose([slowly, burst, tilt]) };
};

/** Mean over all of a tensor, weighted; 0 where the weights sum to 0. */
export const weightedMean = (tf: TfjsEngine['tf'], values: Tensor, weights: Tensor): Scalar =>
  tf.div(tf.sum(tf.mul(values, weights)), tf.maximum(tf.sum(weights), 1e-6));
