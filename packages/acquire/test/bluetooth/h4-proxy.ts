import { createServer, connect as dial, type Socket } from 'node:net';

/** `up` is controller → host, `down` is host → controller. */
export type Direction = 'up' | 'down';
/** What becomes of one ACL packet: passed on, lost, sent twice, or held for a while (those behind it wait too, as on a radio). */
export type Fate = 'pass' | 'drop' | 'duplicate' | { readonly delaySec: number };

export interface H4Proxy {
  /** Decides over every ACL packet; replace it to inject faults. `payload` starts at the L2CAP length. */
  fate: (direction: Direction, payload: Uint8Array) => Fate;
  /** While true nothing passes in either direction and nothing is kept: the radio is dead and nobody says so. */
  frozen: boolean;
  /** Connections the host believes in. */
  readonly handles: ReadonlySet<number>;
  /** ACL packets that arrived at the proxy, by direction. */
  readonly seen: Readonly<Record<Direction, number>>;
  /** Tells the host that every connection is gone (HCI reason, 0x08 = supervision timeout) and takes them down at the controller too. */
  readonly disconnect: (reason?: number) => number;
  readonly close: () => void;
}

const COMMAND = 1;
const ACL = 2;
const SCO = 3;
const EVENT = 4;
/** H4 packet type → [header length with the type byte, offset of the length field, its size]. */
const HEADERS: Readonly<Record<number, readonly [number, number, 1 | 2]>> = {
  [COMMAND]: [4, 3, 1],
  [ACL]: [5, 3, 2],
  [SCO]: [4, 3, 1],
  [EVENT]: [3, 2, 1],
};

/** Cuts an H4 byte stream into whole packets, whatever the chunks. */
const h4Packets = (onPacket: (packet: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk: Buffer): void => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length > 0) {
      const header = HEADERS[rest[0]!];
      if (header === undefined) throw new Error(`Not an H4 packet type: ${rest[0]}`);
      const [nHeader, at, size] = header;
      if (rest.length < nHeader) return;
      const length = nHeader + (size === 1 ? rest.readUInt8(at) : rest.readUInt16LE(at));
      if (rest.length < length) return;
      onPacket(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
};

/**
 * A man in the middle between a Bluetooth host (which connects to `listenAt`) and its controller (listening at `controllerAt`), both unix
 * sockets that carry H4. It understands just enough HCI to know the open connections.
 */
export const h4Proxy = async (listenAt: string, controllerAt: string): Promise<H4Proxy> => {
  const handles = new Set<number>();
  /** Connections taken down behind the host's back; the controller's own event about them is swallowed. */
  const takenDown = new Set<number>();
  const seen = { up: 0, down: 0 };
  const sockets = new Set<Socket>();
  let toHost: Socket | undefined;
  let toController: Socket | undefined;

  const proxy: H4Proxy = {
    fate: () => 'pass',
    frozen: false,
    handles,
    seen,
    disconnect: (reason = 0x08) => {
      const open = [...handles];
      for (const handle of open) {
        handles.delete(handle);
        takenDown.add(handle);
        toHost?.write(Buffer.from([EVENT, 0x05, 4, 0x00, handle & 0xff, handle >> 8, reason]));
        toController?.write(Buffer.from([COMMAND, 0x06, 0x04, 3, handle & 0xff, handle >> 8, 0x13]));
      }
      return open.length;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };

  /** Keeps book of connections; true where the event must not reach the host. */
  const swallowed = (packet: Buffer): boolean => {
    const code = packet[1];
    if (code === 0x3e && (packet[3] === 0x01 || packet[3] === 0x0a) && packet[4] === 0) handles.add(packet.readUInt16LE(5) & 0x0fff);
    if (code === 0x05) {
      const handle = packet.readUInt16LE(4) & 0x0fff;
      handles.delete(handle);
      return takenDown.delete(handle);
    }
    return code === 0x0f && takenDown.size > 0 && packet.readUInt16LE(5) === 0x0406;
  };

  const server = createServer((host) => {
    const controller = dial(controllerAt);
    toHost = host;
    toController = controller;
    for (const socket of [host, controller]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    host.on('close', () => controller.destroy());
    controller.on('close', () => host.destroy());

    const forward = (direction: Direction, from: Socket, to: Socket) => {
      let heldUntil = 0;
      const send = (packet: Buffer, delaySec: number): void => {
        heldUntil = Math.max(heldUntil, performance.now() + delaySec * 1000);
        const wait = heldUntil - performance.now();
        if (wait <= 0) to.write(packet);
        else setTimeout(() => to.writable && to.write(packet), wait);
      };
      from.on(
        'data',
        h4Packets((packet) => {
          if (direction === 'up' && packet[0] === EVENT && swallowed(packet)) return;
          if (proxy.frozen) return;
          if (packet[0] !== ACL) return send(packet, 0);
          seen[direction]++;
          const fate = proxy.fate(direction, packet.subarray(5));
          if (fate === 'drop') return;
          send(packet, typeof fate === 'object' ? fate.delaySec : 0);
          if (fate === 'duplicate') send(packet, 0);
        }),
      );
    };
    forward('up', controller, host);
    forward('down', host, controller);
  });
  await new Promise<void>((resolve) => server.listen(listenAt, resolve));
  return proxy;
};
