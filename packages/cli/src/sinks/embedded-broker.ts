import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { listenAt } from '../listen-at.ts';

export interface EmbeddedBroker {
  /** `mqtt://127.0.0.1:1883`, with the port it got. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** An MQTT broker in this process, on loopback only: port 1883, or the next free one. Keeps nothing on disk. Throws `ConfigError('no-port')`. */
export const embeddedBroker = async (firstPort = 1883): Promise<EmbeddedBroker> => {
  const broker = await Aedes.createBroker({ heartbeatInterval: 60_000, queueLimit: 1000, maxTopicLevels: 16 });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    broker.handle(socket);
  });
  const port = await listenAt(server, { port: firstPort, attempts: 20 }, 'the MQTT broker');
  return {
    url: `mqtt://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await new Promise<void>((done) => broker.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
