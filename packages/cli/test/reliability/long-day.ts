import { join } from 'node:path';
import { acquire, findDevice, simulatedGsrOptions } from '@affect-edge/acquire';
import { loadLine } from '../../src/load-line.ts';
import { sessionMessage, topics } from '../../src/message.ts';
import { openOutbox } from '../../src/outbox/outbox.ts';
import { runLine } from '../../src/run-line.ts';
import { liveSession } from '../../src/session.ts';
import { mqtt } from '../../src/sinks/mqtt.ts';
import { freePort, startMosquitto } from '../mosquitto.ts';
import { startChild } from './child.ts';
import { type Figure, inFolder, pause, until } from './figure.ts';
import { receiver } from './receiver.ts';
import { virtualTime } from './virtual-link.ts';

export interface DayArgs {
  readonly url: string;
  readonly folder: string;
  readonly hours: number;
}

export interface DaySaid {
  readonly what: 'memory' | 'done';
  readonly hour: number;
  /** Processor time so far, s. */
  readonly cpuSec: number;
  /** After a garbage collection. */
  readonly heap: number;
  readonly rss: number;
  readonly estimates: number;
  readonly lost: number;
}

/** Noon in Europe on the day before the clocks go back: midnight and the change lie ahead, at 12 h and 13 h. */
const startUnixSec = Date.UTC(2026, 9, 24, 11) / 1000;
const hopSec = 0.5;

/** The line of `affect demo` on a clock that runs as fast as it can, through outbox and broker; tells its memory now and then. */
export const day = async ({ url, folder, hours }: DayArgs): Promise<void> => {
  const outbox = openOutbox({ folder });
  const time = virtualTime();
  const cyton = findDevice('openbci-cyton').create();
  const gsr = findDevice('gsr-lines').create(
    Object.fromEntries(Object.entries(simulatedGsrOptions).map(([key, value]) => [key, String(value)])),
  );
  const line = await loadLine([...cyton.signals, ...gsr.signals]);
  const links = [time.link('cyton', 7), time.link('gsr-lines', 7)] as const;
  const session = liveSession('day', startUnixSec, [
    { device: cyton.name, uri: links[0].uri },
    { device: gsr.name, uri: links[1].uri },
  ]);
  const say = (what: DaySaid['what'], hour: number): void => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    process.send!({ what, hour, cpuSec: (user + system) / 1e6, heap: heapUsed, rss, estimates, lost } satisfies DaySaid);
  };
  let estimates = 0;
  let lost = 0;
  const stop = new AbortController();
  const drive = async (): Promise<void> => {
    for (let sec = 10; sec <= hours * 3600; sec += 10) {
      time.passUntil(sec);
      while (outbox.figures().depth > 2000) await pause(2);
      await pause(0);
      if (sec % (hours * 150) === 0) say('memory', sec / 3600);
    }
    while (outbox.figures().depth > 0) await pause(10);
    stop.abort();
  };
  const outcome = await runLine({
    ...line,
    session,
    sources: (report) => {
      setImmediate(() => void drive());
      const told: typeof report = (fact) => {
        if (fact.kind === 'gap') lost += fact.lost;
        if (fact.kind === 'dropped') lost += fact.count;
        report(fact);
      };
      return [acquire(cyton, links[0], { report: told, silenceSec: 3600 }), acquire(gsr, links[1], { report: told, silenceSec: 3600 })];
    },
    filters: [],
    hopSec,
    sinks: () => [
      () => ({
        name: 'count',
        estimate: () => {
          estimates += 1;
        },
        close: async () => {},
      }),
      mqtt({
        url,
        topics: topics('day'),
        session: sessionMessage(session, line.cards),
        outbox,
        homeAssistant: {},
        features: { maxPerSec: 0.1 },
      }),
    ],
    stop: stop.signal,
    onSinkEnd: () => process.exit(1),
  });
  estimates = outcome.estimates;
  line.dispose();
  say('done', hours);
  process.disconnect();
};

const mib = 2 ** 20;
/** `2026-10-25, GMT+2`: the date where the person lives, and its distance from UTC. */
const here = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Berlin',
  timeZoneName: 'shortOffset',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** A day of the whole line in minutes. */
export const longDay = (hours: number, withinSec: number): Promise<Figure> =>
  inFolder(async (folder) => {
    const broker = await startMosquitto(folder, await freePort());
    const times = new Map<string, number>();
    const days = new Set<string>();
    let backwards = 0;
    const received = receiver('affect/day/estimate/#', (message) => {
      const { model, time, t_sec: tSec } = message as unknown as { model: { name: string }; time: string; t_sec: number };
      if (tSec <= (times.get(model.name) ?? 0) || Math.abs(Date.parse(time) / 1000 - startUnixSec - tSec) > 0.002) backwards += 1;
      times.set(model.name, tSec);
      // Dates change on the hour.
      if (tSec % 1800 === 0) days.add(here.format(new Date(time)));
    });
    await received.listen(broker.url);
    const from = performance.now();
    const child = startChild<DaySaid>('day', { url: broker.url, folder: join(folder, 'outbox'), hours } satisfies DayArgs);
    await until('the day over', () => child.said.at(-1)?.what === 'done' || child.process.exitCode !== null, 3_600_000);
    const seconds = (performance.now() - from) / 1000;
    await child.gone;
    await pause(300);
    await received.end();
    await broker.kill();
    const done = child.said.at(-1)!;
    const [seqs = new Set<number>()] = received.seqs.values();
    const contiguous = seqs.size === done.estimates && Math.max(-1, ...chunkMax(seqs)) === done.estimates - 1;
    // From the second of 24 measurements on: the first still holds what starting took.
    const measured = child.said.filter(({ what }) => what === 'memory').slice(1);
    const growth = (pick: (said: DaySaid) => number): number => (pick(measured.at(-1)!) - pick(measured[0]!)) / mib;
    const heap = growth(({ heap: bytes }) => bytes);
    const rss = growth(({ rss: bytes }) => bytes);
    const shifts = [...days].map((text) => text.replace(/^.*,\s*/, ''));
    return {
      test: 'a long day',
      asked: `${hours} h of the whole line within ${Math.round(withinSec / 60)} min of processor time: memory flat, sequence contiguous${hours >= 24 ? ', over midnight and the end of summer time' : ''}`,
      found: `${done.cpuSec.toFixed(0)} s of processor time (${seconds.toFixed(0)} s by the clock); ${seqs.size} of ${done.estimates} estimates received, ${backwards} with a wrong time, ${done.lost} samples or sets lost; ${days.size} pairs of date and UTC offset seen; from hour ${measured[0]!.hour.toFixed(1)} to ${measured.at(-1)!.hour.toFixed(1)} the heap grew by ${heap.toFixed(1)} MiB, memory by ${rss.toFixed(1)} MiB`,
      ok:
        contiguous &&
        backwards === 0 &&
        done.lost === 0 &&
        Math.min(seconds, done.cpuSec) <= withinSec &&
        heap < 5 &&
        rss < 30 &&
        (hours < 24 || new Set(shifts).size > 1),
    };
  });

/** Maxima of a large set without spreading it over the stack. */
const chunkMax = (values: Iterable<number>): number[] => {
  let most = -1;
  for (const value of values) most = Math.max(most, value);
  return [most];
};
