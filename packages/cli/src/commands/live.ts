import type { Device } from '@affect-edge/acquire';
import { acquire, openLink, type Phase, sessionClock } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { page } from '../dashboard/page.ts';
import { loadLine } from '../load-line.ts';
import { describeLosses } from '../losses.ts';
import { sessionMessage, topics } from '../message.ts';
import { runLine } from '../run-line.ts';
import { liveSession } from '../session.ts';
import { consoleSink } from '../sinks/console.ts';
import { embeddedBroker } from '../sinks/embedded-broker.ts';
import { jsonl } from '../sinks/jsonl.ts';
import { mqtt, withoutSecrets } from '../sinks/mqtt.ts';
import { say, stopAfter, type Terminal } from '../terminal.ts';

/** A device and the link it is reached by. */
export interface LiveSource {
  readonly device: Device;
  readonly uri: string;
}

export interface LiveOptions {
  readonly station: string;
  readonly sources: readonly LiveSource[];
  /** A broker to publish to; one is started on loopback where there is none. */
  readonly mqttUrl?: string;
  readonly hopSec: number;
  /** Names of the models to run; all that come with the program where none is named. */
  readonly models?: readonly string[];
  /** What computes the models; the fastest there is when absent. */
  readonly engine?: EngineName;
  readonly features: boolean;
  readonly forSec?: number;
  readonly json: boolean;
  readonly page: boolean;
  readonly script?: readonly Phase[];
}

/** Runs the line on live links until Ctrl-C (or for a while), with page, broker and terminal; leaves nothing behind. */
export const live = async (options: LiveOptions, terminal: Terminal): Promise<number> => {
  const { station, sources, hopSec, features, forSec, json, script } = options;
  const { out, err } = terminal;
  const screen = json ? err : out;
  // Links are cold: this only reads the addresses, so that a wrong one is told before anything is loaded.
  for (const { uri } of sources) openLink(uri);
  const line = await loadLine(
    sources.flatMap(({ device }) => device.signals),
    options.models,
    options.engine,
  );
  const { cards } = line;
  for (const why of line.left) say(err, why);
  const broker = options.mqttUrl === undefined ? await embeddedBroker() : undefined;
  const url = options.mqttUrl ?? broker!.url;
  const topicTree = topics(station);
  const startUnixSec = Date.now() / 1000;
  const clock = sessionClock();
  const session = liveSession(
    station,
    startUnixSec,
    sources.map(({ device, uri }) => ({ device: device.name, uri })),
  );
  const stop = stopAfter(terminal.stop, forSec);
  say(screen, `Engine  ${line.engine}`);
  try {
    const outcome = await runLine({
      ...line,
      session,
      sources: (report) => sources.map(({ device, uri }) => acquire(device, openLink(uri, { clock, report }), { report })),
      filters: [],
      hopSec,
      sinks: (facts) => [
        ...(options.page
          ? [page({ session, cards, facts, ...(script && { script }), onOpen: (pageUrl) => say(screen, `Page    ${pageUrl}`) })]
          : []),
        mqtt({
          url,
          topics: topicTree,
          session: sessionMessage(session, cards),
          features,
          onLink: (detail) => broker === undefined && say(err, `MQTT    ${withoutSecrets(url)} ${detail}`),
        }),
        ...(json ? [jsonl(out, features)] : []),
        async (fail) => {
          say(screen, `MQTT    ${withoutSecrets(url)}  topic ${topicTree.root}/#`);
          say(screen, `Stop    Ctrl-C${forSec === undefined ? '' : `, or by itself after ${forSec} s`}`);
          return consoleSink({ screen, cards, lines: !json && (forSec !== undefined || screen.isTTY !== true), states: facts.states })(
            fail,
          );
        },
      ],
      stop: stop.signal,
      onSinkEnd: (name, reason) => say(err, `affect: the ${name} output has ended: ${reason}. Everything else goes on.`),
    });
    say(screen, `Done: ${outcome.estimates} estimates, ${describeLosses(outcome.losses)}.`);
    return 0;
  } finally {
    stop.release();
    await broker?.close();
    line.dispose();
  }
};
