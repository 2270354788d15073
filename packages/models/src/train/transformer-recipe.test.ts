import { describe, expect, it } from 'vitest';
import { normaliser } from '../transformer-card.ts';
import { inputScale } from './input-scale.ts';
import { balancedExamples, fitOptionsOf, transformerPresets } from './transformer-recipe.ts';

const published = transformerPresets['rbtransformer-2025'];
const config = { ...published.network, nElectrodes: 2, tasks: [{ name: 'state', nClasses: 2 }] };
const width = 8;
/** Six rows of class 0 and two of class 1. */
const uneven = {
  inputs: Float32Array.from({ length: 8 * width }, (_, i) => Math.sin(i)),
  labels: [Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1])],
  nExamples: 8,
};

describe('the published preset', () => {
  it('has the published numbers', () => {
    expect(published.network).toEqual({ nBands: 4, dModel: 128, depth: 4, nHeads: 6, dHead: 32, dFeedForward: 128 });
    const { passes, learningRate, weightDecay, dropout, labelSmoothing, batchSize } = published;
    expect({ passes, learningRate, weightDecay, dropout, labelSmoothing }).toEqual({
      passes: 300,
      learningRate: 1e-3,
      weightDecay: 1e-3,
      dropout: 0.1,
      labelSmoothing: 0.12,
    });
    expect([0, 149, 150, 299].map(batchSize)).toEqual([256, 256, 64, 64]);
    const { schedule, earlyStop, clipNorm } = fitOptionsOf(published, 1);
    expect([schedule!(0), schedule!(1)]).toEqual([1, 1e-3]);
    expect([earlyStop, clipNorm]).toEqual([undefined, undefined]);
  });

  it('evens the classes out by new rows, and its loss smooths the labels', () => {
    const { examples, options } = balancedExamples(uneven, published, config, 3);
    expect(examples.nExamples).toBe(12);
    expect(examples.labels[0].filter((label) => label === 1)).toHaveLength(6);
    expect(examples.inputs.slice(0, uneven.inputs.length)).toEqual(uneven.inputs);
    expect(options).toEqual({ dropout: 0.1, labelSmoothing: 0.12 });
  });
});

describe('balance', () => {
  it('by weights leaves the rows alone and makes the rare class count more', () => {
    const { examples, options } = balancedExamples(uneven, { ...published, balance: 'weights' }, config, 3);
    expect(examples).toBe(uneven);
    expect(options.classWeights).toEqual([[8 / 12, 2]]);
  });

  it('is refused as SMOTE where there are several tasks', () => {
    const tasks = ['valence', 'arousal', 'dominance'].map((name) => ({ name, nClasses: 3 }));
    expect(() => balancedExamples(uneven, published, { tasks }, 3)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('the input scale', () => {
  const vectors = Array.from({ length: 50 }, (_, n) => Float64Array.from({ length: width }, (_, i) => 5 * Math.sin(n * 7 + i * i) + i));

  it.each(['train-fit', 'window'] as const)('gives the network inputs of mean 0 and deviation 1: %s', (normalisation) => {
    const normalise = normaliser(config, normalisation, inputScale(vectors, config, normalisation));
    const rows = vectors.map((values) => {
      const out = new Float32Array(width);
      normalise(values, out);
      return out;
    });
    for (let i = 0; i < width; i++) {
      const mean = rows.reduce((sum, row) => sum + row[i], 0) / rows.length;
      expect(Math.abs(mean)).toBeLessThan(1e-5);
      expect(rows.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / rows.length).toBeCloseTo(1, 4);
    }
  });

  it('leaves a value that never changes as it is: what rounding leaves of it is no scale', () => {
    // A dead electrode: the entropy of the floor in every window.
    const floor = 0.5 * Math.log2(2 * Math.PI * Math.E * 1e-8);
    const dead = vectors.map((values) => Float64Array.from(values, (value, i) => (i === 0 ? floor : value)));
    const normalise = normaliser(config, 'train-fit', inputScale(dead, config, 'train-fit'));
    const out = new Float32Array(width);
    normalise(dead[0], out);
    expect(Math.abs(out[0])).toBeLessThan(1e-5);
    normalise(
      Float64Array.from(dead[0], (value) => value + 1),
      out,
    );
    expect(out[0]).toBeCloseTo(1, 4);
  });
});
