import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { type Socket as Connection, createServer, isIP } from 'node:net';
import { Observable } from 'rxjs';
import type { RecoverableLink } from '../acquire.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk, Command } from '../link.ts';
import { sendCommands } from './send-commands.ts';

/**
 * Datagrams: `udp:12345` listens on that port of every interface, `udp:127.0.0.1:12345` of one; `?to=192.168.1.20:3131` is where commands go, the
 * sender of the last datagram when absent (commands before the first are then left out); `to=255.255.255.255:3131` broadcasts. Each datagram is
 * one chunk. Where `to` names one host (its address, or a name that is looked up on opening), datagrams from others are ignored; of those that
 * answer a broadcast, from all but the first: two sensors of one make are not mixed. `control=3132` also accepts TCP connections on that port and keeps
 * them open, unread: an EmotiBit streams only to a host that does.
 *
 * Errors: `busy` (the port is taken), `no-permission` (a port below 1024), `not-found` (no such interface), `bad-uri`, `link-lost`.
 */
export const udpLink = (uri: string, clock: () => number): RecoverableLink => {
  const { host, port, to, control } = readAddress(uri);
  const place = `${host}:${port}`;
  const restarts = new Set<() => void>();
  return {
    uri,
    restart: () => {
      for (const restart of restarts) restart();
    },
    open: (wire) =>
      new Observable<Chunk>((subscriber) => {
        const socket = createSocket('udp4'); // a shared port would take the datagrams from whoever had it before
        const closing = new AbortController();
        let peer = to;
        let answered: string | undefined; // who was first to answer a broadcast
        let keepAlive: NodeJS.Timeout | undefined;
        const fail = (cause: unknown) => subscriber.error(udpError(uri, cause));
        const write = (command: Command) => (peer === undefined ? Promise.resolve() : sendTo(socket, peer, command.bytes));
        const start = () => void sendCommands(wire.start, write, closing.signal).catch(fail);

        const endControl = control === undefined ? () => {} : keepConnections(control, host, fail);
        socket.on('error', fail);
        socket.on('message', (bytes, { address, port: from }: RemoteInfo) => {
          if (to !== undefined && isBroadcast(to.host)) answered ??= address;
          if (to !== undefined && address !== (answered ?? peer?.host)) return;
          if (to === undefined) peer = { host: address, port: from };
          subscriber.next({ endpoint: '', arrivedAt: clock(), bytes });
        });
        const listening = () => {
          if (to !== undefined && isBroadcast(to.host)) socket.setBroadcast(true);
          restarts.add(start);
          start();
          if (wire.keepAlive !== undefined) {
            const { commands, everySec } = wire.keepAlive;
            keepAlive = setInterval(() => void sendCommands(commands, write).catch(fail), everySec * 1000);
          }
        };
        const run = async () => {
          await leaving.get(place); // somebody before us may still be closing it
          if (to !== undefined && isIP(to.host) === 0) peer = { host: (await lookup(to.host, 4)).address, port: to.port };
          if (!closing.signal.aborted) socket.bind(port, host, listening);
        };
        run().catch(fail);
        return () => {
          closing.abort();
          clearInterval(keepAlive);
          const wasOpen = restarts.delete(start); // otherwise the device may be another's
          endControl();
          socket.removeAllListeners();
          socket.on('error', () => {}); // nobody is left to hear it
          const left: Promise<unknown> = sendCommands(wasOpen ? wire.stop : [], write)
            .catch(() => {})
            .finally(() => {
              socket.close();
              if (leaving.get(place) === left) leaving.delete(place);
            });
          leaving.set(place, left);
        };
      }),
  };
};

/** Ports that are being closed. */
const leaving = new Map<string, Promise<unknown>>();

/** Accepts connections and holds them until the function it gives is called. */
const keepConnections = (port: number, host: string, fail: (cause: unknown) => void): (() => void) => {
  const connections = new Set<Connection>();
  const server = createServer((connection) => {
    connections.add(connection);
    connection.on('error', () => {}); // 'close' follows
    connection.on('close', () => connections.delete(connection));
    connection.resume();
  });
  server.on('error', fail);
  server.listen(port, host);
  return () => {
    server.close();
    for (const connection of connections) connection.destroy();
  };
};

interface Peer {
  readonly host: string;
  readonly port: number;
}

const isBroadcast = (host: string) => host.endsWith('.255');

const sendTo = (socket: Socket, { host, port }: Peer, bytes: Uint8Array) =>
  new Promise<void>((resolve, reject) => socket.send(bytes, port, host, (error) => (error ? reject(error) : resolve())));

const udpError = (uri: string, cause: unknown): AcquireError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new AcquireError('busy', `'${uri}': the port is in use by another program.`, { cause });
  if (code === 'EACCES') return new AcquireError('no-permission', `'${uri}': no permission; take a port from 1024 up.`, { cause });
  if (code === 'EADDRNOTAVAIL') return new AcquireError('not-found', `'${uri}': this machine has no such address.`, { cause });
  return new AcquireError('link-lost', `'${uri}' failed: ${message}.`, { cause });
};

const readAddress = (uri: string): Peer & { to: Peer | undefined; control: number | undefined } => {
  const [where = '', query = ''] = uri.slice('udp:'.length).split('?');
  const given = new URLSearchParams(query);
  for (const key of given.keys()) {
    if (key !== 'to' && key !== 'control')
      throw new AcquireError('bad-uri', `'${uri}' has an unknown setting '${key}'. Known are to and control.`);
  }
  const to = given.get('to');
  const control = given.get('control');
  return {
    ...readPeer(where.includes(':') ? where : `0.0.0.0:${where}`, uri),
    to: to === null ? undefined : readPeer(to, uri),
    control: control === null ? undefined : readPeer(`0.0.0.0:${control}`, uri).port,
  };
};

const readPeer = (text: string, uri: string): Peer => {
  const [, host = '', digits = ''] = /^([\d.]+|[\w.-]+):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== '' && port > 0 && port <= 65535) return { host, port };
  throw new AcquireError('bad-uri', `'${uri}': expected udp:PORT or udp:ADDRESS:PORT, for instance udp:12345, got '${text}'.`);
};
