import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Chunk, Wire } from '../link.ts';
import { udpLink } from './udp.ts';

const wire: Wire = {
  endpoints: [''],
  start: [{ endpoint: '', bytes: Buffer.from('start') }],
  stop: [{ endpoint: '', bytes: Buffer.from('stop') }],
};

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
const sender = async (address: string) => {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
};
/** A socket of the test's own on loopback, and a port that is free for the link. */
const peer = async () => {
  const socket = await sender('127.0.0.1');
  const free = createSocket('udp4').bind(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address();
  free.close();
  return { socket, ownPort: socket.address().port, port };
};
const heard = async (socket: Socket) => String((await once(socket, 'message'))[0]);

describe('udpLink, over loopback', () => {
  it('starts the peer, gives each datagram as a chunk, stops the peer', async () => {
    const { socket, ownPort, port } = await peer();
    const chunks: Chunk[] = [];
    const start = heard(socket);
    const subscription = udpLink(`udp:127.0.0.1:${port}?to=127.0.0.1:${ownPort}`, () => 7)
      .open(wire)
      .subscribe((chunk) => chunks.push(chunk));
    expect(await start).toBe('start');
    for (const text of ['one', 'two']) socket.send(text, port, '127.0.0.1');
    while (chunks.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(chunks.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one', 'two']);
    expect(chunks[0]).toMatchObject({ endpoint: '', arrivedAt: 7 });
    const stop = heard(socket);
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(await stop).toBe('stop');
  });

  it('answers whoever spoke where nobody was named', async () => {
    const { socket, port } = await peer();
    const chunks: Chunk[] = [];
    const subscription = udpLink(`udp:127.0.0.1:${port}`, () => 7)
      .open(wire)
      .subscribe((chunk) => chunks.push(chunk));
    while (chunks.length === 0) {
      socket.send('hello', port, '127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const stop = heard(socket);
    subscription.unsubscribe();
    expect(await stop).toBe('stop');
  });

  it('of several that answer a broadcast hears the first only', async () => {
    const { port } = await peer();
    const one = await sender('127.0.0.1');
    const other = await sender('127.0.0.2');
    const chunks: Chunk[] = [];
    const subscription = udpLink(`udp:${port}?to=127.255.255.255:${port}`, () => 7)
      .open({ ...wire, start: [], stop: [] })
      .subscribe((chunk) => chunks.push(chunk));
    while (chunks.length < 3) {
      one.send('one', port, '127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (chunks.length > 0) other.send('other', port, '127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    subscription.unsubscribe();
    expect(new Set(chunks.map(({ bytes }) => Buffer.from(bytes).toString()))).toEqual(new Set(['one']));
  });

  it('keeps a control connection open while it is wanted, and ends it then', async () => {
    const { port } = await peer();
    const subscription = udpLink(`udp:127.0.0.1:${port}?control=${port}`, () => 0)
      .open(wire)
      .subscribe();
    const connection = connect(port, '127.0.0.1');
    connection.on('error', () => {});
    await once(connection, 'connect');
    connection.write('hello');
    expect(connection.readyState).toBe('open');
    const closed = new Promise((resolve) => connection.on('close', resolve));
    subscription.unsubscribe();
    await closed;
    expect(connection.readyState).toBe('closed');
  });

  it('a peer may be named by a name', async () => {
    const { socket, ownPort, port } = await peer();
    const start = heard(socket);
    const first = new Promise<Chunk>((resolve) => {
      const subscription = udpLink(`udp:127.0.0.1:${port}?to=localhost:${ownPort}`, () => 7)
        .open(wire)
        .subscribe((chunk) => {
          subscription.unsubscribe();
          resolve(chunk);
        });
    });
    expect(await start).toBe('start');
    socket.send('hello', port, '127.0.0.1');
    expect(Buffer.from((await first).bytes).toString()).toBe('hello');
  });

  it('a port that is open already is busy, and free again once it is closed', async () => {
    const { socket, port } = await peer();
    const chunks: Chunk[] = [];
    const open = (error: (error: unknown) => void = () => {}) =>
      udpLink(`udp:127.0.0.1:${port}`, () => 7)
        .open(wire)
        .subscribe({ next: (chunk) => chunks.push(chunk), error });
    const told = async () => {
      chunks.length = 0;
      while (chunks.length === 0) {
        socket.send('hello', port, '127.0.0.1');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const first = open();
    await told();
    expect(await new Promise((resolve) => open(resolve))).toMatchObject({ name: 'AcquireError', code: 'busy' });
    await told();
    first.unsubscribe();
    const again = open((error) => expect(error).toBeUndefined());
    await told();
    again.unsubscribe();
  });

  it('an address this machine does not have is an error with a code', async () => {
    const error = await new Promise((resolve) =>
      udpLink('udp:192.0.2.1:40000', () => 0)
        .open(wire)
        .subscribe({ error: resolve }),
    );
    expect(error).toMatchObject({ name: 'AcquireError', code: 'not-found' });
  });
});
