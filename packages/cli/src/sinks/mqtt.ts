import { randomBytes } from 'node:crypto';
import { connect, type MqttClient } from 'mqtt';
import type { Topics } from '../message.ts';
import { boundedQueue } from './queue.ts';
import type { OpenSink } from './sink.ts';

export interface MqttOptions {
  readonly url: string;
  readonly topics: Topics;
  /** Published retained whenever the broker is reached: what the session is. */
  readonly session: object;
  readonly features?: boolean;
  /** Hears when the broker comes and goes. */
  readonly onLink?: (detail: string) => void;
  /** Messages kept while the broker is away; older ones are dropped and counted. */
  readonly queueLimit?: number;
}

interface Outgoing {
  readonly topic: string;
  readonly payload: string;
}

/** Publishes not yet acknowledged. MQTT.js numbers messages with 16 bits and loses what it queues beyond them, so the queue is ours. */
const inFlightLimit = 64;
const retained = { qos: 1, retain: true } as const;

/**
 * Messages to a broker at QoS 1, each at least once while the queue holds. A broker that is away or dies is tried again every second; nothing
 * else notices. Availability is retained `online`, and `offline` by last will or on closing.
 */
export const mqtt =
  ({ url, topics, session, features = false, onLink = () => {}, queueLimit = 10_000 }: MqttOptions): OpenSink =>
  () => {
    const queue = boundedQueue<Outgoing>(queueLimit);
    let sent = 0;
    let inFlight = 0;
    let closed = false;
    const client = connect(url, {
      clientId: `affect-${randomBytes(6).toString('hex')}`,
      clean: true,
      keepalive: 15,
      reconnectPeriod: 1000,
      connectTimeout: 5000,
      queueQoSZero: false,
      will: { topic: topics.availability, payload: Buffer.from('offline'), ...retained },
    });
    const pump = (): void => {
      while (client.connected && inFlight < inFlightLimit && queue.length > 0) {
        const outgoing = queue.shift()!;
        inFlight += 1;
        client.publish(outgoing.topic, outgoing.payload, { qos: 1 }, (error) => {
          inFlight -= 1;
          if (!error) sent += 1;
          else if (!closed) queue.putBack(outgoing);
          if (!closed && !error) pump();
        });
      }
    };
    const send = (topic: string, message: object): void => {
      queue.push({ topic, payload: JSON.stringify(message) });
      pump();
    };
    let said = '';
    const tell = (detail: string): void => {
      if (detail !== said) onLink(detail);
      said = detail;
    };
    client.on('connect', () => {
      tell('connected');
      client.publish(topics.availability, 'online', retained);
      client.publish(topics.session, JSON.stringify(session), retained);
      pump();
    });
    client.on('close', () => {
      if (!closed) tell(`away, trying every second; up to ${queueLimit} messages wait`);
    });
    client.on('error', (error) => tell(`${error.message || (error as NodeJS.ErrnoException).code}; trying every second`));
    return {
      name: 'mqtt',
      estimate: (estimate, message) => send(topics.estimate(estimate.card.name), message),
      ...(features && { vector: (vector, message) => send(topics.feature(vector.signal, vector.spec.name), message) }),
      state: () =>
        [`mqtt ${sent} sent`, queue.length > 0 && `${queue.length} waiting`, queue.dropped > 0 && `${queue.dropped} dropped`]
          .filter(Boolean)
          .join(', '),
      close: async (withinMs) => {
        const deadline = Date.now() + withinMs;
        while (client.connected && queue.length + inFlight > 0 && Date.now() < deadline) await pause(10);
        closed = true;
        await farewell(client, topics, Math.max(200, deadline - Date.now()));
      },
    };
  };

/** Leaves nothing retained but `offline`, then disconnects; a broker that does not answer is left after `withinMs`. */
const farewell = async (client: MqttClient, topics: Topics, withinMs: number): Promise<void> => {
  if (client.connected) {
    const gone = [client.publishAsync(topics.session, '', retained), client.publishAsync(topics.availability, 'offline', retained)];
    await Promise.race([Promise.allSettled(gone), pause(withinMs)]);
  }
  await Promise.race([client.endAsync(true), pause(200)]);
};

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A broker's URL without what must not be printed. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');
