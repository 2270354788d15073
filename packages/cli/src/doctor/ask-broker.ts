import { randomBytes } from 'node:crypto';
import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';

/** A broker and who we are to it; keys and certificates as text. */
export interface BrokerTarget {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly verify: boolean;
  readonly protocol: 5 | '3.1.1';
  /** A topic of ours, published to and subscribed. */
  readonly topic: string;
}

/** What became of one round trip. */
export type BrokerFacts =
  | { readonly kind: 'unreachable'; readonly code: string; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'connected';
      /** Why the broker took no subscription or publish; undefined where it did. */
      readonly subscribeRefused?: string;
      readonly publishRefused?: string;
      /** From publishing to hearing it, ms; undefined where it never came. */
      readonly roundTripMs?: number;
      /** What the broker said of itself; MQTT 5 only. */
      readonly maximumPacketSize?: number;
      readonly retainAvailable?: boolean;
      readonly maximumQoS?: number;
    };

const withinMs = 5000;

/** Connects, subscribes, publishes one message (not retained) to itself, and goes; at most about ten seconds. Never throws. */
export const askBroker = async (target: BrokerTarget): Promise<BrokerFacts> => {
  const client = connect(target.url, optionsFor(target));
  try {
    const greeting = await greeted(client);
    return 'kind' in greeting ? greeting : { kind: 'connected', ...greeting, ...(await roundTrip(client, target.topic)) };
  } finally {
    client.on('error', () => {});
    await client.endAsync(true).catch(() => {});
  }
};

const optionsFor = ({ username, password, ca, cert, key, servername, verify, protocol }: BrokerTarget): IClientOptions => ({
  clientId: `affect-doctor-${randomBytes(4).toString('hex')}`,
  protocolVersion: protocol === 5 ? 5 : 4,
  clean: true,
  reconnectPeriod: 0,
  connectTimeout: withinMs,
  rejectUnauthorized: verify,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(ca !== undefined && { ca }),
  ...(cert !== undefined && { cert }),
  ...(key !== undefined && { key }),
  ...(servername !== undefined && { servername }),
});

type Greeting = Pick<Extract<BrokerFacts, { kind: 'connected' }>, 'maximumPacketSize' | 'retainAvailable' | 'maximumQoS'>;

const greeted = (client: MqttClient): Promise<Greeting | Exclude<BrokerFacts, { kind: 'connected' }>> =>
  new Promise((done) => {
    let reason = { code: 'ETIMEDOUT', message: 'no answer' };
    client.once('connect', ({ properties = {} }) => done(saidOfItself(properties)));
    client.on('error', (error: Error & { code?: string | number; errors?: readonly Error[] }) => {
      // reason codes of CONNACK are numbers; everything else is the network or TLS
      if (typeof error.code === 'number') done({ kind: 'refused', message: error.message });
      else reason = { code: error.code ?? 'unknown', message: error.message || (error.errors?.[0]?.message ?? 'unknown') };
    });
    client.once('close', () => done({ kind: 'unreachable', ...reason }));
  });

const saidOfItself = ({ maximumPacketSize, retainAvailable, maximumQoS }: NonNullable<IConnackPacket['properties']>): Greeting => {
  return {
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(retainAvailable !== undefined && { retainAvailable }),
    ...(maximumQoS !== undefined && { maximumQoS }),
  };
};

const roundTrip = async (client: MqttClient, topic: string) => {
  const subscribeRefused = await client.subscribeAsync(topic, { qos: 1 }).then(
    (granted) => (granted.every(({ qos }) => qos < 128) ? undefined : 'not allowed'),
    (error: Error) => error.message,
  );
  const from = performance.now();
  const heard = new Promise<number>((done) => client.once('message', () => done(performance.now() - from)));
  const publishRefused = await inTime(
    client.publishAsync(topic, 'affect doctor', { qos: 1 }).then(
      () => undefined,
      (error: Error) => error.message,
    ),
    'no acknowledgement',
  );
  const roundTripMs = subscribeRefused === undefined && publishRefused === undefined ? await inTime(heard, undefined) : undefined;
  return {
    ...(subscribeRefused !== undefined && { subscribeRefused }),
    ...(publishRefused !== undefined && { publishRefused }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  };
};

const inTime = async <T, U>(work: Promise<T>, otherwise: U): Promise<T | U> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<U>((done) => {
    timer = setTimeout(() => done(otherwise), withinMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};
