import { connectAsync, type MqttClient } from 'mqtt';

/** Everything that comes to one subscriber, by (session, seq). */
export interface Receiver {
  /** Sequence numbers of a session. */
  readonly seqs: ReadonlyMap<string, Set<number>>;
  readonly total: () => number;
  readonly unique: () => number;
  readonly historical: () => number;
  /** Connects and subscribes, also after the broker has been killed. */
  readonly listen: (url: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Subscribes at QoS 0: then the broker hands a message on before it acknowledges it to its publisher. */
export const receiver = (
  topic: string,
  onMessage: (message: { readonly session: string; readonly seq: number }) => void = () => {},
): Receiver => {
  const seqs = new Map<string, Set<number>>();
  let total = 0;
  let historical = 0;
  let client: MqttClient | undefined;
  return {
    seqs,
    total: () => total,
    unique: () => [...seqs.values()].reduce((sum, { size }) => sum + size, 0),
    historical: () => historical,
    listen: async (url) => {
      client
        ?.removeAllListeners()
        .on('error', () => {})
        .end(true);
      client = await connectAsync(url, { reconnectPeriod: 0, connectTimeout: 2000 });
      client.on('error', () => {});
      client.on('message', (_, payload) => {
        const message = JSON.parse(payload.toString());
        total += 1;
        if (message.historical) historical += 1;
        const known = seqs.get(message.session) ?? new Set();
        seqs.set(message.session, known.add(message.seq));
        onMessage(message);
      });
      await client.subscribeAsync(topic, { qos: 0 });
    },
    end: async () => {
      await client?.endAsync(true);
    },
  };
};
