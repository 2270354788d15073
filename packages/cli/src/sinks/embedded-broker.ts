import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { ConfigError } from '../errors.ts';

export interface EmbeddedBroker {
  /** `mqtt://127.0.0.1:1883`, with the port it got. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** An MQTT broker in this process, on loopback only: port 1883, or the next free one. Keeps nothing on disk. */
export const embeddedBroker = async (firstPort = 1883): Promise<EmbeddedBroker> => {
  const broker = await Aedes.createBroker({ heartbeatInterval: 60_000, queueLimit: 1000, maxTopicLevels: 16 });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    broker.handle(socket);
  });
  const port = await listenNear(server, firstPort, 20, 'the MQTT broker');
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

/**
 * Listens on loopback at the first free port of `firstPort … firstPort + attempts - 1` and returns it; 0 takes any free port. Throws
 * `ConfigError('no-port')` where all are taken.
 */
export const listenNear = async (server: Server, firstPort: number, attempts: number, what: string): Promise<number> => {
  for (let port = firstPort; port < firstPort + attempts; port++) {
    const taken = await new Promise<boolean>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void =>
        error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(true) : reject(error);
      server.once('error', onError).listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        server.off('error', onError);
        resolve(false);
      });
    });
    if (!taken) return (server.address() as AddressInfo).port;
  }
  const last = firstPort + attempts - 1;
  throw new ConfigError(
    'no-port',
    `No free port for ${what}: expected one of ${firstPort}-${last} on 127.0.0.1, all are taken. Stop what uses them.`,
  );
};
