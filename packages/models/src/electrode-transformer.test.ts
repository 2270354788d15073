import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, goldenCases, goldenInput, goldenWeights } from '../test/golden-transformer.ts';
import { electrodeTransformer, parametersOn, rbtransformer2025, type Trace, transformerTensors } from './electrode-transformer.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openEngine } from './engines/tfjs.ts';

/** Largest distance between two lists of numbers. */
const distance = (got: ArrayLike<number>, expected: readonly number[]): number => {
  expect(got.length).toBe(expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - got[i])), 0);
};

let engine: TfjsEngine;
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
});
afterAll(() => engine.tf.disposeVariables());

describe.each(goldenCases)('$nElectrodes electrodes, $nClasses classes, depth $depth', (golden) => {
  it('every stage is within 1e-5 of the float64 reference', () => {
    const { tf } = engine;
    tf.tidy(() => {
      const config = configOf(golden);
      const trace: Trace = { blocks: [], attention: [] };
      const x = tf.tensor3d(goldenInput(golden), [2, golden.nElectrodes, 4]);
      const [logits] = electrodeTransformer(engine, config)(parametersOn(engine, config, goldenWeights(config)), x, { trace });

      const ends = (tokens: Trace['blocks'][number]): number[] =>
        [0, golden.nElectrodes - 1].flatMap((c) => [...tokens.slice([1, c, 0], [1, 1, golden.dModel]).dataSync()]);
      expect(distance(ends(trace.embedded!), golden.embedded)).toBeLessThan(1e-5);
      golden.blocks.forEach((expected, i) => {
        const last = trace.attention[i].slice([1, 0, golden.nElectrodes - 1, 0], [1, golden.nHeads, 1, golden.nElectrodes]);
        expect(distance(last.dataSync(), golden.attention[i]), `attention of block ${i}`).toBeLessThan(1e-5);
        expect(distance(ends(trace.blocks[i]), expected), `tokens after block ${i}`).toBeLessThan(1e-5);
      });
      expect(distance(trace.pooled!.dataSync(), golden.pooled)).toBeLessThan(1e-5);
      expect(distance(logits.dataSync(), golden.logits)).toBeLessThan(1e-5);
    });
  });
});

describe('the electrode transformer', () => {
  const countFor = (nElectrodes: number, nClasses: number): number =>
    transformerTensors({ ...rbtransformer2025, nElectrodes, tasks: [{ name: 'state', nClasses }] }).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );

  it('has the published number of parameters', () => {
    expect(countFor(14, 2)).toBe(662_530);
    expect(countFor(32, 9)).toBe(665_737);
    expect(countFor(62, 3)).toBe(668_803);
  });

  it('gives an input the same answer whatever its batch neighbours', () => {
    const { tf } = engine;
    const config = configOf(goldenCases[5]);
    tf.tidy(() => {
      const forward = electrodeTransformer(engine, config);
      const parameters = parametersOn(engine, config, goldenWeights(config));
      const both = tf.tensor3d(goldenInput(config), [2, 4, 4]);
      const alone = forward(parameters, both.slice([1, 0, 0], [1, 4, 4]))[0].dataSync();
      expect(distance(alone, [...forward(parameters, both)[0].slice([1, 0], [1, 2]).dataSync()])).toBeLessThan(1e-6);
    });
  });

  it('tells electrodes apart by their identity embedding alone', () => {
    const { tf } = engine;
    const config = configOf(goldenCases[5]);
    const weights = new Map(goldenWeights(config));
    const answer = (identity: boolean): number[] =>
      tf.tidy(() => {
        const embedding = 'electrode_id_embedding.embedding';
        const { shape, data } = weights.get(embedding)!;
        const parameters = parametersOn(
          engine,
          config,
          new Map(weights).set(embedding, { shape, data: identity ? data : data.map(() => 0) }),
        );
        const x = tf.tensor3d(goldenInput(config), [2, 4, 4]);
        const forward = electrodeTransformer(engine, config);
        const straight = forward(parameters, x)[0].dataSync();
        const swapped = forward(parameters, tf.reverse(x, 1))[0].dataSync();
        return [...straight].map((value, i) => Math.abs(value - swapped[i]));
      });
    expect(Math.max(...answer(false))).toBeLessThan(1e-6);
    expect(Math.max(...answer(true))).toBeGreaterThan(1e-3);
  });

  it('answers each task from a head of its own', () => {
    const { tf } = engine;
    const config = {
      ...configOf(goldenCases[5]),
      tasks: [
        { name: 'valence', nClasses: 2 },
        { name: 'arousal', nClasses: 3 },
      ],
    };
    tf.tidy(() => {
      const parameters = parametersOn(engine, config, goldenWeights(config));
      const logits = electrodeTransformer(engine, config)(parameters, tf.tensor3d(goldenInput(config), [2, 4, 4]));
      expect(logits.map(({ shape }) => shape)).toEqual([
        [2, 2],
        [2, 3],
      ]);
      expect(parameters.has('classification_heads.arousal.mlp.9.weight')).toBe(true);
    });
  });
});
