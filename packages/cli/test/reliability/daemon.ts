import { openSync, writeSync } from 'node:fs';
import { acquire, findDevice, openLink, sessionClock } from '@affect-edge/acquire';
import { bandDe } from '@affect-edge/features';
import type { Model } from '@affect-edge/models';
import { sessionMessage, topics } from '../../src/message.ts';
import { openOutbox } from '../../src/outbox/outbox.ts';
import { runLine } from '../../src/run-line.ts';
import { liveSession } from '../../src/session.ts';
import { mqtt } from '../../src/sinks/mqtt.ts';
import { card } from '../fakes.ts';
import { until } from './figure.ts';

export interface DaemonArgs {
  readonly url: string;
  readonly folder: string;
  /** Gets a line `session seq` for every estimate before it is pushed. */
  readonly journal: string;
  readonly seed: number;
  /** Only sends what an earlier run left. */
  readonly drain: boolean;
}

export type DaemonSaid =
  | { readonly what: 'running' }
  /** The disk has everything up to here. */
  | { readonly what: 'synced'; readonly session: string; readonly seq: number }
  | { readonly what: 'drained'; readonly dropped: number };

/** The real line from a simulated wearer (forty times as fast) through the real outbox and the real MQTT sink, to be killed at any moment. */
export const daemon = async ({ url, folder, journal, seed, drain }: DaemonArgs): Promise<void> => {
  const say = (said: DaemonSaid): void => void process.send!(said);
  const outbox = openOutbox({ folder, syncMs: 100 });
  const device = findDevice('openbci-cyton').create();
  const uri = `simulated:cyton?seed=${seed}&speed=40`;
  const session = liveSession('daemon', Date.now() / 1000, [{ device: device.name, uri }]);
  const feature = bandDe();
  const [eeg] = device.signals;
  const model: Model = {
    card: { ...card, inputs: [feature.describe(eeg as Parameters<typeof feature.describe>[0])] },
    predict: ([vector]) => Float64Array.of(Math.tanh(vector!.values[0]!), vector!.values[1]!),
    dispose: () => {},
  };
  const toBroker = mqtt({ url, topics: topics('daemon'), session: sessionMessage(session, [model.card]), outbox, retryMs: 100 });
  if (drain) {
    const sink = await toBroker(() => {});
    await until('the outbox empty', () => outbox.figures().depth === 0, 60_000);
    const { dropped } = outbox.figures();
    await sink.close(2000);
    say({ what: 'drained', dropped });
    process.disconnect();
    return;
  }
  const log = openSync(journal, 'a');
  let last = -1;
  const syncing = setInterval(async () => {
    const seq = last;
    await outbox.sync();
    if (seq >= 0 && outbox.figures().failing === undefined) say({ what: 'synced', session: session.id, seq });
  }, 50);
  const clock = sessionClock();
  await runLine({
    session,
    sources: (report) => [acquire(device, openLink(uri, { clock, report }), { report })],
    filters: [],
    hopSec: 0.5,
    features: [feature],
    models: [model],
    sinks: () => [
      () => ({
        name: 'journal',
        estimate: (_, { seq }) => {
          if (last < 0) say({ what: 'running' });
          last = seq;
          writeSync(log, `${session.id} ${seq}\n`);
        },
        close: async () => {},
      }),
      toBroker,
    ],
    stop: new AbortController().signal,
    onSinkEnd: () => process.exit(1),
  });
  clearInterval(syncing);
};
