import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, goldenCases, goldenInput, goldenWeights } from '../test/golden-transformer.ts';
import { lcg } from '../test/lcg.ts';
import { parametersOn, rbtransformer2025, type TransformerConfig } from './electrode-transformer.ts';
import type { OnnxEngine, TfjsEngine } from './engines/engine.ts';
import { openOnnxEngine } from './engines/onnx.ts';
import { openEngine } from './engines/tfjs.ts';
import { transformerLogits } from './train/transformer.ts';
import { logitsName, transformerInput, transformerOnnx } from './transformer-onnx.ts';

let onnx: OnnxEngine;
beforeAll(() => {
  onnx = openOnnxEngine();
});

const logitsOf = (config: TransformerConfig, data: Float32Array, n: number): Float32Array[] => {
  const session = onnx.load(transformerOnnx(config, goldenWeights(config)));
  const outputs = session.run({ [transformerInput]: { data, shape: [n, config.nElectrodes, config.nBands] } });
  session.dispose();
  return config.tasks.map(({ name }) => outputs[logitsName(name)]);
};

const argMax = (row: ArrayLike<number>): number => Array.from(row).reduce((best, value, k) => (value > row[best] ? k : best), 0);

describe('the transformer as ONNX', () => {
  it.each(goldenCases)('$nElectrodes electrodes, $nClasses classes, depth $depth: within 1e-5 of the reference', (golden) => {
    const [logits] = logitsOf(configOf(golden), goldenInput(golden), 2);
    golden.logits.forEach((expected, i) => {
      expect(Math.abs(logits[i] - expected)).toBeLessThan(1e-5);
    });
  });

  it('answers every task under its own name', () => {
    const config: TransformerConfig = {
      ...configOf(goldenCases[5]),
      tasks: [
        { name: 'valence', nClasses: 2 },
        { name: 'arousal', nClasses: 3 },
      ],
    };
    expect(logitsOf(config, goldenInput(config), 2).map(({ length }) => length)).toEqual([4, 6]);
  });

  it('bytes that are no model are refused with a typed error', () => {
    expect(() => onnx.load(Uint8Array.of(1, 2, 3))).toThrow(expect.objectContaining({ code: 'bad-weights' }));
  });
});

describe('a thousand random inputs', () => {
  const config: TransformerConfig = { ...rbtransformer2025, nElectrodes: 8, tasks: [{ name: 'state', nClasses: 5 }] };
  const n = 1000;
  const inputs = lcg(11, n * config.nElectrodes * config.nBands).map((value) => 3 * value);
  let expected: Float32Array;
  beforeAll(() => {
    [expected] = logitsOf(config, inputs, n);
  });

  /** Largest distance and the number of inputs whose most likely class differs. */
  const compare = (engine: TfjsEngine): { worst: number; differing: number } => {
    const parameters = parametersOn(engine, config, goldenWeights(config));
    const [got] = transformerLogits(engine, config, parameters, { inputs, nExamples: n }, 200);
    engine.tf.dispose([...parameters.values()]);
    let worst = 0;
    let differing = 0;
    for (let i = 0; i < n; i++) {
      const rows = [got, expected].map((logits) => logits.subarray(5 * i, 5 * i + 5));
      if (argMax(rows[0]) !== argMax(rows[1])) differing++;
      rows[0].forEach((value, k) => {
        worst = Math.max(worst, Math.abs(value - rows[1][k]));
      });
    }
    return { worst, differing };
  };

  it('are not all of one class, so that agreement means something', () => {
    const classes = new Set(Array.from({ length: n }, (_, i) => argMax(expected.subarray(5 * i, 5 * i + 5))));
    expect(classes.size).toBeGreaterThan(1);
  });

  it('WebAssembly and onnxruntime agree within 1e-4 and on the most likely class', async () => {
    const { worst, differing } = compare(await openEngine('tfjs-wasm'));
    expect(worst).toBeLessThan(1e-4);
    expect(differing).toBe(0);
  });

  it('libtensorflow and onnxruntime agree within 1e-4 and on the most likely class', async (context) => {
    const engine = await openEngine('tfjs-node').catch(() => undefined);
    if (engine === undefined) return context.skip("tfjs-node's binding is not built here");
    const { worst, differing } = compare(engine);
    expect(worst).toBeLessThan(1e-4);
    expect(differing).toBe(0);
  });
});
