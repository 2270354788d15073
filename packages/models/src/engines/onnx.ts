import { createRequire } from 'node:module';
import { ModelError } from '../errors.ts';
import type { OnnxEngine } from './engine.ts';

/** The part of onnxruntime-node's native binding used here. Its public interface wraps each call in a promise and a turn of the event loop. */
interface Binding {
  readonly binding: {
    readonly InferenceSession: new () => {
      loadModel: (buffer: ArrayBufferLike, offset: number, length: number, options: object) => void;
      readonly outputMetadata: readonly { readonly name: string }[];
      run: (feeds: object, fetches: object, options: object) => Record<string, { readonly data: Float32Array }>;
      dispose: () => void;
    };
  };
  readonly initOrt: () => void;
}

interface Common {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
  readonly env: { logLevel?: string; readonly versions: { readonly common: string } };
}

export interface OnnxOptions {
  /** Threads a session computes with; 1 when absent, which is fastest for one small input and leaves the other cores alone. */
  readonly threads?: number;
}

/**
 * Opens onnxruntime: models run synchronously, so that a recording replayed at any speed takes the same path.
 * @throws ModelError('no-engine') where the optional package `onnxruntime-node` is not installed or its binary does not load.
 */
export const openOnnxEngine = ({ threads = 1 }: OnnxOptions = {}): OnnxEngine => {
  let native: Binding;
  let common: Common;
  let version: string;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('onnxruntime-node'));
    common = require('onnxruntime-common') as Common;
    // Errors only: a container without a GPU driver or a /sys it cannot read is nobody's concern here.
    common.env.logLevel = 'error';
    native = require('./binding.js') as Binding;
    native.initOrt();
    version = (require('../package.json') as { version: string }).version;
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    throw new ModelError(
      'no-engine',
      `onnxruntime does not open (${reason}). Install the optional package onnxruntime-node, or use another engine.`,
      { cause },
    );
  }
  const { Tensor } = common;

  return {
    name: 'onnx',
    info: () => ({ name: 'onnx', backend: 'onnxruntime', version, threads, passedOver: [] }),
    load: (model) => {
      const session = new native.binding.InferenceSession();
      const options = {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // a pool of memory for one small window at a time costs 20 MB and saves nothing
        enableCpuMemArena: false,
        logSeverityLevel: 3,
      };
      try {
        session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
      } catch (cause) {
        throw new ModelError('bad-weights', `onnxruntime refuses the model: ${(cause as Error).message}`, { cause });
      }
      const fetches = Object.fromEntries(session.outputMetadata.map(({ name }) => [name, null]));
      return {
        run: (inputs) => {
          const feeds = Object.fromEntries(
            Object.entries(inputs).map(([name, { data, shape }]) => [name, new Tensor('float32', data, shape)]),
          );
          const outputs = session.run(feeds, fetches, {});
          return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
        },
        dispose: () => session.dispose(),
      };
    },
  };
};
