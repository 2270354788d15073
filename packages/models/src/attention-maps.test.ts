import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, goldenCases, goldenInput, goldenWeights } from '../test/golden-transformer.ts';
import { attentionMaps } from './attention-maps.ts';
import { parametersOn } from './electrode-transformer.ts';
import type { TfjsEngine } from './engines/engine.ts';
import { openEngine } from './engines/tfjs.ts';

let engine: TfjsEngine;
beforeAll(async () => {
  engine = await openEngine('tfjs-wasm');
});

describe('attention maps', () => {
  const golden = goldenCases[0];
  const config = configOf(golden);
  const maps = () => {
    const parameters = parametersOn(engine, config, goldenWeights(config));
    const size = golden.nElectrodes * 4;
    const result = attentionMaps(engine, config, parameters, goldenInput(golden).slice(size, 2 * size));
    engine.tf.dispose([...parameters.values()]);
    return result;
  };

  it('are one for each block and head, with rows that sum to 1', () => {
    const all = maps();
    expect(all.map(({ block, head }) => [block, head])).toEqual(Array.from({ length: 24 }, (_, i) => [Math.floor(i / 6), i % 6]));
    for (const { shares } of all) {
      for (let c = 0; c < 14; c++) expect(shares.slice(14 * c, 14 * c + 14).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
  });

  it('hold the reference’s shares where its block, head and row say', () => {
    for (const { block, head, shares } of maps()) {
      const last = shares.slice(13 * 14);
      last.forEach((value, i) => {
        expect(Math.abs(value - golden.attention[block][head * 14 + i])).toBeLessThan(1e-5);
      });
    }
  });

  it('leave no tensors behind', () => {
    const before = engine.tf.memory().numTensors;
    maps();
    expect(engine.tf.memory().numTensors).toBe(before);
  });
});
