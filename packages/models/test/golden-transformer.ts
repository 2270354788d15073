import { readFileSync } from 'node:fs';
import { type TransformerConfig, transformerTensors } from '../src/electrode-transformer.ts';
import type { Weights } from '../src/safetensors.ts';
import { lcg } from './lcg.ts';

/** One shape of `golden/electrode-transformer.json`: two inputs, and what the network makes of them. */
export interface GoldenCase {
  readonly nElectrodes: number;
  readonly nClasses: number;
  readonly dModel: number;
  readonly depth: number;
  readonly nHeads: number;
  readonly dHead: number;
  readonly dFeedForward: number;
  /** (2, nClasses) */
  readonly logits: readonly number[];
  /** (2, dModel) */
  readonly pooled: readonly number[];
  /** First and last token of the second input, (2, dModel). */
  readonly embedded: readonly number[];
  /** The same after each block. */
  readonly blocks: readonly (readonly number[])[];
  /** Of each block, the last attention row of every head for the second input, (nHeads, nElectrodes). */
  readonly attention: readonly (readonly number[])[];
}

export const goldenCases: readonly GoldenCase[] = JSON.parse(
  readFileSync(new URL('golden/electrode-transformer.json', import.meta.url), 'utf8'),
) as GoldenCase[];

export const configOf = ({ nClasses, logits: _, ...shape }: GoldenCase): TransformerConfig => ({
  nElectrodes: shape.nElectrodes,
  nBands: 4,
  dModel: shape.dModel,
  depth: shape.depth,
  nHeads: shape.nHeads,
  dHead: shape.dHead,
  dFeedForward: shape.dFeedForward,
  tasks: [{ name: 'state', nClasses }],
});

/** The deterministic weights the golden values belong to. */
export const goldenWeights = (config: TransformerConfig): Weights =>
  new Map(
    transformerTensors(config).map(({ name, shape }, j) => {
      const values = lcg(
        1000 + j,
        shape.reduce((a, b) => a * b, 1),
      );
      const scaled = (factor: number, offset = 0) => values.map((value) => offset + factor * value);
      if (name.includes('norm.weight')) return [name, { shape, data: scaled(0.1, 1) }];
      if (name.endsWith('embedding')) return [name, { shape, data: scaled(Math.sqrt(3)) }];
      if (shape.length === 2) return [name, { shape, data: scaled(Math.sqrt(3 / shape[1])) }];
      return [name, { shape, data: scaled(0.1) }];
    }),
  );

/** The two golden inputs, (2, nElectrodes, 4). */
export const goldenInput = ({ nElectrodes }: { readonly nElectrodes: number }): Float32Array =>
  lcg(7, 2 * nElectrodes * 4).map((value) => 2 * value);
