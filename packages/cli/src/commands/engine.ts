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
  const there = rows.flatMap((row) => ('missing' in row ? [] : [row.name]));
  const uses = { serves: ['onnx', 'tfjs-wasm', 'tfjs-node'], trains: ['tfjs-node', 'tfjs-wasm'] } as const;
  const usesOf = (name: string): string[] =>
    Object.entries(uses).flatMap(([use, order]) => (order.find((one) => there.includes(one)) === name ? [use] : []));
  if (json) {
    say(
      out,
      JSON.stringify(
        rows.map((row) => ('missing' in row ? row : { ...row, uses: usesOf(row.name) })),
        null,
        2,
      ),
    );
    return 0;
  }
  for (const row of rows) {
    if ('missing' in row) say(out, `-          ${row.missing}`);
    else {
      const { name, version, backend, threads, medianMs } = row;
      const facts = [
        `${version} (${backend})`,
        `${threads} thread${threads === 1 ? '' : 's'}`,
        `${medianMs.toFixed(2)} ms an estimate of ${model}`,
      ];
      say(out, `${name.padEnd(10)} ${[...facts, ...usesOf(name)].join(', ')}`);
    }
  }
  return 0;
};
