import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One connection through the proxy. */
export interface Passage {
  /** From now on both sides hear nothing any more and are told nothing: a cable was pulled. */
  readonly blackHole: () => void;
  /** Ends one side without a word to the other. */
  readonly dropServerSide: () => void;
  readonly dropClientSide: () => void;
  readonly closed: () => boolean;
}

/** A TCP proxy on loopback that can refuse, cut and swallow. */
export interface ChaosProxy {
  readonly port: number;
  /** Whether new connections are let through; they are refused otherwise. */
  open: boolean;
  /** Connections so far, in order. */
  readonly passages: readonly Passage[];
  /** Swallows everything on every connection, present and future. */
  readonly blackHole: (on: boolean) => void;
  readonly cutAll: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a proxy in front of a port of this machine. */
export const chaosProxy = async (targetPort: number): Promise<ChaosProxy> => {
  const passages: Passage[] = [];
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server = createServer((client) => {
    if (!proxy.open) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(targetPort, '127.0.0.1');
    let swallowed = false;
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => {
        if (!swallowed && !swallowing && !to.destroyed) to.write(bytes);
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        if (!swallowed && !swallowing) to.destroy();
      });
    }
    passages.push({
      blackHole: () => {
        swallowed = true;
      },
      dropServerSide: () => upstream.destroy(),
      dropClientSide: () => client.destroy(),
      closed: () => upstream.destroyed,
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: ChaosProxy = {
    port: (server.address() as AddressInfo).port,
    open: true,
    passages,
    blackHole: (on) => {
      swallowing = on;
    },
    cutAll: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return proxy;
};
