import {
  installNativeEngine,
  loadModel,
  ModelError,
  nativeEngineFolder,
  openEngine,
  openOnnxEngine,
  readCard,
  shippedModels,
} from '@affect-edge/models';
import { measuredMs } from '../measured-ms.ts';
import { say, type Terminal } from '../terminal.ts';

/** Builds the native TensorFlow engine for this machine; progress on stderr. */
export const engineInstall = async ({ json = false }: { readonly json?: boolean }, { out, err, stop }: Terminal): Promise<number> => {
  let step = '';
  const info = await installNativeEngine({
    signal: stop,
    onProgress: (progress) => {
      if (json) say(err, JSON.stringify(progress));
      else if (progress.step !== step) say(err, `${progress.step.padEnd(9)} ${progress.detail}`);
      step = progress.step;
    },
  });
  say(out, json ? JSON.stringify(info) : `Ready: ${info.name} ${info.version} (${info.backend}) in ${nativeEngineFolder()}`);
  return 0;
};

/** Which engines this machine has, and how long one estimate takes on each. */
export const engineInfo = async ({ json = false }: { readonly json?: boolean }, { out }: Terminal): Promise<number> => {
  const model = shippedModels().find((name) => readCard(name).architecture === 'electrode-transformer')!;
  const rows = [];
  // one after the other: TensorFlow.js has one backend a process
  for (const open of [() => openEngine('tfjs-node'), () => openEngine('tfjs-wasm'), async () => openOnnxEngine()]) {
    try {
      const engine = await open();
      const loaded = await loadModel(model, engine);
      rows.push({ ...engine.info(), model, medianMs: measuredMs(loaded) });
      loaded.dispose();
    } catch (error) {
      if (!(error instanceof ModelError && error.code === 'no-engine')) throw error;
      rows.push({ missing: error.message });
    }
  }
  if (json) say(out, JSON.stringify(rows, null, 2));
  else {
    for (const row of rows) {
      if ('missing' in row) say(out, `-          ${row.missing}`);
      else
        say(
          out,
          `${row.name.padEnd(10)} ${row.version} (${row.backend}), ${row.threads} thread${row.threads === 1 ? '' : 's'}, ${row.medianMs.toFixed(2)} ms an estimate of ${row.model}`,
        );
    }
  }
  return 0;
};
