import type * as tfjs from '@tensorflow/tfjs';

export type EngineName = 'tfjs-node' | 'tfjs-wasm' | 'tfjs-cpu' | 'onnx';

/** What computes, for a person: printed at start and by `affect engine info`. */
export interface EngineInfo {
  readonly name: EngineName;
  /** What runs underneath: `libtensorflow`, `WebAssembly SIMD`, `JavaScript`, `onnxruntime`. */
  readonly backend: string;
  /** Version of that library. */
  readonly version: string;
  readonly threads: number;
  /** Faster engines that were tried first, each with the reason it is not used; empty when the first choice opened. */
  readonly passedOver: readonly string[];
}

/**
 * TensorFlow.js on one backend. The library has one current backend a process: opening a second engine moves the whole process to it, so a
 * program opens one and hands it on.
 */
export interface TfjsEngine {
  readonly name: 'tfjs-node' | 'tfjs-wasm' | 'tfjs-cpu';
  /** The library. Take it from here, never from an import: importing costs 0.1 s and may be another copy than the engine's. */
  readonly tf: typeof tfjs;
  readonly info: () => EngineInfo;
}

/** A network loaded into onnxruntime. */
export interface OnnxSession {
  /** Runs once, synchronously. `inputs`: one row-major f32 array and its shape for each input name. */
  readonly run: (
    inputs: Readonly<Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>,
  ) => Readonly<Record<string, Float32Array>>;
  readonly dispose: () => void;
}

/** onnxruntime: serves a network 5–20 times faster than TensorFlow.js at batch 1, does not train. */
export interface OnnxEngine {
  readonly name: 'onnx';
  /** Loads an ONNX model from its bytes. */
  readonly load: (model: Uint8Array) => OnnxSession;
  readonly info: () => EngineInfo;
}

export type Engine = TfjsEngine | OnnxEngine;
