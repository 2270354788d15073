import { estimateMessage, sessionMessage, topics } from '../../src/message.ts';
import { openOutbox } from '../../src/outbox/outbox.ts';
import { mqtt } from '../../src/sinks/mqtt.ts';
import { card, estimate, session } from '../fakes.ts';
import { pause } from './figure.ts';

export interface PublisherArgs {
  readonly url: string;
  readonly folder: string;
  readonly count: number;
  /** Estimates a second; as many as go when 0. */
  readonly perSec: number;
}

export interface PublisherSaid {
  readonly what: 'pushed' | 'done' | 'memory';
  readonly rss?: number;
  readonly growth?: number;
  readonly repeated?: number;
  readonly dropped?: number;
}

/** Pushes estimates through the real outbox and the real MQTT sink, tells its memory, and ends when told. */
export const publisher = async ({ url, folder, count, perSec }: PublisherArgs): Promise<void> => {
  const say = (said: PublisherSaid): void => void process.send!(said);
  const outbox = openOutbox({ folder });
  const sink = await mqtt({ url, topics: topics('soak'), session: sessionMessage(session, [card]), outbox, retryMs: 100 })(() => {});
  const push = (seq: number): void => sink.estimate!(estimate(seq), estimateMessage(session, seq, estimate(seq))!);
  const rss = (): number => process.memoryUsage().rss;
  const warm = Math.min(count >> 2, 10_000);
  let before = 0;
  let most = 0;
  const timer = setInterval(() => {
    if (before > 0) most = Math.max(most, rss());
  }, 50);
  const from = performance.now();
  for (let seq = 0; seq < count; ) {
    const due = perSec === 0 ? seq + 100 : Math.min(count, Math.floor(((performance.now() - from) / 1000) * perSec));
    for (; seq < Math.min(due, count); seq++) push(seq);
    if (before === 0 && seq >= warm) before = rss();
    if (before > 0) most = Math.max(most, rss());
    await pause(perSec === 0 ? 1 : 5);
  }
  say({ what: 'pushed', rss: most, growth: most - before });
  process.on('message', async () => {
    clearInterval(timer);
    const { dropped } = outbox.figures();
    await sink.close(2000);
    say({ what: 'done', growth: most - before, dropped });
    process.disconnect();
  });
};
