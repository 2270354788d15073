import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs';
import { ModelError } from '../errors.ts';
import type { TfjsEngine } from './engine.ts';
import { loadNativeBackend } from './tfjs-native.ts';

/** What a caller may decide about an engine. */
export interface EngineOptions {
  /** Folder of a natively built binding (see `installNativeEngine`); the user's data folder when absent. */
  readonly nativeFolder?: string;
}

type Opened = Omit<TfjsEngine, 'info'> & { readonly backend: string; readonly version: string; readonly threads: number };

const require = createRequire(import.meta.url);

const library = (): typeof tfjs => {
  const tf = require('@tensorflow/tfjs') as typeof tfjs;
  // Otherwise every backend but the native one greets the terminal with advice.
  tf.env().set('PROD', true);
  return tf;
};

const select = async (tf: typeof tfjs, backend: string): Promise<void> => {
  if (!(await tf.setBackend(backend))) throw new Error(`backend '${backend}' did not start`);
  await tf.ready();
};

/** libtensorflow through tfjs-node's binding: trains at native speed, costs about 9 ms a call. */
const openNative = async (options: EngineOptions): Promise<Opened> => {
  const tf = library();
  const version = loadNativeBackend(tf, options.nativeFolder);
  await select(tf, 'tensorflow');
  return { name: 'tfjs-node', tf, backend: 'libtensorflow', version, threads: availableParallelism() };
};

/** WebAssembly SIMD, one thread: nothing to install. */
const openWasm = async (): Promise<Opened> => {
  const tf = library();
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths: (folder: string) => void; version_wasm: string };
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  if (!existsSync(join(folder, 'tfjs-backend-wasm-simd.wasm'))) throw new Error(`no .wasm files in ${folder}`);
  // Refused once the backend runs; the folder is the same then.
  if (tf.findBackend('wasm') === null) wasm.setWasmPaths(`${folder}/`);
  await select(tf, 'wasm');
  return { name: 'tfjs-wasm', tf, backend: 'WebAssembly SIMD', version: wasm.version_wasm, threads: 1 };
};

/** Plain JavaScript: the last resort, 20 times slower than WebAssembly. */
const openCpu = async (): Promise<Opened> => {
  const tf = library();
  await select(tf, 'cpu');
  return { name: 'tfjs-cpu', tf, backend: 'JavaScript', version: tf.version.tfjs, threads: 1 };
};

const candidates: readonly { readonly name: TfjsEngine['name']; readonly open: (options: EngineOptions) => Promise<Opened> }[] = [
  { name: 'tfjs-node', open: openNative },
  { name: 'tfjs-wasm', open: openWasm },
  { name: 'tfjs-cpu', open: openCpu },
];

/**
 * Opens TensorFlow.js on the fastest backend this machine has: libtensorflow, else WebAssembly, else plain JavaScript. Silent and quick where a
 * backend is missing; `info().passedOver` says which and why. With `prefer` only that one is tried.
 * @throws ModelError('no-engine') when the preferred one (or none at all) opens, with the reason.
 */
export const openEngine = async (prefer?: TfjsEngine['name'], options: EngineOptions = {}): Promise<TfjsEngine> => {
  const passedOver: string[] = [];
  for (const { name, open } of candidates) {
    if (prefer !== undefined && name !== prefer) continue;
    try {
      const { backend, version, threads, ...engine } = await open(options);
      return { ...engine, info: () => ({ name, backend, version, threads, passedOver }) };
    } catch (cause) {
      const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
      passedOver.push(`${name}: ${reason}`);
    }
  }
  const names = candidates.map(({ name }) => `'${name}'`).join(', ');
  throw new ModelError('no-engine', `No engine opened (${passedOver.join('; ') || `known are ${names}, asked for '${prefer}'`}).`);
};
