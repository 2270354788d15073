import type { Architecture } from './architecture.ts';
import { electrodeTransformer, parametersOn, type TransformerConfig } from './electrode-transformer.ts';
import type { OnnxEngine, TfjsEngine } from './engines/engine.ts';
import type { Weights } from './safetensors.ts';
import { checkTransformerWeights, normaliser, outputsOf, transformerConfigOf } from './transformer-card.ts';
import { logitsName, transformerInput, transformerOnnx } from './transformer-onnx.ts';

/** Softmax of a row of logits; of two classes only the second one's probability. */
const probabilities = (logits: ArrayLike<number>, out: Float64Array, at: number): void => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k++) largest = Math.max(largest, logits[k]);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += Math.exp(logits[k] - largest);
  for (let k = logits.length === 2 ? 1 : 0; k < logits.length; k++) out[at++] = Math.exp(logits[k] - largest) / sum;
};

/** A network ready to run: one normalised input (nElectrodes, nBands) to the logits of each task. */
interface Runner {
  readonly run: (input: Float32Array) => readonly Float32Array[];
  readonly dispose: () => void;
}

const onTfjs = (engine: TfjsEngine, config: TransformerConfig, weights: Weights): Runner => {
  const { tf } = engine;
  const parameters = parametersOn(engine, config, weights);
  const forward = electrodeTransformer(engine, config);
  return {
    run: (input) =>
      tf.tidy(() =>
        forward(parameters, tf.tensor3d(input, [1, config.nElectrodes, config.nBands])).map((logits) => logits.dataSync() as Float32Array),
      ),
    dispose: () => tf.dispose([...parameters.values()]),
  };
};

const onOnnx = (engine: OnnxEngine, config: TransformerConfig, weights: Weights): Runner => {
  const session = engine.load(transformerOnnx(config, weights));
  const shape = [1, config.nElectrodes, config.nBands];
  return {
    run: (data) => {
      const outputs = session.run({ [transformerInput]: { data, shape } });
      return config.tasks.map(({ name }) => outputs[logitsName(name)]);
    },
    dispose: session.dispose,
  };
};

/** The electrode transformer as a model: one band-DE vector in, class probabilities out. */
export const electrodeTransformerModel: Architecture = {
  name: 'electrode-transformer',
  open: (card, weights, engine) => {
    const { config, normalisation } = transformerConfigOf(card);
    checkTransformerWeights(config, normalisation, weights);
    const { run, dispose } = engine.name === 'onnx' ? onOnnx(engine, config, weights) : onTfjs(engine, config, weights);
    const normalise = normaliser(config, normalisation, weights);
    return {
      predict: ([vector]) => {
        const input = new Float32Array(config.nElectrodes * config.nBands);
        normalise(vector.values, input);
        const out = new Float64Array(card.outputs.length);
        let at = 0;
        for (const logits of run(input)) {
          probabilities(logits, out, at);
          at += outputsOf(logits.length);
        }
        return out;
      },
      dispose,
    };
  },
  onnx: (card, weights, metadata) => {
    const { config, normalisation } = transformerConfigOf(card);
    checkTransformerWeights(config, normalisation, weights);
    return transformerOnnx(config, weights, metadata);
  },
};
