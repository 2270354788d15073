import { availabilityMessage, isForeign, sensorLevels, sensorState } from '../bridge/availability.ts';
import type { Backlog } from '../bridge/backlog.ts';
import { type BrokerOptions, brokerLink } from '../bridge/broker-link.ts';
import { delivery } from '../bridge/delivery.ts';
import { bridgeInbox } from '../bridge/inbox.ts';
import { memoryBacklog } from '../bridge/memory-backlog.ts';
import { type Publish, rateGate } from '../bridge/rate.ts';
import { rawBatches } from '../bridge/raw-batches.ts';
import { publicLink } from '../config/redact.ts';
import { healthMessage } from '../health.ts';
import { announcer, type HomeAssistantOptions } from '../home-assistant/announcer.ts';
import { type MarkMessage, rawMessage, type SessionMessage, type Topics } from '../message.ts';
import { type BrokerFigures, type Meter, openMeter } from '../metrics.ts';
import type { OpenSink } from './sink.ts';

export interface MqttOptions extends BrokerOptions {
  readonly topics: Topics;
  /** Published retained whenever the broker is reached: what the session is. */
  readonly session: SessionMessage;
  /** `true` when absent. */
  readonly estimates?: Publish;
  /** `false` when absent. */
  readonly features?: Publish;
  /** Raw samples, in batches of a quarter of a second or of the given rate. `false` when absent: they stay on this machine. */
  readonly raw?: Publish;
  /** Hands every mark of the session to a listener, to be published; none is where this is absent. */
  readonly marks?: (hear: (mark: MarkMessage) => void) => void;
  /** What must not be lost waits here; it is closed with the sink. In memory when absent. */
  readonly outbox?: Backlog;
  /** Publishes under way at once; 64 when absent, and never more than the broker takes. */
  readonly inFlight?: number;
  /** Messages kept in memory where there is no outbox; older ones are dropped and counted. 10,000 when absent. */
  readonly queueLimit?: number;
  /** Device discovery for Home Assistant, and the throttled states it reads; none when absent. */
  readonly homeAssistant?: HomeAssistantOptions;
  /** Counts for health messages; the sink counts for itself where it is absent. */
  readonly meter?: Meter;
  /** Time between health messages, s; 60 when absent. */
  readonly healthEverySec?: number;
  /** A mark or self-report has come in over MQTT. Nothing is listened for where this is absent. */
  readonly onMark?: (text: string) => void;
  /** Hears when the broker comes and goes, in words for a person. */
  readonly onLink?: (detail: string) => void;
  /** The program's version, told in `bridge/info`. */
  readonly version?: string;
  /** Time between attempts to reach the broker, ms; 1000 when absent. */
  readonly retryMs?: number;
}

const retained = { qos: 1, retain: true } as const;
/** Unimportant messages are left out while this much is still to be sent, bytes. */
const fullBytes = 1 << 20;
/** How long the end waits for the outbox to empty: what is left is sent by the next run, ms. */
const drainMs = 1000;

/**
 * Messages to a broker, each at least once: from the outbox, which survives everything, or from a bounded queue in memory. A broker that is away or
 * dies is tried again for ever; nothing else notices. Topics, payloads and promises are in docs/mqtt.md.
 */
export const mqtt =
  (options: MqttOptions): OpenSink =>
  () => {
    const { topics, session, onLink = () => {}, queueLimit = 10_000, estimates = true, features = false, raw = false } = options;
    const id = session.session;
    const backlog = options.outbox ?? memoryBacklog(queueLimit);
    const meter = options.meter ?? openMeter();
    const own = options.meter === undefined ? meter.listener : undefined;
    const levels = sensorLevels(session.sources);
    const sensors = new Map<string, string>();
    const may = { estimate: rateGate(estimates), vector: rateGate(features) };
    let skipped = 0;
    let closed = false;
    let said = '';
    const tell = (detail: string): void => {
      if (detail !== said && !closed) onLink(detail);
      said = detail;
    };

    const link = brokerLink({
      ...options,
      will: { topic: topics.availability, payload: availabilityMessage('lost', id) },
      onUp: (grant) => {
        tell('connected');
        link.publish(topics.availability, availabilityMessage('ready', id), retained);
        link.publish(topics.session, JSON.stringify(session), retained);
        link.publish(topics.info, JSON.stringify(inbox.info()), retained);
        for (const [sensor, state] of sensors) link.publish(topics.sensorAvailability(sensor), state, retained);
        link.subscribe([topics.availability, `${topics.root}/sensor/+/availability`, ...inbox.topics]);
        sayHealth();
        homeAssistant?.onUp();
        out.begin(grant);
      },
      onDown: () => {
        out.interrupt();
        tell(`away, trying every second; ${options.outbox ? 'messages wait on disk' : `up to ${queueLimit} messages wait`}`);
      },
      onTrouble: (detail) => tell(`${detail}; trying every second`),
      onMessage: (topic, payload, isRetained) => {
        if (closed) return;
        if (topic === topics.availability) reassert(payload.toString());
        else if (topic.startsWith(`${topics.root}/sensor/`)) forgetSensor(topic, payload);
        else if (!(homeAssistant?.onMessage(topic, payload, isRetained) ?? false) && !isRetained) inbox.take(topic, payload);
      },
    });
    const out = delivery(link, backlog, options.inFlight ?? 64, tell);

    /** A will of an earlier run or connection may be published after this one is ready: what stays must be the truth. */
    let reasserting: NodeJS.Timeout | undefined;
    const reassert = (payload: string): void => {
      if (!isForeign(payload)) return;
      reasserting ??= setTimeout(() => {
        reasserting = undefined;
        if (link.connected() && !closed) link.publish(topics.availability, availabilityMessage('ready', id), retained);
      }, 20);
    };
    /** A sensor that an earlier run had and this one has not. */
    const forgetSensor = (topic: string, payload: Buffer): void => {
      const known = [...levels.values()].some((sensor) => topics.sensorAvailability(sensor) === topic);
      if (!known && payload.length > 0) link.publish(topic, '', retained);
    };

    const brokerFigures = (): BrokerFigures => ({
      ...out.figures(),
      connected: link.connected(),
      reconnects: link.reconnects(),
      skipped,
    });
    meter.watch(brokerFigures, backlog.figures);
    const health = () => healthMessage(id, new Date(), meter.snapshot());
    const sayHealth = (): void => link.publish(topics.health, JSON.stringify(health()), { qos: 0, retain: true });

    /** Publishes what nobody waits for, while there is room. */
    const mention = (topic: string, payload: string): void => {
      if (!link.connected()) return;
      if (link.waitingBytes() > fullBytes) skipped += 1;
      else link.publish(topic, payload, { qos: 0, retain: false });
    };
    const send = (topic: string, message: object): void => {
      backlog.push({ topic, payload: JSON.stringify(message) });
      out.pump();
    };

    const homeAssistant =
      options.homeAssistant &&
      announcer({
        ...options.homeAssistant,
        topics,
        session,
        version: options.version ?? 'unknown',
        healthEverySec: options.healthEverySec ?? 60,
        sensors: () => [...sensors.keys()],
        batteries: () => Object.keys(meter.snapshot().battery),
        link,
        mention,
      });
    const inbox = bridgeInbox({
      topics,
      session,
      version: options.version ?? 'unknown',
      publishes: { estimates, features, raw, marks: options.marks !== undefined },
      health,
      link,
      ...(options.onMark && { onMark: options.onMark }),
      ...(homeAssistant && { homeAssistant }),
    });

    options.marks?.((mark) => !closed && send(topics.mark, mark));

    let seconds = 0;
    const timer = setInterval(() => {
      seconds += 1;
      if (!link.connected()) return;
      // The disk may have given back what it refused a moment ago.
      out.pump();
      if (seconds % (options.healthEverySec ?? 60) === 0) sayHealth();
    }, 1000);

    const batches = raw === false ? undefined : rawBatches(typeof raw === 'object' ? 1 / raw.maxPerSec : 0.25);
    return {
      name: 'mqtt',
      block: (block) => {
        own?.block(block);
        const batch = batches?.(block);
        if (batch !== undefined) mention(topics.raw(block.signal.id), JSON.stringify(rawMessage(session, batch)));
      },
      estimate: (estimate, message) => {
        own?.estimate(estimate, message);
        if (may.estimate(estimate.card.name, message.t_sec)) send(topics.estimate(estimate.card.name), message);
        homeAssistant?.estimate(estimate.card.name, message);
      },
      ...(features !== false && {
        vector: (vector, message) => {
          const topic = topics.feature(vector.signal, vector.spec.name);
          if (may.vector(topic, message.t_sec)) send(topic, message);
        },
      }),
      report: (report) => {
        own?.report(report);
        if (report.kind === 'battery') homeAssistant?.refresh();
        const sensor = report.kind === 'link' ? (levels.get(report.uri) ?? levels.get(publicLink(report.uri))) : undefined;
        if (report.kind !== 'link' || sensor === undefined) return;
        const { state, reason } = sensorState(report);
        const message = availabilityMessage(state, id, reason);
        if (sensors.get(sensor) === message) return;
        const isNew = !sensors.has(sensor);
        sensors.set(sensor, message);
        if (link.connected()) link.publish(topics.sensorAvailability(sensor), message, retained);
        if (isNew) homeAssistant?.refresh();
      },
      state: () => {
        const { depth, dropped } = backlog.figures();
        const { acknowledged, inFlight } = out.figures();
        const waiting = depth - inFlight;
        return [`mqtt ${acknowledged} sent`, waiting > 0 && `${waiting} waiting`, dropped > 0 && `${dropped} dropped`]
          .filter(Boolean)
          .join(', ');
      },
      close: async (withinMs) => {
        const deadline = Date.now() + withinMs;
        const drainUntil = Math.min(deadline, Date.now() + (options.outbox ? drainMs : withinMs));
        while (link.connected() && backlog.figures().depth > 0 && Date.now() < drainUntil) await pause(10);
        closed = true;
        clearInterval(timer);
        clearTimeout(reasserting);
        homeAssistant?.close();
        if (link.connected()) await farewell(Math.max(200, deadline - Date.now()));
        await link.end(200);
        await backlog.close();
      },
    };

    /** Leaves nothing retained but that daemon and sensors have ended as asked; a broker that does not answer is left after `withinMs`. */
    async function farewell(withinMs: number): Promise<void> {
      const last: [string, string][] = [
        ...[...sensors.keys()].map((sensor): [string, string] => [
          topics.sensorAvailability(sensor),
          availabilityMessage('disconnected', id),
        ]),
        ...[topics.session, topics.info, topics.health].map((topic): [string, string] => [topic, '']),
        [topics.availability, availabilityMessage('disconnected', id)],
      ];
      const said = last.map(([topic, payload]) => new Promise<void>((done) => link.publish(topic, payload, retained, () => done())));
      await Promise.race([Promise.all(said), pause(withinMs)]);
    }
  };

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A broker's URL without what must not be printed. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/[^/]*@/, '//');
