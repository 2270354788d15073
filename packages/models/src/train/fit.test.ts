import type { Scalar, Variable } from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lcg } from '../../test/lcg.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { openEngine } from '../engines/tfjs.ts';
import { type Checkpoint, type FitOptions, fit, type Trainable } from './fit.ts';
import { cosine } from './schedule.ts';

let engine: TfjsEngine;
beforeAll(async () => {
  engine = await openEngine('tfjs-cpu');
});
afterEach(() => engine.tf.disposeVariables());

const nExamples = 50;
const xs = lcg(1, 2 * nExamples);

/** A line y = 3·x₀ − 2·x₁ to be found, with noise on the inputs so that randomness matters. */
const line = (): Trainable & { readonly w: Variable } => {
  const { tf } = engine;
  const w = tf.variable(tf.tensor2d([0, 0], [2, 1]));
  return {
    w,
    variables: [w],
    nExamples,
    loss: (batch, { random }) => {
      const rows = Array.from(batch, (i) => [xs[2 * i], xs[2 * i + 1]]);
      const y = tf.tensor2d(rows.map(([a, b]) => [3 * a - 2 * b]));
      const x = tf.tensor2d(rows.map((row) => row.map((value) => value + 0.1 * (random() - 0.5))));
      return tf.mean(tf.square(tf.sub(tf.matMul(x, w), y))) as Scalar;
    },
  };
};

const options: FitOptions = { passes: 12, batchSize: 8, learningRate: 0.1, seed: 5 };
const trained = async (change: Partial<FitOptions> = {}): Promise<number[]> => {
  const trainable = line();
  await fit(engine, trainable, { ...options, ...change });
  return [...trainable.w.dataSync()];
};

describe('fit', () => {
  it('finds what is there to be found', async () => {
    const [a, b] = await trained({ passes: 40, schedule: cosine() });
    expect(a).toBeCloseTo(3, 1);
    expect(b).toBeCloseTo(-2, 1);
  });

  it('the same seed gives the same weights, another seed others', async () => {
    expect(await trained()).toEqual(await trained());
    expect(await trained({ seed: 6 })).not.toEqual(await trained());
  });

  it('a training killed after any step and resumed ends with the very weights of an unbroken one', async () => {
    const whole = await trained({ schedule: cosine(), weightDecay: 0.01 });
    for (const killedAfter of [1, 7, 10, 40, 83]) {
      let saved: Checkpoint | undefined;
      const keep = (checkpoint: Checkpoint): void => {
        saved = checkpoint;
      };
      const abort = new AbortController();
      const broken = line();
      const { ended } = await fit(engine, broken, {
        ...options,
        schedule: cosine(),
        weightDecay: 0.01,
        signal: abort.signal,
        onProgress: ({ step }) => step === killedAfter && abort.abort(),
        checkpoint: { everySteps: 1000, save: keep },
      });
      expect(ended).toBe('aborted');
      const resumed = line();
      await fit(engine, resumed, {
        ...options,
        schedule: cosine(),
        weightDecay: 0.01,
        checkpoint: { everySteps: 1000, save: () => {}, resume: saved! },
      });
      expect([...resumed.w.dataSync()], `killed after step ${killedAfter}`).toEqual(whole);
    }
  });

  it('sees every example once a pass, the last batch being smaller', async () => {
    const seen: number[][] = [];
    const trainable = line();
    const watched: Trainable = {
      ...trainable,
      loss: (batch, pass) => {
        seen.push([...batch]);
        return trainable.loss(batch, pass);
      },
    };
    await fit(engine, watched, { ...options, passes: 2 });
    expect(seen.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8, 8, 2, 8, 8, 8, 8, 8, 8, 2]);
    const all = Array.from({ length: nExamples }, (_, i) => i);
    expect(
      seen
        .slice(0, 7)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(all);
    expect(seen.slice(7).flat()).not.toEqual(seen.slice(0, 7).flat());
  });

  it('stops when the held-out figure has not improved for its patience, and puts the best weights back', async () => {
    const figures = [0.5, 0.7, 0.6, 0.65, 0.6, 0.9];
    const kept: number[][] = [];
    const trainable = line();
    const evaluate = () => {
      kept.push([...trainable.w.dataSync()]);
      return { accuracy: figures[kept.length - 1] };
    };
    const result = await fit(
      engine,
      { ...trainable, evaluate },
      { ...options, earlyStop: { metric: 'accuracy', mode: 'max', patience: 3 } },
    );
    expect(result).toMatchObject({ ended: 'early', bestPass: 1 });
    expect(kept).toHaveLength(5);
    expect([...trainable.w.dataSync()]).toEqual(kept[1]);
  });

  it('an early stop on a figure that is not measured names the ones that are', async () => {
    const trainable = { ...line(), evaluate: () => ({ accuracy: 1 }) };
    await expect(fit(engine, trainable, { ...options, earlyStop: { metric: 'f1', mode: 'max', patience: 1 } })).rejects.toThrow(
      "Cannot stop early on 'f1': the evaluation gives accuracy.",
    );
  });

  it('a factor of 0 holds a variable still, and clipping bounds a step', async () => {
    const { tf } = engine;
    const trainable = line();
    await fit(engine, { ...trainable, rates: [0] }, options);
    expect([...trainable.w.dataSync()]).toEqual([0, 0]);
    const norms: number[] = [];
    const steep: Trainable = { ...trainable, loss: (...args) => tf.mul(trainable.loss(...args), 1e6) as Scalar };
    await fit(engine, steep, { ...options, passes: 1, clipNorm: 1, onProgress: ({ gradientNorm }) => norms.push(gradientNorm) });
    expect(Math.min(...norms)).toBeGreaterThan(1);
    expect(trainable.w.dataSync().every(Number.isFinite)).toBe(true);
  });

  it('a loss that is no number ends the training and says at which step', async () => {
    const { tf } = engine;
    const trainable = line();
    const broken: Trainable = {
      ...trainable,
      loss: (batch, pass) => (pass.step < 3 ? trainable.loss(batch, pass) : (tf.mul(trainable.loss(batch, pass), Number.NaN) as Scalar)),
    };
    await expect(fit(engine, broken, options)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('step 4 of 84'),
    });
  });

  it('leaves no tensors behind', async () => {
    const { tf } = engine;
    const trainable = line();
    const before = tf.memory().numTensors;
    await fit(engine, trainable, { ...options, passes: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
