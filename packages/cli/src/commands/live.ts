import { createInterface } from 'node:readline';
import type { Device, Phase } from '@affect-edge/acquire';
import { acquire, openLink, sessionClock } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { ofSensor, sensorLevels } from '../bridge/availability.ts';
import { scrubber } from '../config/redact.ts';
import { page } from '../dashboard/page.ts';
import type { PageServerOptions } from '../dashboard/server.ts';
import { loadLine } from '../load-line.ts';
import { describeLosses } from '../losses.ts';
import { sessionMarks } from '../marks/session-marks.ts';
import { sessionMessage } from '../message.ts';
import { metricsServer, openMeter } from '../metrics.ts';
import { type RecordPlan, sessionRecorder } from '../recordings/session-recorder.ts';
import { type Facts, runLine } from '../run-line.ts';
import { liveSession, type Session } from '../session.ts';
import { embeddedBroker } from '../sinks/embedded-broker.ts';
import { jsonl } from '../sinks/jsonl.ts';
import { type MqttOptions, mqtt, withoutSecrets } from '../sinks/mqtt.ts';
import { record } from '../sinks/record.ts';
import type { OpenSink } from '../sinks/sink.ts';
import { keepBaselines } from '../state/baseline-keeper.ts';
import { stopAfter, type Terminal } from '../terminal.ts';
import { topics } from '../topics.ts';
import { version } from '../version.ts';
import type { Voice } from '../voice.ts';
import { type Keys, onTerminal, telling, untilEach, withoutNames } from './live-sinks.ts';

/** A device with its options, and the link it is reached by. */
export interface LiveSource {
  readonly device: Device;
  readonly options: Readonly<Record<string, unknown>>;
  readonly uri: string;
}

/** How the broker is reached and what it is told. */
export type LiveBroker = Omit<
  MqttOptions,
  'topics' | 'session' | 'outbox' | 'meter' | 'marks' | 'onMark' | 'onLink' | 'version' | 'url'
> & {
  /** One is started on loopback when absent. */
  readonly url?: string;
  /** Marks are published, with what they say; `true` when absent. */
  readonly marks?: boolean;
  /** First level of the topics; `affect` when absent. */
  readonly base?: string;
  /** Opens what must not be lost waits in; memory when absent. */
  readonly openOutbox?: () => NonNullable<MqttOptions['outbox']>;
};

export interface LiveOptions {
  readonly station: string;
  readonly sources: readonly LiveSource[];
  readonly intendedUse?: string;
  readonly broker: LiveBroker;
  readonly hopSec: number;
  /** Names of the models to run; all that come with the program where none is named. */
  readonly models?: readonly string[];
  /** What computes the models; the fastest there is when absent. */
  readonly engine?: EngineName;
  readonly forSec?: number;
  /** Ends when every model has given one estimate. */
  readonly once?: boolean;
  /** `false`: nothing is published, served or recorded. */
  readonly outputs?: boolean;
  readonly json: boolean;
  /** Where the page is and who may look at it; there is none when absent. */
  readonly page?: PageServerOptions;
  readonly script?: readonly Phase[];
  readonly metricsPort?: number;
  readonly record?: RecordPlan;
  /** Where marks are taken by HTTP on loopback, and the token they need; nowhere when absent. */
  readonly httpMarks?: { readonly port: number; readonly token: string };
  /** Where a person types marks, a line each; a terminal only. */
  readonly keys?: Keys;
  /** There is room for recordings again after there was none: a session that begins now is recorded. */
  readonly onRoom?: () => void;
  /** Where to keep what features learn of whom over restarts; each session learns anew when absent. */
  readonly baselines?: { readonly folder: string; readonly subject: string };
  /** Values that must be in no report. */
  readonly secrets?: readonly string[];
  readonly voice: Voice;
  /** Hears of the session before anything of it goes out. */
  readonly onSession?: (session: Session) => void;
  /** What shows how things stand, opened last; a status line on the terminal when absent. */
  readonly status?: (facts: Facts, clock: () => number) => readonly OpenSink[];
}

/** Runs the line on live links until Ctrl-C (or for a while), with page, broker, recording and terminal; leaves nothing behind. */
export const live = async (options: LiveOptions, terminal: Terminal): Promise<number> => {
  const { station, sources, hopSec, json, voice, outputs = true } = options;
  // Links are cold: this only reads the addresses, so that a wrong one is told before anything is loaded.
  for (const { uri } of sources) openLink(uri);
  const line = await loadLine(
    sources.flatMap(({ device }) => device.signals),
    options.models,
    options.engine,
    hopSec,
  );
  const { cards } = line;
  for (const why of line.left) voice.warn('', why);
  const enough = new AbortController();
  const stop = stopAfter(AbortSignal.any([terminal.stop, enough.signal]), options.forSec);
  const closing: (() => unknown)[] = [stop.release, line.dispose];
  try {
    const startUnixSec = Date.now() / 1000;
    const clock = sessionClock();
    const meter = openMeter({ clock });
    const links = sources.map(({ device, uri }) => ({ device: device.name, uri }));
    const session = liveSession(station, startUnixSec, links, options.intendedUse);
    options.onSession?.(session);
    const own = outputs && options.broker.url === undefined ? await embeddedBroker() : undefined;
    if (own !== undefined) closing.push(own.close);
    const recorder =
      outputs && options.record !== undefined
        ? await sessionRecorder(options.record, {
            session,
            sources,
            cards,
            hopSec,
            clock,
            voice,
            ...(options.onRoom && { onRoom: options.onRoom }),
          })
        : undefined;
    if (recorder !== undefined) {
      closing.push(recorder.close);
      voice.tell('Record', recorder.paths()[0]);
    }
    const marks = sessionMarks(session, clock, voice);
    if (recorder !== undefined) marks.hear(({ t_sec, text }) => recorder.mark(t_sec, text));
    if (outputs && options.httpMarks !== undefined) {
      const { httpMarks } = await import('../marks/http-marks.ts');
      const http = await httpMarks(options.httpMarks.port, marks.set, options.httpMarks.token);
      closing.push(http.close);
      voice.tell('Marks', `POST ${http.url} with 'Authorization: Bearer <token>', which is in the file marks-token of the state folder`);
    }
    if (options.keys?.isTTY === true) {
      const typed = createInterface({ input: options.keys });
      closing.push(() => typed.close());
      typed.on('line', (text) => marks.set(text, 'keys'));
    }
    if (outputs && options.metricsPort !== undefined) {
      const server = await metricsServer(options.metricsPort, meter.snapshot);
      closing.push(server.close);
      voice.tell('Metrics', server.url);
    }
    const baselines = outputs && options.baselines ? keepBaselines({ ...options.baselines, voice }) : undefined;
    if (baselines !== undefined) closing.push(baselines.close);
    voice.tell('Engine', line.engine);
    const cleanly = withoutNames(scrubber({ secrets: options.secrets ?? [], links: sources.map(({ uri }) => uri) }));
    const url = options.broker.url ?? own?.url;
    const { base = 'affect', openOutbox, marks: publishMarks = true, ...broker } = options.broker;
    const tree = topics(station, base);
    // Made when its turn comes: an outbox that was opened for a session whose page could not be would never be closed.
    const toBroker =
      (address: string): OpenSink =>
      (fail) =>
        mqtt({
          ...broker,
          url: address,
          topics: tree,
          session: sessionMessage(session, cards),
          meter,
          version,
          ...(openOutbox && { outbox: openOutbox() }),
          ...(publishMarks && { marks: marks.hear }),
          onMark: (text) => void marks.set(text, 'mqtt'),
          onLink: (detail) => own === undefined && voice.warn('MQTT', `${withoutSecrets(address)} ${detail}`),
        })(fail);
    const levels = sensorLevels(session.sources);
    const features = broker.features !== undefined && broker.features !== false;
    const outcome = await runLine({
      ...line,
      features: baselines?.remembering(line.features, sources) ?? line.features,
      models: line.models.map(meter.timed),
      session,
      sources: (report) =>
        sources.map(({ device, uri }, index) => {
          const told = cleanly(ofSensor(levels.get(session.sources[index].origin), report));
          const link = openLink(uri, { clock, report: told });
          return acquire(device, recorder?.recorded(index, link) ?? link, { report: told });
        }),
      filters: [],
      hopSec,
      sinks: (facts) => [
        ...(outputs && options.page
          ? [page({ session, cards, facts, ...(options.script && { script: options.script }), server: options.page, onOpen: voice.page })]
          : []),
        ...(recorder === undefined ? [] : [record(recorder)]),
        meter.sink,
        ...(url === undefined ? [] : [toBroker(url)]),
        ...(json ? [jsonl(terminal.out, features)] : []),
        ...(options.once ? [untilEach(cards.length, () => enough.abort())] : []),
        ...(url === undefined ? [] : [telling(() => voice.tell('MQTT', `${withoutSecrets(url)}  topic ${tree.root}/#`))]),
        ...(options.status?.(facts, clock) ?? [onTerminal(options, terminal, cards, facts)]),
      ],
      stop: stop.signal,
      onSinkEnd: (name, reason) => voice.warn('', `affect: the ${name} output has ended: ${reason}. Everything else goes on.`),
    });
    voice.tell('', `Done: ${outcome.estimates} estimates, ${describeLosses(outcome.losses)}.`);
    return 0;
  } finally {
    for (const close of closing.reverse()) await close();
  }
};
