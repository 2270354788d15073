import type { Engine, EngineName } from './engine.ts';
import { openOnnxEngine } from './onnx.ts';
import { type EngineOptions, openEngine } from './tfjs.ts';

/**
 * Opens the engine that answers one input soonest: onnxruntime where it is installed, else TensorFlow.js on WebAssembly (whose calls cost a fifth of
 * libtensorflow's), else on whatever opens. With `prefer` only that one is tried.
 * @throws ModelError('no-engine') when none opens, with the reason.
 */
export const openServingEngine = async (prefer?: EngineName, options: EngineOptions = {}): Promise<Engine> => {
  if (prefer === 'onnx') return openOnnxEngine();
  if (prefer !== undefined) return openEngine(prefer, options);
  const passedOver: string[] = [];
  for (const open of [async () => openOnnxEngine(), () => openEngine('tfjs-wasm', options), () => openEngine(undefined, options)]) {
    try {
      const engine = await open();
      const { info } = engine;
      return { ...engine, info: () => ({ ...info(), passedOver: [...passedOver, ...info().passedOver] }) };
    } catch (cause) {
      passedOver.push((cause as Error).message.split('\n')[0]);
    }
  }
  return openEngine(undefined, options);
};
