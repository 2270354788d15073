import { headName, type TransformerConfig } from './electrode-transformer.ts';
import { onnxGraph } from './onnx-graph.ts';
import type { Weights } from './safetensors.ts';

/** Name of the input: band differential entropies, normalised as the card says, (batch, nElectrodes, nBands). */
export const transformerInput = 'bde';
/** Name of a task's output: its logits, (batch, nClasses). */
export const logitsName = (task: string): string => `logits_${task}`;

/**
 * The electrode transformer as an ONNX model (opset 20) with a free batch length. The network is the one of `electrode-transformer.ts`, line by line;
 * the scale of the attention scores is multiplied into the query weights. Rows are flattened to two dimensions wherever a product allows it,
 * because runtimes multiply plain matrices fastest.
 */
export const transformerOnnx = (
  config: TransformerConfig,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const { nElectrodes, nBands, dModel, depth, nHeads, dHead, tasks } = config;
  const graph = onnxGraph('electrode-transformer', metadata);
  const dInner = nHeads * dHead;
  const put = (name: string, data = weights.get(name)!.data): string => graph.weights(name, weights.get(name)!.shape, data);
  const reshape = (value: string, ...shape: number[]): string => graph.node('Reshape', [value, graph.integers(shape)]);
  const dense = (at: string, rows: string): string => graph.node('Gemm', [rows, put(`${at}.weight`), put(`${at}.bias`)], { transB: 1 });
  const norm = (at: string, rows: string): string =>
    graph.node('LayerNormalization', [rows, put(`${at}.weight`), put(`${at}.bias`)], { axis: -1, epsilon: { float: 1e-5 } });
  const gelu = (rows: string): string => graph.node('Gelu', [rows], { approximate: 'none' });

  const attention = (at: string, rows: string): string => {
    const scaled = weights.get(`${at}.to_qkv.weight`)!.data.slice();
    for (let i = 0; i < dInner * dModel; i++) scaled[i] *= dHead ** -0.5;
    const qkv = graph.node('Gemm', [rows, put(`${at}.to_qkv.weight`, scaled)], { transB: 1 }); // → (batch · nElectrodes, 3 · nHeads · dHead)
    const parts = graph.node('Split', [reshape(qkv, -1, nElectrodes, 3 * nHeads, dHead)], { axis: 2, num_outputs: 3 }, 3);
    const [q, v] = [parts[0], parts[2]].map((part) => graph.node('Transpose', [part], { perm: [0, 2, 1, 3] })); // → (batch, nHeads, nElectrodes, dHead)
    const k = graph.node('Transpose', [parts[1]], { perm: [0, 2, 3, 1] }); // → (batch, nHeads, dHead, nElectrodes)
    const share = graph.node('Softmax', [graph.node('MatMul', [q, k])], { axis: -1 }); // → (batch, nHeads, nElectrodes, nElectrodes)
    const mixed = graph.node('Transpose', [graph.node('MatMul', [share, v])], { perm: [0, 2, 1, 3] });
    return dense(`${at}.to_out.0`, reshape(mixed, -1, dInner)); // → (batch · nElectrodes, dModel)
  };

  const x = graph.input(transformerInput, ['batch', nElectrodes, nBands]);
  const projected = reshape(dense('bde_proj_layer.linear', reshape(x, -1, nBands)), -1, nElectrodes, dModel);
  let rows = reshape(graph.node('Add', [projected, put('electrode_id_embedding.embedding')]), -1, dModel);
  for (let i = 0; i < depth; i++) {
    const at = `intercortical_attention_blocks.${i}`;
    rows = graph.node('Add', [rows, attention(`${at}.attention.fn`, norm(`${at}.attention.norm`, rows))]);
    const hidden = gelu(dense(`${at}.feed_forward.fn.net.0`, norm(`${at}.feed_forward.norm`, rows)));
    rows = graph.node('Add', [rows, dense(`${at}.feed_forward.fn.net.3`, hidden)]);
  }
  const pooled = graph.node('ReduceMean', [reshape(rows, -1, nElectrodes, dModel), graph.integers([1])], { keepdims: 0 }); // → (batch, dModel)
  for (const { name, nClasses } of tasks) {
    const at = headName(config, name);
    let head = norm(`${at}.norm`, pooled);
    for (const i of [0, 3, 6]) head = gelu(dense(`${at}.mlp.${i}`, head));
    graph.output(dense(`${at}.mlp.9`, head), logitsName(name), ['batch', nClasses]);
  }
  return graph.bytes();
};
