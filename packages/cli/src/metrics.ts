import { createServer } from 'node:http';
import type { Report, SampleBlock } from '@affect-edge/acquire';
import { nTimesOf } from '@affect-edge/acquire';
import type { Model } from '@affect-edge/models';
import type { BacklogFigures } from './bridge/backlog.ts';
import type { DeliveryFigures } from './bridge/delivery.ts';
import { allowedHost } from './dashboard/guard.ts';
import { listenAt } from './listen-at.ts';
import { countLosses, type Losses, noLosses } from './losses.ts';
import type { OpenSink, Sink } from './sinks/sink.ts';

/** How long estimates of one model take, ms. */
export interface Duration {
  readonly count: number;
  readonly sum: number;
  readonly last: number;
  readonly longest: number;
}

/** What the way to the broker looks like. */
export interface BrokerFigures extends DeliveryFigures {
  readonly connected: boolean;
  readonly reconnects: number;
  /** Messages that were not waited for (raw, states) and did not go out because the connection was full. */
  readonly skipped: number;
}

/** Everything that is counted, at one moment. */
export interface Snapshot {
  readonly uptimeSec: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Samples that came, by signal. */
  readonly samples: Readonly<Record<string, number>>;
  /** Estimates that went out, by model. */
  readonly estimates: Readonly<Record<string, number>>;
  readonly modelMs: Readonly<Record<string, Duration>>;
  /** How far the newest estimate lay behind the clock when it came, s; nothing where nobody knows the session's clock. */
  readonly lagSec: number | undefined;
  readonly losses: Losses;
  /** How full batteries are, 0-1, by device. */
  readonly battery: Readonly<Record<string, number>>;
  readonly broker: BrokerFigures | undefined;
  readonly outbox: (BacklogFigures & { readonly unwritten?: number; readonly quarantined?: number }) | undefined;
}

export interface MeterOptions {
  /** Session time now, s. */
  readonly clock?: () => number;
}

/** Looks at the line and counts. Pure but for the process's own memory and time. */
export interface Meter {
  /** The part that listens; it shows and delivers nothing. */
  readonly sink: OpenSink;
  readonly listener: Required<Pick<Sink, 'block' | 'estimate' | 'report'>>;
  /** The same model, timed. */
  readonly timed: (model: Model) => Model;
  /** Where the figures of the way to the broker are read. */
  readonly watch: (broker: () => BrokerFigures, outbox: () => Snapshot['outbox']) => void;
  readonly snapshot: () => Snapshot;
}

export const openMeter = ({ clock }: MeterOptions = {}): Meter => {
  const startedAt = performance.now();
  const samples: Record<string, number> = {};
  const estimates: Record<string, number> = {};
  const modelMs: Record<string, Duration> = {};
  const battery: Record<string, number> = {};
  let lagSec: number | undefined;
  let losses = noLosses;
  let broker: (() => BrokerFigures) | undefined;
  let outbox: (() => Snapshot['outbox']) | undefined;
  const listener = {
    block: (block: SampleBlock): void => {
      samples[block.signal.id] = (samples[block.signal.id] ?? 0) + nTimesOf(block);
    },
    estimate: ({ card, tmax }: Parameters<NonNullable<Sink['estimate']>>[0]): void => {
      estimates[card.name] = (estimates[card.name] ?? 0) + 1;
      if (clock !== undefined) lagSec = clock() - tmax;
    },
    report: (report: Report): void => {
      losses = countLosses(losses, report);
      if (report.kind === 'battery') battery[report.device] = report.fraction;
    },
  };
  return {
    listener,
    sink: () => ({ name: 'metrics', onlyShows: true, ...listener, close: async () => {} }),
    timed: (model) => ({
      ...model,
      predict: (features) => {
        const from = performance.now();
        const values = model.predict(features);
        const ms = performance.now() - from;
        const before = modelMs[model.card.name] ?? { count: 0, sum: 0, last: 0, longest: 0 };
        modelMs[model.card.name] = { count: before.count + 1, sum: before.sum + ms, last: ms, longest: Math.max(before.longest, ms) };
        return values;
      },
    }),
    watch: (readBroker, readOutbox) => {
      broker = readBroker;
      outbox = readOutbox;
    },
    snapshot: () => {
      const { rss, heapUsed } = process.memoryUsage();
      return {
        uptimeSec: (performance.now() - startedAt) / 1000,
        rssBytes: rss,
        heapBytes: heapUsed,
        samples: { ...samples },
        estimates: { ...estimates },
        modelMs: { ...modelMs },
        lagSec,
        losses,
        battery: { ...battery },
        broker: broker?.(),
        outbox: outbox?.(),
      };
    },
  };
};

type Labelled = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The snapshot in the text format of Prometheus, version 0.0.4. Links and devices are numbered, not named: addresses are nobody's business. */
export const prometheusText = (snapshot: Snapshot): string => {
  const lines: string[] = [];
  const add = (name: string, type: 'counter' | 'gauge', help: string, values: readonly Labelled[]): void => {
    if (values.length === 0) return;
    lines.push(`# HELP affect_${name} ${help}`, `# TYPE affect_${name} ${type}`);
    for (const [labels, value] of values) {
      const text = Object.entries(labels).map(([label, of]) => `${label}="${of.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`);
      lines.push(`affect_${name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${value}`);
    }
  };
  const one = (value: number | undefined): Labelled[] => (value === undefined ? [] : [[{}, value]]);
  const by = (label: string, values: Readonly<Record<string, number>>): Labelled[] =>
    Object.entries(values).map(([key, value]) => [{ [label]: key }, value]);
  const { losses, broker, outbox, modelMs } = snapshot;
  const ms = (pick: (duration: Duration) => number) => Object.fromEntries(Object.entries(modelMs).map(([name, of]) => [name, pick(of)]));

  add('uptime_seconds', 'gauge', 'Time since the program began.', one(snapshot.uptimeSec));
  add('memory_resident_bytes', 'gauge', 'Memory of the process.', one(snapshot.rssBytes));
  add('memory_heap_bytes', 'gauge', 'JavaScript heap in use.', one(snapshot.heapBytes));
  add('samples_total', 'counter', 'Samples received.', by('signal', snapshot.samples));
  add('samples_lost_total', 'counter', 'Samples missing.', by('signal', losses.lostSamples));
  add('estimates_total', 'counter', 'Estimates made.', by('model', snapshot.estimates));
  add('lag_seconds', 'gauge', 'How far the newest estimate lay behind the clock.', one(snapshot.lagSec));
  add(
    'model_last_milliseconds',
    'gauge',
    'Time of the newest estimate.',
    by(
      'model',
      ms(({ last }) => last),
    ),
  );
  add(
    'model_longest_milliseconds',
    'gauge',
    'Longest time of an estimate.',
    by(
      'model',
      ms(({ longest }) => longest),
    ),
  );
  add(
    'model_seconds_total',
    'counter',
    'Time spent on estimates.',
    by(
      'model',
      ms(({ sum }) => sum / 1000),
    ),
  );
  add('bad_frames_total', 'counter', 'Frames that could not be used.', one(losses.badFrames));
  add('dropped_total', 'counter', 'Work that stages gave up on.', one(losses.dropped));
  add('saturated_total', 'counter', 'Reports of a railed electrode.', one(losses.saturated));
  add('link_reconnects_total', 'counter', 'Attempts to reach a sensor again.', one(losses.reconnects));
  add('links_down', 'gauge', 'Sensors that do not deliver now.', one(Object.keys(losses.down).length));
  add('battery_ratio', 'gauge', 'How full a battery is, 0-1.', by('device', snapshot.battery));
  add('broker_connected', 'gauge', 'Whether the broker is there.', one(broker && Number(broker.connected)));
  add('broker_reconnects_total', 'counter', 'Connections after the first.', one(broker?.reconnects));
  add('published_total', 'counter', 'Publishes handed to the broker.', one(broker?.published));
  add('acknowledged_total', 'counter', 'Publishes the broker acknowledged.', one(broker?.acknowledged));
  add('repeated_total', 'counter', 'Publishes made again because nobody acknowledged.', one(broker?.repeated));
  add('refused_total', 'counter', 'Messages the broker refused.', one(broker?.refused));
  add('skipped_total', 'counter', 'Unimportant messages not sent because the connection was full.', one(broker?.skipped));
  add('outbox_messages', 'gauge', 'Messages waiting.', one(outbox?.depth));
  add('outbox_bytes', 'gauge', 'Their size.', one(outbox?.bytes));
  add('outbox_oldest_seconds', 'gauge', 'Age of the oldest.', one(outbox?.oldestSec));
  add('outbox_dropped_total', 'counter', 'Messages given up.', one(outbox?.dropped));
  add('outbox_unwritten', 'gauge', 'Messages the disk refuses.', one(outbox?.unwritten));
  add('outbox_quarantined_total', 'counter', 'Damaged files put aside.', one(outbox?.quarantined));
  return `${lines.join('\n')}\n`;
};

/**
 * Serves the snapshot as `/metrics` on loopback and nowhere else. A request that names another host is refused, so that no web page can read it through
 * a name of its own. Throws `ConfigError('no-port')` where the port is taken.
 */
export const metricsServer = async (
  port: number,
  snapshot: () => Snapshot,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, ({ method, url, headers }, response) => {
    const [status, text]: readonly [number, string] = !allowedHost(headers.host)
      ? [421, 'ask for localhost\n']
      : method !== 'GET' || url !== '/metrics'
        ? [404, 'only GET /metrics\n']
        : [200, prometheusText(snapshot())];
    response.writeHead(status, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(text);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  const bound = await listenAt(server, { port }, 'the metrics');
  return {
    url: `http://127.0.0.1:${bound}/metrics`,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
};
