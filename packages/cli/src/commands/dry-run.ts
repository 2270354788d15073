import { publicLink } from '../config/redact.ts';
import { loadLine } from '../load-line.ts';
import type { LiveOptions } from './live.ts';

/** Says what would run, having made the devices and loaded the models; opens no sensor, publishes and records nothing. */
export const dryRun = async ({ sources, models, engine, station, hopSec, broker, record, voice }: LiveOptions): Promise<number> => {
  const line = await loadLine(
    sources.flatMap(({ device }) => device.signals),
    models,
    engine,
    hopSec,
  );
  for (const why of line.left) voice.warn('', why);
  for (const { device, uri } of sources) {
    voice.tell('Sensor', `${device.name} on ${publicLink(uri)}: ${device.signals.map(({ id }) => id).join(', ')}`);
  }
  for (const { name, version } of line.cards) voice.tell('Model', `${name} ${version}, every ${hopSec} s`);
  voice.tell('Engine', line.engine);
  voice.tell('MQTT', `${broker.url ?? 'a broker of its own on loopback'}, ${broker.base ?? 'affect'}/${station}/#`);
  voice.tell('Record', record === undefined ? 'nothing' : `${record.folder}, a new file every ${record.splitSec} s`);
  voice.tell('Done', 'This can be run. Nothing was opened, nothing was published.');
  line.dispose();
  return 0;
};
