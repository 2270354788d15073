import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import type { TfjsEngine } from './engines/engine.ts';
import { type Dropout, layersOn } from './layers.ts';
import type { Weights } from './safetensors.ts';

/**
 * The electrode transformer: every electrode is a token, its band differential entropies the token's content, and self-attention mixes them.
 *
 * N. Kumar, P. Bhandari, G. Maragatham, "A Brain Wave Encodes a Thousand Tokens: Modeling Inter-Cortical Neural Interactions for Effective
 * EEG-based Emotion Recognition", arXiv:2511.13954 (2025). Written anew from a description; the network is theirs, the lines are not. The
 * accuracies of that paper come from its evaluation (windows of one trial on both sides of a random split), not from the network.
 *
 * | paper                              | here                                 |
 * | ---------------------------------- | ------------------------------------ |
 * | N, number of electrodes            | nElectrodes, axis of index c         |
 * | BDE, band differential entropy     | x, (nBatch, nElectrodes, nBands)     |
 * | D, embedding dimension             | dModel                               |
 * | L, depth                           | depth                                |
 * | h heads of d_h                     | nHeads, dHead                        |
 * | d_ff                               | dFeedForward                         |
 * | electrode identity embedding       | electrode_id_embedding               |
 * | inter-cortical attention block     | block                                |
 * | K classes                          | nClasses of a task                   |
 *
 * Several tasks (valence, arousal, dominance …) share everything but the head.
 */
export interface TransformerConfig {
  readonly nElectrodes: number;
  readonly nBands: number;
  readonly dModel: number;
  readonly depth: number;
  readonly nHeads: number;
  readonly dHead: number;
  readonly dFeedForward: number;
  readonly tasks: readonly { readonly name: string; readonly nClasses: number }[];
}

/** The hyper-parameters of all published runs. */
export const rbtransformer2025 = { nBands: 4, dModel: 128, depth: 4, nHeads: 6, dHead: 32, dFeedForward: 128 } as const;

/** Where a task's head lies among the weights: `classification_head` where there is one task, as published. */
export const headName = ({ tasks }: TransformerConfig, task: string): string =>
  tasks.length === 1 ? 'classification_head' : `classification_heads.${task}`;

/** Names and shapes of all weights, in the published order; matrices are (nOut, nIn) on file. */
export const transformerTensors = (config: TransformerConfig): readonly { readonly name: string; readonly shape: readonly number[] }[] => {
  const { nElectrodes, nBands, dModel, depth, nHeads, dHead, dFeedForward, tasks } = config;
  const dInner = nHeads * dHead;
  const affine = (name: string, nOut: number, nIn: number) => [
    { name: `${name}.weight`, shape: [nOut, nIn] },
    { name: `${name}.bias`, shape: [nOut] },
  ];
  const norm = (name: string) => [
    { name: `${name}.weight`, shape: [dModel] },
    { name: `${name}.bias`, shape: [dModel] },
  ];
  const block = (i: number) => {
    const at = `intercortical_attention_blocks.${i}`;
    return [
      ...norm(`${at}.attention.norm`),
      { name: `${at}.attention.fn.to_qkv.weight`, shape: [3 * dInner, dModel] },
      ...affine(`${at}.attention.fn.to_out.0`, dModel, dInner),
      ...norm(`${at}.feed_forward.norm`),
      ...affine(`${at}.feed_forward.fn.net.0`, dFeedForward, dModel),
      ...affine(`${at}.feed_forward.fn.net.3`, dModel, dFeedForward),
    ];
  };
  const head = ({ name, nClasses }: { readonly name: string; readonly nClasses: number }) => {
    const at = headName(config, name);
    const widths = [dModel, 2 * dModel, 2 * dModel, dModel, nClasses];
    return [...norm(`${at}.norm`), ...[0, 1, 2, 3].flatMap((i) => affine(`${at}.mlp.${3 * i}`, widths[i + 1], widths[i]))];
  };
  return [
    ...affine('bde_proj_layer.linear', dModel, nBands),
    { name: 'electrode_id_embedding.embedding', shape: [1, nElectrodes, dModel] },
    ...Array.from({ length: depth }, (_, i) => block(i)).flat(),
    ...tasks.flatMap(head),
  ];
};

/** The weights as tensors on an engine. Matrices are held as (nIn, nOut): products then need no transposed operand, which WebAssembly does slowly. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** A (nRows, nColumns) matrix as (nColumns, nRows). */
const transposed = (matrix: Float32Array, nRows: number, nColumns: number): Float32Array => {
  const out = new Float32Array(matrix.length);
  for (let r = 0; r < nRows; r++) for (let c = 0; c < nColumns; c++) out[c * nRows + r] = matrix[r * nColumns + c];
  return out;
};

/** Puts weights on an engine; extra arrays (an input scale) are left out. Dispose of every tensor when done. */
export const parametersOn = ({ tf }: TfjsEngine, config: TransformerConfig, weights: Weights): Parameters =>
  new Map(
    transformerTensors(config).map(({ name, shape }) => {
      const { data } = weights.get(name)!;
      return [
        name,
        shape.length === 2 ? tf.tensor2d(transposed(data, shape[0], shape[1]), [shape[1], shape[0]]) : tf.tensor(data, [...shape]),
      ];
    }),
  );

/** Weights back from an engine, as they go on file. */
export const weightsFrom = (config: TransformerConfig, values: readonly Float32Array[]): Weights =>
  new Map(
    transformerTensors(config).map(({ name, shape }, i) => [
      name,
      { shape, data: shape.length === 2 ? transposed(values[i], shape[1], shape[0]) : values[i] },
    ]),
  );

/** What the network passes through on its way, for tests and for looking inside. */
export interface Trace {
  /** Tokens after the identity embedding, (nBatch, nElectrodes, dModel). */
  embedded?: Tensor3D;
  /** Tokens after each block. */
  readonly blocks: Tensor3D[];
  /** Attention of each block, (nBatch, nHeads, nElectrodes asking, nElectrodes asked); rows sum to 1. Dispose of them when done. */
  readonly attention: Tensor4D[];
  /** Mean token, (nBatch, dModel). */
  pooled?: Tensor2D;
}

export interface ForwardOptions {
  /** Training only: the dropout rate and where its randomness comes from. */
  readonly dropout?: Dropout;
  /** Filled with the intermediate tensors. */
  readonly trace?: Trace;
}

/** Gives the network's forward pass on an engine: x (nBatch, nElectrodes, nBands) → logits of each task, (nBatch, nClasses). */
export const electrodeTransformer = (engine: TfjsEngine, config: TransformerConfig) => {
  const { tf } = engine;
  const { linear, layerNorm, gelu, dropout, attention } = layersOn(engine);
  const { nElectrodes, nBands, dModel, depth, nHeads, dHead, tasks } = config;

  return (parameters: Parameters, x: Tensor3D, { dropout: drop, trace }: ForwardOptions = {}): Tensor2D[] => {
    const nBatch = x.shape[0];
    const nTokens = nBatch * nElectrodes;
    const get = <T extends Tensor>(name: string): T => parameters.get(name) as T;
    const dense = (name: string, rows: Tensor2D) => linear(rows, get<Tensor2D>(`${name}.weight`), get<Tensor1D>(`${name}.bias`));
    const norm = (name: string, rows: Tensor2D) => layerNorm(rows, get<Tensor1D>(`${name}.weight`), get<Tensor1D>(`${name}.bias`));
    const thin = <T extends Tensor>(tensor: T): T => (drop ? dropout(tensor, drop.rate, drop.random) : tensor);
    const tokens = (rows: Tensor2D): Tensor3D => tf.reshape(rows, [nBatch, nElectrodes, dModel]);

    const attend = (at: string, rows: Tensor2D): Tensor2D => {
      const qkv = linear(rows, get<Tensor2D>(`${at}.to_qkv.weight`)); // (nTokens, dModel) → (nTokens, 3 · nHeads · dHead)
      const onShares = trace && ((shares: Tensor4D) => trace.attention.push(shares));
      const mixed = attention(qkv, { nBatch, nTokens: nElectrodes, nHeads, dHead }, { drop, onShares }); // → (nTokens, nHeads · dHead)
      return thin(dense(`${at}.to_out.0`, mixed)); // → (nTokens, dModel)
    };

    const feedForward = (at: string, rows: Tensor2D): Tensor2D => {
      const hidden = thin(gelu(dense(`${at}.net.0`, rows))); // (nTokens, dModel) → (nTokens, dFeedForward)
      return thin(dense(`${at}.net.3`, hidden)); // → (nTokens, dModel)
    };

    const block = (at: string, rows: Tensor2D): Tensor2D => {
      const attended = tf.add<Tensor2D>(rows, attend(`${at}.attention.fn`, norm(`${at}.attention.norm`, rows)));
      return tf.add<Tensor2D>(attended, feedForward(`${at}.feed_forward.fn`, norm(`${at}.feed_forward.norm`, attended)));
    };

    const head = (at: string, pooled: Tensor2D): Tensor2D => {
      let rows = norm(`${at}.norm`, pooled);
      for (const i of [0, 3, 6]) rows = thin(gelu(dense(`${at}.mlp.${i}`, rows))); // (nBatch, dModel) → 2 dModel → 2 dModel → dModel
      return dense(`${at}.mlp.9`, rows); // → (nBatch, nClasses)
    };

    const projected = dense('bde_proj_layer.linear', tf.reshape(x, [nTokens, nBands])); // (nBatch, nElectrodes, nBands) → (nTokens, dModel)
    const embedded = tf.add<Tensor3D>(tokens(projected), get('electrode_id_embedding.embedding')); // → (nBatch, nElectrodes, dModel)
    if (trace) trace.embedded = embedded;
    let rows: Tensor2D = thin(tf.reshape(embedded, [nTokens, dModel])); // → (nTokens, dModel)
    for (let i = 0; i < depth; i++) {
      rows = block(`intercortical_attention_blocks.${i}`, rows);
      trace?.blocks.push(tokens(rows));
    }
    const pooled = tf.mean(tokens(rows), 1) as Tensor2D; // → (nBatch, dModel)
    if (trace) trace.pooled = pooled;
    return tasks.map(({ name }) => head(headName(config, name), pooled));
  };
};
