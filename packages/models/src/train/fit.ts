import type { Scalar, Variable } from '@tensorflow/tfjs';
import type { TfjsEngine } from '../engines/engine.ts';
import { ModelError } from '../errors.ts';
import { adamw, clipFactor, type Moments, zeroMoments } from './adamw.ts';
import { randomStream, shuffled } from './random.ts';
import { constant, type Schedule } from './schedule.ts';

/** What `fit` can train: some variables and a loss over a batch of examples. */
export interface Trainable {
  readonly variables: readonly Variable[];
  /** Learning-rate factor of each variable, 1 where absent: time constants want smaller or larger steps than weights. */
  readonly rates?: readonly number[];
  readonly nExamples: number;
  /** Mean loss of the examples with these indices. `random` is a fresh generator for this step: take all randomness (dropout, noise) from it. */
  readonly loss: (batch: Int32Array, pass: { readonly step: number; readonly random: () => number }) => Scalar;
  /** Figures on held-out examples, after each pass. */
  readonly evaluate?: () => Record<string, number>;
}

/** The whole state of a training between two steps: enough to go on exactly as if it had never stopped. */
export interface Checkpoint {
  readonly step: number;
  readonly variables: readonly Float32Array[];
  readonly moments: readonly Moments[];
  /** The best pass so far by the early-stop metric. */
  readonly best?: { readonly pass: number; readonly value: number; readonly variables: readonly Float32Array[] };
}

export interface Progress {
  /** Which of several trainings this is, where there are several: `without S02 (1 of 11)`. */
  readonly part?: string;
  readonly step: number;
  readonly steps: number;
  /** From 0. */
  readonly pass: number;
  readonly passes: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Gradient norm before clipping. */
  readonly gradientNorm: number;
  /** Present on the last step of a pass. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface FitOptions {
  /** Turns over the training examples. */
  readonly passes: number;
  /** Examples a step; a function gives the size for a pass (from 0). */
  readonly batchSize: number | ((pass: number) => number);
  /** Peak learning rate. */
  readonly learningRate: number;
  readonly weightDecay?: number;
  readonly schedule?: Schedule;
  /** Largest joint gradient norm; not clipped when absent. */
  readonly clipNorm?: number;
  readonly seed: number;
  /** Ends when `metric` of `evaluate` has not improved for `patience` passes; the variables of the best pass are put back at the end. */
  readonly earlyStop?: { readonly metric: string; readonly mode: 'max' | 'min'; readonly patience: number };
  /** `save` is called every `everySteps` steps; with `resume` the training goes on from there. */
  readonly checkpoint?: {
    readonly everySteps: number;
    readonly save: (checkpoint: Checkpoint) => void | Promise<void>;
    readonly resume?: Checkpoint;
  };
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the training between two steps, after saving a checkpoint. */
  readonly signal?: AbortSignal;
}

export interface FitResult {
  readonly steps: number;
  /** Pass (from 0) whose variables the trainable now holds. */
  readonly bestPass: number;
  readonly ended: 'complete' | 'early' | 'aborted';
  /** Figures of the last evaluation. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Where a step lies: its pass and its examples' positions in that pass. */
const planSteps = (nExamples: number, passes: number, batchSize: FitOptions['batchSize']) => {
  const plan: { readonly pass: number; readonly from: number; readonly to: number; readonly last: boolean }[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const size = typeof batchSize === 'number' ? batchSize : batchSize(pass);
    for (let from = 0; from < nExamples; from += size) {
      const to = Math.min(nExamples, from + size);
      plan.push({ pass, from, to, last: to === nExamples });
    }
  }
  return plan;
};

/**
 * Trains by AdamW. Everything random follows from `seed` and the step number alone, so a training resumed from a checkpoint ends with the very
 * weights of an unbroken one on the same engine.
 * @throws ModelError('diverged') when the loss is not finite, naming the step; ModelError('bad-option') for an unknown early-stop metric.
 */
export const fit = async ({ tf }: TfjsEngine, trainable: Trainable, options: FitOptions): Promise<FitResult> => {
  const { variables, nExamples } = trainable;
  const { passes, learningRate, weightDecay = 0, schedule = constant, clipNorm = Number.POSITIVE_INFINITY, seed, earlyStop } = options;
  const plan = planSteps(nExamples, passes, options.batchSize);
  const values = variables.map((variable) => variable.dataSync().slice() as Float32Array);
  const moments = values.map(({ length }) => zeroMoments(length));
  const resume = options.checkpoint?.resume;
  let best = resume?.best;
  let metrics: Record<string, number> = {};
  let order: { readonly pass: number; readonly indices: Int32Array } = { pass: -1, indices: new Int32Array() };

  const put = (next: readonly Float32Array[]): void =>
    next.forEach((value, i) => {
      const tensor = tf.tensor(value.slice(), variables[i].shape);
      variables[i].assign(tensor);
      tensor.dispose();
    });

  if (resume) {
    resume.variables.forEach((value, i) => {
      values[i].set(value);
      moments[i].first.set(resume.moments[i].first);
      moments[i].second.set(resume.moments[i].second);
    });
    put(values);
  }

  /** Loss of one batch, with the gradients copied out of the engine. */
  const differentiate = (batch: Int32Array, step: number) => {
    const { value, grads } = tf.variableGrads(() => trainable.loss(batch, { step, random: randomStream(seed, step + 1) }), [...variables]);
    const gradients = variables.map(
      (variable, i) => (grads[variable.name]?.dataSync() as Float32Array) ?? new Float32Array(values[i].length),
    );
    const loss = value.dataSync()[0];
    tf.dispose([value, grads]);
    return { loss, gradients };
  };

  const save = async (step: number): Promise<void> =>
    options.checkpoint?.save({
      step,
      variables: values.map((value) => value.slice()),
      moments: moments.map(({ first, second }) => ({ first: first.slice(), second: second.slice() })),
      ...(best && { best }),
    });

  const end = (steps: number, ended: FitResult['ended']): FitResult => {
    if (best && ended !== 'aborted') put(best.variables);
    return { steps, bestPass: best?.pass ?? Math.max(0, (plan[steps - 1] ?? { pass: 0 }).pass), ended, metrics };
  };

  for (let step = resume?.step ?? 0; step < plan.length; step++) {
    const { pass, from, to, last } = plan[step];
    if (options.signal?.aborted) {
      await save(step);
      return end(step, 'aborted');
    }
    if (order.pass !== pass) order = { pass, indices: shuffled(nExamples, randomStream(seed, -1 - pass)) };
    const { loss, gradients } = differentiate(order.indices.slice(from, to), step);
    if (!Number.isFinite(loss)) {
      throw new ModelError(
        'diverged',
        `The loss became ${loss} at step ${step + 1} of ${plan.length}; try a smaller learning rate than ${learningRate}.`,
      );
    }
    const { norm, factor } = clipFactor(gradients, clipNorm);
    const rate = learningRate * schedule(step / plan.length);
    gradients.forEach((gradient, i) => {
      if (factor !== 1) for (let j = 0; j < gradient.length; j++) gradient[j] *= factor;
      adamw(values[i], gradient, moments[i], { step: step + 1, learningRate: rate * (trainable.rates?.[i] ?? 1), weightDecay });
    });
    put(values);

    if (last && trainable.evaluate) {
      metrics = trainable.evaluate();
      if (earlyStop) {
        const value = metrics[earlyStop.metric];
        if (value === undefined) {
          const known = Object.keys(metrics).join(', ');
          throw new ModelError('bad-option', `Cannot stop early on '${earlyStop.metric}': the evaluation gives ${known || 'nothing'}.`);
        }
        const better = best === undefined || (earlyStop.mode === 'max' ? value > best.value : value < best.value);
        if (better) best = { pass, value, variables: values.map((array) => array.slice()) };
      }
    }
    options.onProgress?.({
      step: step + 1,
      steps: plan.length,
      pass,
      passes,
      loss,
      learningRate: rate,
      gradientNorm: norm,
      ...(last && trainable.evaluate && { metrics }),
    });
    if (last && earlyStop && best && pass - best.pass >= earlyStop.patience) return end(step + 1, 'early');
    if (options.checkpoint && (step + 1) % options.checkpoint.everySteps === 0) await save(step + 1);
    // Lets a signal, a timer or a progress line through between two steps.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return end(plan.length, 'complete');
};
