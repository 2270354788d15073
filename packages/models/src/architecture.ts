import type { Engine } from './engines/engine.ts';
import type { Model, ModelCard } from './model.ts';
import type { Weights } from './safetensors.ts';

/** A kind of network, as the list in `load.ts` holds it. */
export interface Architecture {
  /** What cards call it: `electrode-transformer`. */
  readonly name: string;
  /**
   * Makes the network of a card ready to predict on an engine.
   * @throws ModelError('bad-card') where the hyper-parameters do not describe such a network, ModelError('bad-weights') where an array is missing or misshapen.
   */
  readonly open: (card: ModelCard, weights: Weights, engine: Engine) => Pick<Model, 'predict' | 'dispose'>;
  /** The network as the bytes of an ONNX file, from the very weights that `open` takes; `metadata` goes into the file. */
  readonly onnx: (card: ModelCard, weights: Weights, metadata?: Readonly<Record<string, string>>) => Uint8Array;
}
