import { findDevice } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import type { SourceSpec } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { live } from './live.ts';

export interface RunOptions {
  readonly source?: readonly SourceSpec[];
  readonly mqtt?: string;
  readonly name: string;
  readonly hop: number;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
  readonly features?: boolean;
  readonly for?: number;
  readonly json?: boolean;
  readonly page: boolean;
}

/** The line with real sensors. */
export const run = (options: RunOptions, terminal: Terminal): Promise<number> => {
  if (options.source === undefined) {
    throw new ConfigError(
      'no-input',
      "'affect run' needs a sensor: --source <device>@<link>, for instance --source openbci-cyton@serial:/dev/ttyUSB0. Without one, try 'affect demo'.",
    );
  }
  return live(
    {
      station: options.name,
      sources: options.source.map(({ device, options: settings, uri }) => ({ device: findDevice(device).create(settings), uri })),
      ...(options.mqtt !== undefined && { mqttUrl: options.mqtt }),
      hopSec: options.hop,
      ...(options.model && { models: options.model }),
      ...(options.engine && { engine: options.engine }),
      features: options.features === true,
      ...(options.for !== undefined && { forSec: options.for }),
      json: options.json === true,
      page: options.page,
    },
    terminal,
  );
};
