import type { Snapshot } from './metrics.ts';
import { level } from './topics.ts';

const figures = (value: number): number => Number(value.toPrecision(6));
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** The snapshot as it goes over the wire, `affect.health/1`. `null` where nobody knows. */
export const healthMessage = (session: string, at: Date, snapshot: Snapshot) => {
  const { losses, broker, outbox, modelMs, samples } = snapshot;
  const lost = sum(losses.lostSamples);
  const came = sum(samples);
  return {
    schema: 'affect.health/1',
    session,
    time: at.toISOString(),
    line: {
      samples: came,
      lost_samples: lost,
      loss_percent: came + lost === 0 ? 0 : figures((100 * lost) / (came + lost)),
      bad_frames: losses.badFrames,
      dropped: losses.dropped,
      reconnects: losses.reconnects,
      links_down: Object.keys(losses.down).length,
      estimates: sum(snapshot.estimates),
      lag_sec: snapshot.lagSec === undefined ? null : figures(snapshot.lagSec),
    },
    models: Object.fromEntries(
      Object.entries(modelMs).map(([name, { count, sum: total, longest }]) => [
        level(name),
        { mean_ms: figures(total / count), longest_ms: figures(longest) },
      ]),
    ),
    mqtt:
      broker === undefined
        ? null
        : {
            published: broker.published,
            acknowledged: broker.acknowledged,
            repeated: broker.repeated,
            refused: broker.refused,
            reconnects: broker.reconnects,
          },
    outbox:
      outbox === undefined
        ? null
        : { depth: outbox.depth, bytes: outbox.bytes, oldest_sec: figures(outbox.oldestSec), dropped: outbox.dropped },
    battery: Object.fromEntries(Object.entries(snapshot.battery).map(([device, fraction]) => [level(device), figures(fraction)])),
    process: {
      uptime_sec: Math.round(snapshot.uptimeSec),
      rss_mebibytes: Math.round(snapshot.rssBytes / 2 ** 20),
      heap_mebibytes: Math.round(snapshot.heapBytes / 2 ** 20),
    },
  };
};
export type HealthMessage = ReturnType<typeof healthMessage>;
