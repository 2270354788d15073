import { defaultScript, findDevice, simulatedGsrOptions } from '@affect-edge/acquire';
import { type EngineName, readCard, shippedModels } from '@affect-edge/models';
import type { Terminal } from '../terminal.ts';
import { terminalVoice } from '../voice.ts';
import { live } from './live.ts';

export interface DemoOptions {
  readonly for?: number;
  readonly seed: number;
  readonly hop: number;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
  readonly features?: boolean;
  readonly json?: boolean;
}

/**
 * A simulated wearer through the whole line, with no hardware and no service. Both sensors send the bytes of real devices, so the real decoders
 * run; both are worn by the same simulated person (the same seed).
 */
export const demo = (options: DemoOptions, terminal: Terminal): Promise<number> =>
  live(
    {
      station: 'demo',
      sources: [
        { device: findDevice('openbci-cyton').create(), options: {}, uri: `simulated:cyton?seed=${options.seed}` },
        {
          device: findDevice('gsr-lines').create(simulatedGsrOptions),
          options: simulatedGsrOptions,
          uri: `simulated:gsr-lines?seed=${options.seed}`,
        },
      ],
      hopSec: options.hop,
      // A simulated person is no case for a model of real people; whoever names one gets it.
      models: options.model ?? shippedModels().filter((name) => readCard(name).trainedOn.simulated),
      ...(options.engine && { engine: options.engine }),
      broker: { features: options.features === true },
      ...(options.for !== undefined && { forSec: options.for }),
      json: options.json === true,
      page: {}, // everybody on this machine may look: these are signals of nobody
      voice: terminalVoice(options.json === true ? terminal.err : terminal.out, terminal),
      script: defaultScript,
    },
    terminal,
  );
