import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { lcg } from '../test/lcg.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openEngine } from './engines/tfjs.ts';
import { dropoutMask, layersOn } from './layers.ts';
import { randomStream } from './train/random.ts';

let engine: TfjsEngine;
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
});

/** A loss that looks at every output differently, so that no error of a gradient can hide in a sum. */
const weighted = (y: Tensor): Scalar => {
  const { tf } = engine;
  return tf.sum(tf.mul(y, tf.tensor(lcg(99, y.size), y.shape))) as Scalar;
};

/** Largest difference between the tape's gradients and central differences, relative to the largest gradient of each input. */
const gradientError = (inputs: readonly Tensor[], f: (...xs: Tensor[]) => Scalar): number => {
  const { tf } = engine;
  const gradients = tf
    .grads(f)([...inputs])
    .map((gradient) => gradient.dataSync());
  const step = 1e-2;
  return Math.max(
    ...inputs.map((input, i) => {
      const values = input.dataSync() as Float32Array;
      const at = (j: number, by: number): number =>
        tf.tidy(() => {
          const moved = values.slice();
          moved[j] += by;
          return f(...inputs.map((other, k) => (k === i ? tf.tensor(moved, input.shape) : other))).dataSync()[0];
        });
      // Fourth-order differences: f32 leaves little room between rounding and truncation.
      const differences = Array.from(
        values,
        (_, j) => (8 * (at(j, step) - at(j, -step)) - (at(j, 2 * step) - at(j, -2 * step))) / (12 * step),
      );
      const largest = Math.max(...differences.map(Math.abs));
      return Math.max(...differences.map((d, j) => Math.abs(d - gradients[i][j]))) / largest;
    }),
  );
};

const tensor = (seed: number, shape: number[], scale = 1): Tensor =>
  engine.tf.tensor(
    lcg(
      seed,
      shape.reduce((a, b) => a * b, 1),
    ).map((v) => scale * v),
    shape,
  );

describe('every layer against central differences', () => {
  it('linear, with and without bias', () => {
    const { linear } = layersOn(engine);
    const [x, w, b] = [tensor(1, [3, 4]), tensor(2, [4, 5]), tensor(3, [5])];
    expect(gradientError([x, w, b], (x, w, b) => weighted(linear(x as Tensor2D, w as Tensor2D, b as Tensor1D)))).toBeLessThan(1e-3);
    expect(gradientError([x, w], (x, w) => weighted(linear(x as Tensor2D, w as Tensor2D)))).toBeLessThan(1e-3);
  });

  it('layer norm, in all three arguments', () => {
    const { layerNorm } = layersOn(engine);
    const inputs = [tensor(4, [3, 6], 2), tensor(5, [6]), tensor(6, [6])];
    expect(gradientError(inputs, (x, g, o) => weighted(layerNorm(x as Tensor2D, g as Tensor1D, o as Tensor1D)))).toBeLessThan(1e-3);
  });

  it('GELU', () => {
    const { gelu } = layersOn(engine);
    expect(gradientError([tensor(7, [4, 5], 3)], (x) => weighted(gelu(x as Tensor2D)))).toBeLessThan(1e-3);
  });

  it('attention, with and without dropped shares', () => {
    const { attention } = layersOn(engine);
    const shape = { nBatch: 2, nTokens: 3, nHeads: 2, dHead: 2 };
    const qkv = tensor(9, [6, 12], 1.5);
    expect(gradientError([qkv], (x) => weighted(attention(x as Tensor2D, shape)))).toBeLessThan(1e-3);
    const drop = () => ({ rate: 0.3, random: randomStream(2, 2) });
    expect(gradientError([qkv], (x) => weighted(attention(x as Tensor2D, shape, { drop: drop() })))).toBeLessThan(1e-3);
  });

  it('dropout, under one and the same mask', () => {
    const { dropout } = layersOn(engine);
    expect(gradientError([tensor(8, [4, 5])], (x) => weighted(dropout(x, 0.3, randomStream(1, 1))))).toBeLessThan(1e-3);
  });
});

describe('layers', () => {
  it('layer norm makes a row of mean 0 and variance 1, whatever its level and spread', () => {
    const { tf } = engine;
    tf.tidy(() => {
      const y = layersOn(engine).layerNorm(tf.tensor2d([[1e3, 1e3 + 1, 1e3 + 2, 1e3 + 3]]), tf.ones([4]), tf.zeros([4]));
      const expected = [-1.5, -0.5, 0.5, 1.5].map((v) => v / Math.sqrt(1.25 + 1e-5));
      y.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    });
  });

  it('GELU is the exact one, not the tanh approximation', () => {
    const { tf } = engine;
    const y = tf.tidy(() =>
      layersOn(engine)
        .gelu(tf.tensor2d([[-2, -0.5, 0, 1, 3]]))
        .dataSync(),
    );
    // scipy.stats.norm.cdf(x) * x
    [-0.0455002639, -0.1542687694, 0, 0.8413447461, 2.9959503057].forEach((expected, i) => {
      expect(y[i]).toBeCloseTo(expected, 6);
    });
  });

  it('a dropout mask keeps the expectation and drops at its rate', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.8, noNaN: true }), fc.nat(), (rate, seed) => {
        const mask = dropoutMask(50_001, { rate, random: randomStream(seed, 0) });
        const dropped = mask.reduce((n, value) => n + (value === 0 ? 1 : 0), 0) / mask.length;
        const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
        expect(Math.abs(dropped - rate)).toBeLessThan(0.015);
        expect(Math.abs(mean - 1)).toBeLessThan(0.015 / (1 - rate));
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it('a dropout mask follows from its generator alone', () => {
    expect(dropoutMask(9, { rate: 0.5, random: randomStream(4, 7) })).toEqual(dropoutMask(9, { rate: 0.5, random: randomStream(4, 7) }));
    expect(dropoutMask(64, { rate: 0.5, random: randomStream(4, 7) })).not.toEqual(
      dropoutMask(64, { rate: 0.5, random: randomStream(4, 8) }),
    );
  });
});
