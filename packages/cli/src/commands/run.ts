import { createDevices, openLink } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { findSettings, settingsPlaces } from '../config/find-settings.ts';
import type { SourceSpec } from '../config.ts';
import { createAccess } from '../dashboard/access.ts';
import { ConfigError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { terminalVoice } from '../voice.ts';
import { askUse, isOfNobody } from './intended-use.ts';
import { type LiveOptions, live } from './live.ts';
import { foregroundKeys } from './live-sinks.ts';

/** What was typed; each of these overrides the file. */
export interface RunOptions {
  readonly config?: string;
  readonly source?: readonly SourceSpec[];
  readonly use?: string;
  readonly mqtt?: string;
  readonly name?: string;
  readonly hop?: number;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
  readonly features?: boolean;
  readonly for?: number;
  readonly once?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly page: boolean;
}

/** The line with real sensors: as the file says where there is one, else as the options say. */
export const run = async (options: RunOptions, terminal: Terminal): Promise<number> => {
  const file = findSettings(options.config);
  if (file !== undefined) return (await import('./daemon.ts')).daemon(file, options, terminal);
  if (options.source === undefined) {
    throw new ConfigError(
      'no-input',
      `'affect run' needs a configuration ('affect config init' writes one; looked for ${settingsPlaces().join(', ')}) or a sensor: ` +
        "--source <device>@<link>, for instance --source openbci-cyton@serial:/dev/ttyUSB0. Without one, try 'affect demo'.",
    );
  }
  const { source, use, dryRun = false } = options;
  const devices = createDevices(source);
  const sources = source.map(({ options: settings, uri }, i) => ({ device: devices[i], options: settings, uri }));
  for (const { uri } of source) openLink(uri); // a wrong address is told before anything is asked
  askUse(source, use);
  const voice = terminalVoice(options.json === true ? terminal.err : terminal.out, terminal);
  const keys = foregroundKeys();
  const plan: LiveOptions = {
    station: options.name ?? 'run',
    sources,
    ...(use !== undefined && { intendedUse: use }),
    broker: { ...(options.mqtt !== undefined && { url: options.mqtt }), features: options.features === true },
    hopSec: options.hop ?? 0.5,
    ...(options.model && { models: options.model }),
    ...(options.engine && { engine: options.engine }),
    ...(options.for !== undefined && { forSec: options.for }),
    once: options.once === true,
    outputs: !dryRun,
    json: options.json === true,
    ...(options.page && { page: { ...(!isOfNobody(source) && { access: createAccess() }) } }),
    voice,
    ...(keys && { keys }),
  };
  if (dryRun && !options.once) return (await import('./dry-run.ts')).dryRun(plan);
  return live(plan, terminal);
};
