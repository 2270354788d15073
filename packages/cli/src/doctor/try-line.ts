import { type Chunk, findDevice, ignoreReports, type Signal, simulatedChunks } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { from } from 'rxjs';
import type { SensorSettings } from '../config/check-sensor.ts';
import { configuredDevices } from '../config/configured-devices.ts';
import { type LoadedLine, loadLine } from '../load-line.ts';
import { measuredMs } from '../measured-ms.ts';
import { pipeline } from '../pipeline.ts';

/** Which models to load and for what; all that run on a Cyton where there are no settings. */
export interface LineTarget {
  readonly sensors: readonly SensorSettings[];
  readonly models?: readonly string[];
  readonly engine?: EngineName;
}

/** What loading and running showed. */
export interface LineFacts {
  /** The engine's name, and why faster ones are not used. */
  readonly engine: string;
  readonly loadMs: number;
  readonly models: readonly { readonly name: string; readonly estimateMs: number }[];
  /** How many times faster than it comes the signal of `nChannels` channels at `sfreq` Hz was worked through, on one core. */
  readonly realTimeFactor: number;
  readonly nChannels: number;
  readonly sfreq: number;
}

const signalSec = 20;
const benchMs = 2000;

/** Loads the models the settings ask for, then works through a simulated Cyton as fast as it goes. Takes three to ten seconds. */
export const tryLine = async ({ sensors, models, engine }: LineTarget): Promise<LineFacts> => {
  const before = performance.now();
  const signals: Signal[] = configuredDevices(sensors).flatMap((device) => device.signals);
  const line = await loadLine(signals.length > 0 ? signals : findDevice('openbci-cyton').create().signals, models, engine);
  const loadMs = performance.now() - before;
  const estimates = line.models.map((model) => ({ name: model.card.name, estimateMs: measuredMs(model) }));
  const described = line.engine;
  line.dispose();
  return { engine: described, loadMs, models: estimates, ...(await bench()) };
};

/** The speed of the line on eight channels at 250 Hz, every model that runs on them included. */
const bench = async (): Promise<Pick<LineFacts, 'realTimeFactor' | 'nChannels' | 'sfreq'>> => {
  const device = findDevice('openbci-cyton').create();
  const eeg = device.signals.find(({ kind }) => kind === 'eeg')!;
  const line = await loadLine([...device.signals]);
  const chunks: Chunk[] = [];
  for (const chunk of simulatedChunks('cyton', device.wire)) {
    if (chunk.arrivedAt > signalSec) break;
    chunks.push(chunk);
  }
  const run = (parts: LoadedLine): void => {
    pipeline({
      ...parts,
      sources: [from(chunks).pipe(device.decode(ignoreReports))],
      filters: [],
      hopSec: 0.5,
      report: ignoreReports,
    }).subscribe();
  };
  run(line); // compiled and warm
  const start = performance.now();
  let turns = 0;
  while (performance.now() - start < benchMs) {
    run(line);
    turns += 1;
  }
  const tookSec = (performance.now() - start) / 1000;
  line.dispose();
  return { realTimeFactor: (turns * signalSec) / tookSec, nChannels: eeg.montage.channels.length, sfreq: eeg.sfreq };
};
