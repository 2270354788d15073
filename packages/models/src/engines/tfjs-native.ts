import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs';

/** Name of the addon built by `installNativeEngine`. */
export const bindingFile = 'tfjs_binding.node';

/** Where the natively built binding lies unless told otherwise: `$XDG_DATA_HOME/affect-edge/tfjs-node`, by default under `~/.local/share`. */
export const nativeEngineFolder = (): string =>
  // biome-ignore lint/complexity/useLiteralKeys: an index signature, which TypeScript wants quoted
  join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'affect-edge', 'tfjs-node');

/** Folder of the installed tfjs-node package; throws where it is not installed. */
export const tfjsNodePackage = (): NodeJS.Require => {
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('@tensorflow/tfjs-node/package.json'));
};

/** Paths a binding may lie at: built by us, or by the package's own install script. */
const bindingPaths = (folder: string): string[] => {
  const own = tfjsNodePackage()
    .resolve('./package.json')
    .replace(/package\.json$/, '');
  return [join(folder, bindingFile), ...[10, 9, 8].map((napi) => join(own, 'lib', `napi-v${napi}`, bindingFile))];
};

/**
 * Registers libtensorflow as the backend `tensorflow`; gives the library's version. Does by hand what tfjs-node's entry file does, because
 * that one looks for the binding in its own folder only and fails loudly where there is none.
 */
export const loadNativeBackend = (tf: typeof tfjs, folder = nativeEngineFolder()): string => {
  const path = bindingPaths(folder).find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error("its native binding is not built here ('affect engine install' builds it)");
  // libtensorflow writes its greeting to stderr unless told before it is loaded.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const require = tfjsNodePackage();
  // Node 23 removed two functions that tfjs-node 4.22 still calls.
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
  const binding = require(path) as { TF_Version: string };
  if (tf.findBackendFactory('tensorflow') === null) {
    require('./dist/register_all_kernels');
    const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend') as {
      NodeJSKernelBackend: new (binding: object, name: string) => tfjs.KernelBackend;
    };
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node'), 3);
  }
  return binding.TF_Version;
};
