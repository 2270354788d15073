import { readFileSync } from 'node:fs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { lcg } from '../../test/lcg.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { openEngine } from '../engines/tfjs.ts';
import { adamw, clipFactor, zeroMoments } from './adamw.ts';
import { crossEntropy } from './losses.ts';
import { randomNormal, randomStream, shuffled } from './random.ts';
import { cosine } from './schedule.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/training.json', import.meta.url), 'utf8')) as {
  readonly adamw: readonly (readonly number[])[];
  readonly crossEntropy: readonly { readonly labelSmoothing: number; readonly weighted: boolean; readonly loss: number }[];
  readonly cosine: readonly number[];
};

describe('AdamW', () => {
  it('takes the steps PyTorch takes', () => {
    const parameter = lcg(1, 4);
    const moments = zeroMoments(4);
    const curvature = [1, 2, 0.5, 3];
    golden.adamw.forEach((expected, step) => {
      const noise = lcg(100 + step, 4);
      const gradient = parameter.map((value, i) => value * curvature[i] + 0.3 * noise[i]);
      adamw(parameter, gradient, moments, { step: step + 1, learningRate: 0.1 * (1 - step / 40), weightDecay: 0.05 });
      expected.forEach((value, i) => {
        expect(parameter[i]).toBeCloseTo(value, 5);
      });
    });
  });

  it('decays the weights even where nothing pulls', () => {
    const parameter = Float32Array.of(2);
    adamw(parameter, Float32Array.of(0), zeroMoments(1), { step: 1, learningRate: 0.1, weightDecay: 0.5 });
    expect(parameter[0]).toBeCloseTo(1.9, 6);
  });
});

describe('clipping', () => {
  it('scales all gradients together to the norm, and leaves small ones alone', () => {
    const gradients = [Float32Array.of(3), Float32Array.of(0, 4)];
    expect(clipFactor(gradients, 1)).toEqual({ norm: 5, factor: 0.2 });
    expect(clipFactor(gradients, 10)).toEqual({ norm: 5, factor: 1 });
  });
});

describe('the cosine schedule', () => {
  it('falls as PyTorch’s does', () => {
    golden.cosine.forEach((expected, i) => {
      expect(cosine({ floor: 0.01 })(i / 10)).toBeCloseTo(expected, 12);
    });
  });

  it('rises evenly while warming up', () => {
    const schedule = cosine({ warmUp: 0.2 });
    expect([0, 0.1, 0.2].map(schedule)).toEqual([0, 0.5, 1]);
    expect(schedule(1)).toBeCloseTo(0, 12);
  });
});

describe('cross-entropy', () => {
  let engine: TfjsEngine;
  beforeAll(async () => {
    engine = await openEngine('tfjs-wasm');
  });
  const logits = (): Tensor2D =>
    engine.tf.tensor2d(
      lcg(7, 15).map((value) => 2 * value),
      [5, 3],
    );
  const labels = [0, 2, 1, 1, 0];

  it.each(golden.crossEntropy)('is PyTorch’s with smoothing $labelSmoothing, weighted $weighted', ({ labelSmoothing, weighted, loss }) => {
    const options = { labelSmoothing, ...(weighted && { classWeights: [0.5, 1, 2.5] }) };
    expect(engine.tf.tidy(() => crossEntropy(engine, logits(), labels, options).dataSync()[0])).toBeCloseTo(loss, 5);
  });

  it('a row without a label counts nothing', () => {
    const { tf } = engine;
    const some = tf.tidy(() => crossEntropy(engine, logits(), [0, -1, 1, -1, -1]).dataSync()[0]);
    const alone = tf.tidy(() => crossEntropy(engine, tf.gather(logits(), [0, 2]) as Tensor2D, [0, 1]).dataSync()[0]);
    expect(some).toBeCloseTo(alone, 6);
    expect(tf.tidy(() => crossEntropy(engine, logits(), [-1, -1, -1, -1, -1]).dataSync()[0])).toBeCloseTo(0, 12);
  });
});

describe('random streams', () => {
  it('depend on seed and stream only', () => {
    expect(randomStream(3, 7)()).toBe(randomStream(3, 7)());
    expect(new Set([randomStream(3, 7)(), randomStream(3, 8)(), randomStream(4, 7)(), randomStream(7, 3)()]).size).toBe(4);
  });

  it('are even, and normal where asked', () => {
    const random = randomStream(1, 1);
    const n = 20_000;
    const uniform = Float64Array.from({ length: n }, random);
    expect(uniform.reduce((a, b) => a + b) / n).toBeCloseTo(0.5, 1.9);
    const normal = Float64Array.from({ length: n }, () => randomNormal(random));
    expect(normal.reduce((a, b) => a + b * b) / n).toBeCloseTo(1, 1);
    expect(Math.abs(normal.reduce((a, b) => a + b) / n)).toBeLessThan(0.03);
  });

  it('shuffle every number to every place alike', () => {
    const counts = new Int32Array(9);
    for (let i = 0; i < 3000; i++) {
      shuffled(3, randomStream(5, i)).forEach((value, place) => {
        counts[3 * place + value]++;
      });
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(110);
  });
});
