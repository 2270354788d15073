import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { connect, type IClientOptions, type IStore, type MqttClient } from 'mqtt';

/** Keys and certificates as PEM text, not as paths. */
export interface BrokerTls {
  readonly ca?: string | Uint8Array;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** The name the certificate must be for, and the one asked for (SNI); the URL's host when absent. */
  readonly servername?: string;
  /** `false` believes any certificate; only for a test. */
  readonly verify?: boolean;
}

export interface BrokerOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** 3.1.1 when absent: every broker speaks it. */
  readonly protocolVersion?: 5 | '3.1.1';
  readonly tls?: BrokerTls;
  /** A broker that says nothing for one and a half times this is gone, s; 15 when absent. */
  readonly keepAliveSec?: number;
}

/** What a broker grants when it accepts. */
export interface Grant {
  /** Publishes it takes before it has acknowledged one. */
  readonly receiveMaximum: number;
  /** The longest packet it takes, bytes. */
  readonly maximumPacketSize: number;
}

export interface BrokerLinkOptions extends BrokerOptions {
  readonly will: { readonly topic: string; readonly payload: string };
  readonly onUp: (grant: Grant) => void;
  /** Once after each `onUp`. */
  readonly onDown: () => void;
  /** Why there is no connection, for a person; never with secrets. */
  readonly onTrouble: (detail: string) => void;
  readonly onMessage: (topic: string, payload: Buffer, retained: boolean) => void;
  /** Time between attempts, ms; 1000 when absent. */
  readonly retryMs?: number;
}

/** A refusal by the broker carries its reason code. */
export type Published = (error?: Error & { readonly code?: number | string }) => void;

export interface BrokerLink {
  readonly connected: () => boolean;
  /** Connections that were made after the first one. */
  readonly reconnects: () => number;
  /** Bytes handed over and not yet on the wire. */
  readonly waitingBytes: () => number;
  /** `done` is called when the broker has acknowledged or refused; never when the connection ends before. */
  readonly publish: (topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }, done?: Published) => void;
  readonly subscribe: (topics: readonly string[], done?: () => void) => void;
  /** Says goodbye, so that the broker forgets the last will; a broker that does not answer is left after `withinMs`. */
  readonly end: (withinMs: number) => Promise<void>;
}

/** After a refusal (wrong password, not allowed) a broker is asked less often. */
const refusedRetryMs = 15_000;

/**
 * A connection to a broker that is made again for as long as it takes. Every connection is a new client without memory: what was not acknowledged is
 * the caller's to send again, so nothing is sent twice by two parties and nothing is limited by 16-bit message ids.
 */
export const brokerLink = (options: BrokerLinkOptions): BrokerLink => {
  const { url, retryMs = 1000, onUp, onDown, onTrouble, onMessage } = options;
  let client: MqttClient | undefined;
  let up = false;
  let ups = 0;
  let ended = false;
  let retry: NodeJS.Timeout | undefined;

  const attempt = (): void => {
    const mine = connect(url, clientOptions(options));
    let refused = false;
    let over = false;
    client = mine;
    const close = (): void => {
      if (over) return;
      over = true;
      if (up) {
        up = false;
        onDown();
      }
      mine.end(true);
      if (!ended) retry = setTimeout(attempt, refused ? Math.max(retryMs, refusedRetryMs) : retryMs);
    };
    mine.on('connect', ({ properties }) => {
      if (over || ended) return;
      up = true;
      ups += 1;
      onUp({
        receiveMaximum: properties?.receiveMaximum ?? 65_535,
        maximumPacketSize: properties?.maximumPacketSize ?? 268_435_455,
      });
    });
    mine.on('message', (topic, payload, { retain }) => {
      if (!over) onMessage(topic, payload, retain === true);
    });
    mine.on('error', (error) => {
      const code: unknown = 'code' in error ? error.code : undefined; // a number from the broker, a text from the system
      refused = typeof code === 'number';
      if (!ended) onTrouble(error.message || String(code));
      close();
    });
    mine.on('disconnect', ({ reasonCode }) => {
      if (!ended) onTrouble(`the broker has ended the connection (reason ${reasonCode ?? 0})`);
    });
    mine.on('close', close);
  };
  attempt();

  return {
    connected: () => up,
    reconnects: () => Math.max(0, ups - 1),
    // mqtt.js types the stream as less than it is
    waitingBytes: () => (client?.stream as { readonly writableLength?: number } | undefined)?.writableLength ?? 0,
    publish: (topic, payload, how, done = () => {}) => {
      const mine = client!;
      mine.publish(topic, payload, how, (error) => {
        // the reason code that an error may carry is not in the type of mqtt.js
        if (mine === client && up) done(error as Parameters<Published>[0]);
      });
    },
    subscribe: (topics, done = () => {}) => {
      const mine = client!;
      mine.subscribe([...topics], { qos: 1 }, () => {
        if (mine === client && up) done();
      });
    },
    end: async (withinMs) => {
      ended = true;
      clearTimeout(retry);
      const mine = client;
      if (mine === undefined) return;
      const gone = new Promise<void>((done) => mine.end(false, () => done()));
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([gone, new Promise((done) => (timer = setTimeout(done, withinMs)))]);
      clearTimeout(timer);
      up = false;
      // Without a listener an error of the dying connection would end the program.
      mine.on('error', () => {}).end(true);
      mine.stream?.destroy();
    },
  };
};

const clientOptions = ({
  username,
  password,
  protocolVersion = '3.1.1',
  tls,
  keepAliveSec = 15,
  will,
}: BrokerLinkOptions): IClientOptions => ({
  clientId: `affect-${randomBytes(6).toString('hex')}`,
  clean: true,
  protocolVersion: protocolVersion === 5 ? 5 : 4,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  keepalive: keepAliveSec,
  // Publishing keeps nothing alive: a broker that only swallows is noticed just as soon.
  reschedulePings: false,
  reconnectPeriod: 0,
  connectTimeout: 5000,
  queueQoSZero: false,
  outgoingStore: forgetfulStore(),
  will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
  ...(tls?.ca !== undefined && { ca: pem(tls.ca) }),
  ...(tls?.cert !== undefined && { cert: pem(tls.cert) }),
  ...(tls?.key !== undefined && { key: pem(tls.key) }),
  ...(tls?.servername !== undefined && { servername: tls.servername }),
  rejectUnauthorized: tls?.verify !== false,
});

/** The client's own memory of what is not acknowledged, which is the caller's: it keeps nothing. */
const forgetfulStore = (): IStore => {
  const store: IStore = {
    put: (_, done) => {
      done();
      return store;
    },
    del: (_, done) => {
      done();
      return store;
    },
    get: (_, done) => {
      done(new Error('nothing is kept'));
      return store;
    },
    // an empty stream; what mqtt.js adds to its own is used only where something is kept
    createStream: () => Readable.from([]) as unknown as ReturnType<IStore['createStream']>,
    close: (done) => done(),
  };
  return store;
};

const pem = (text: string | Uint8Array): Buffer => (typeof text === 'string' ? Buffer.from(text) : Buffer.from(text));
