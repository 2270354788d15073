import { electrodeTransformer, type Parameters, type Trace, type TransformerConfig } from './electrode-transformer.ts';
import type { TfjsEngine } from './engines/engine.ts';

/** Who listens to whom in one head: row c holds the shares that electrode c gives to every electrode, summing to 1. */
export interface AttentionMap {
  /** From 0, first block first. */
  readonly block: number;
  readonly head: number;
  /** (nElectrodes asking, nElectrodes asked) */
  readonly shares: Float32Array;
}

/**
 * All attention maps of one normalised input (nElectrodes, nBands), block by block and head by head. They show where the network mixes electrodes, not why it
 * decides as it does (Jain & Wallace 2019, doi:10.18653/v1/N19-1357).
 */
export const attentionMaps = (
  engine: TfjsEngine,
  config: TransformerConfig,
  parameters: Parameters,
  input: Float32Array,
): AttentionMap[] => {
  const { tf } = engine;
  const { nElectrodes, nBands, nHeads } = config;
  const trace: Trace = { blocks: [], attention: [] };
  tf.tidy(() => void electrodeTransformer(engine, config)(parameters, tf.tensor3d(input, [1, nElectrodes, nBands]), { trace }));
  const size = nElectrodes * nElectrodes;
  return trace.attention.flatMap((shares, block) => {
    const values = shares.dataSync() as Float32Array;
    shares.dispose();
    return Array.from({ length: nHeads }, (_, head) => ({ block, head, shares: values.slice(head * size, (head + 1) * size) }));
  });
};
