import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FakeDevice, type FakeNoble, fakeDevice, fakeNoble, listenersOf } from '../../test/bluetooth/fake-noble.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk, Wire } from '../link.ts';
import { bleLink } from './ble.ts';
import { nobleCentral } from './noble-central.ts';

const text = (endpoint: string, value: string) => ({ endpoint, bytes: Buffer.from(value) });
const services = { fe8d: { c1: ['writeWithoutResponse', 'notify'], c3: ['notify'], c4: ['notify'] }, '180a': { '2a28': ['read'] } };
const wire: Wire = {
  endpoints: ['C1', 'c3'],
  optionalEndpoints: ['c7'],
  reads: ['2A28'],
  start: [text('c1', 'p21'), text('c1', 'd')],
  stop: [text('c1', 'h')],
  advertised: { services: ['FE8D'], namePrefixes: ['Muse'] },
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Heard {
  readonly chunks: Chunk[];
  error?: AcquireError;
  readonly close: () => void;
}

/** A link on a fake adapter, and what its subscribers hear. */
const bench = (uri: string, noble: FakeNoble = fakeNoble()) => {
  const shutDown = vi.fn();
  const explainRadio = async () => new AcquireError('not-found', 'off');
  const central = nobleCentral(noble, { library: 'fake', explainRadio, shutDown });
  const link = bleLink(uri, { now: () => 12, central: async () => central });
  const open = (asked: Wire = wire): Heard => {
    const heard: Heard = { chunks: [], close: () => subscription.unsubscribe() };
    const subscription = link.open(asked).subscribe({
      next: (chunk) => heard.chunks.push(chunk),
      error: (error: AcquireError) => {
        heard.error = error;
      },
    });
    return heard;
  };
  return { noble, link, open, shutDown };
};
const after = (sec: number) => vi.advanceTimersByTimeAsync(sec * 1000);

const muse = (noble: FakeNoble): FakeDevice => fakeDevice(noble, { name: 'Muse-1234', advertises: ['fe8d'], services });

test('opening scans, stops scanning, connects, discovers, subscribes, reads, then sends the start commands', async () => {
  const { noble, open } = bench('ble:');
  const device = muse(noble);
  open();
  await after(0.6);
  expect(noble.log).toEqual([
    ...['scan', 'stop scan', 'connect', 'services', 'characteristics', 'characteristics'],
    ...['notify', 'notify', 'read', 'write', 'write'],
  ]);
  expect(device.written).toEqual(['c1 p21', 'c1 d']);
});

test('chunks carry the session time and the endpoint as the wire spells it; a read is a chunk too', async () => {
  const { noble, open } = bench('ble:');
  const device = muse(noble);
  const heard = open();
  await after(1);
  device.notify('c1', Buffer.from('hello'));
  device.notify('c4', Buffer.from('nobody asked'));
  expect(heard.chunks.map(({ endpoint, arrivedAt, bytes }) => [endpoint, arrivedAt, Buffer.from(bytes).toString()])).toEqual([
    ['2A28', 12, 'value of 2a28'],
    ['C1', 12, 'hello'],
  ]);
});

test('closing sends the stop commands, then disconnects, and leaves no listener; closing twice is harmless', async () => {
  const { noble, open } = bench('ble:');
  const device = muse(noble);
  const before = [listenersOf(noble), listenersOf(device)];
  const heard = open();
  await after(1);
  heard.close();
  heard.close();
  await after(0);
  expect(device.written.at(-1)).toBe('c1 h');
  expect(noble.log.at(-1)).toBe('disconnect');
  expect([listenersOf(noble), listenersOf(device)]).toEqual(before);
  expect(heard.error).toBeUndefined();
});

test('an opening right after a closing waits until the device was let go', async () => {
  const { noble, open } = bench('ble:');
  const device = muse(noble);
  device.deaf.add('disconnect');
  const first = open();
  await after(1);
  first.close();
  open();
  await after(1.9);
  expect(noble.log.filter((step) => step === 'scan')).toHaveLength(1);
  await after(0.5);
  expect(noble.log.filter((step) => step === 'scan')).toHaveLength(2);
});

test('closing while it scans ends the scan without a word', async () => {
  const { noble, open } = bench('ble:name=Nobody');
  const heard = open();
  await after(1);
  heard.close();
  await after(0);
  expect(noble.log).toEqual(['scan', 'stop scan']);
  expect(heard.error).toBeUndefined();
});

test('closing between scan and connection spares the connection; closing while it connects lets the device go again', async () => {
  const { noble, open } = bench('ble:');
  const device = muse(noble);
  const early = open();
  await after(0.1);
  early.close();
  await after(1);
  expect(noble.log).not.toContain('connect');

  device.deaf.add('connect');
  const late = open();
  await after(1);
  late.close();
  device.emit('connect');
  await after(1);
  expect(noble.log.slice(-2)).toEqual(['connect', 'disconnect']);
});

test('a drop is an error that says why', async () => {
  const { noble, open } = bench('ble:');
  const device = muse(noble);
  const heard = open();
  await after(1);
  device.drop(19);
  await after(0);
  expect(heard.error).toMatchObject({ code: 'link-lost', message: expect.stringMatching(/Muse-1234 .*the device ended/) });
});

test('the same link opens again after a drop, with a new scan', async () => {
  const { noble, link } = bench('ble:');
  const device = muse(noble);
  for (let i = 1; i <= 3; i++) {
    link.open(wire).subscribe({ error: () => {} });
    await after(1);
    device.drop(8);
    await after(1);
    expect(noble.log.filter((step) => step === 'scan')).toHaveLength(i);
  }
});

test('keep-alive commands come regularly and end with the link; one that cannot be sent is a lost link', async () => {
  const { noble, open } = bench('ble:?operation=2');
  const device = muse(noble);
  const heard = open({ ...wire, keepAlive: { everySec: 10, commands: [text('c1', 'k')] } });
  await after(35);
  expect(device.written.filter((line) => line === 'c1 k')).toHaveLength(3);
  device.deaf.add('write');
  await after(12);
  expect(heard.error?.code).toBe('timeout');
  const sent = device.written.length;
  await after(60);
  expect(device.written).toHaveLength(sent);
});

test('a required endpoint that the device lacks is an error; an optional one is not', async () => {
  const { noble, open } = bench('ble:');
  muse(noble);
  const heard = open({ ...wire, endpoints: ['c1', 'c9'] });
  await after(1);
  expect(heard.error).toMatchObject({ code: 'not-found', message: expect.stringContaining('c9') });
});

test('the device can be started once more over the connection there is', async () => {
  const { noble, link, open } = bench('ble:');
  const device = muse(noble);
  const heard = open();
  await after(2);
  link.restart?.();
  await after(1);
  expect(device.written).toEqual(['c1 p21', 'c1 d', 'c1 p21', 'c1 d']);
  heard.close();
  await after(1);
  link.restart?.();
  await after(1);
  expect(device.written).toHaveLength(5);
});

test('resetting takes the adapter down, but not under a link that is connected', async () => {
  const { noble, link, open, shutDown } = bench('ble:');
  muse(noble);
  const heard = open();
  await after(1);
  await link.resetAdapter?.();
  expect(shutDown).not.toHaveBeenCalled();
  heard.close();
  await after(1);
  await link.resetAdapter?.();
  expect(shutDown).toHaveBeenCalledOnce();
});

test('nothing heard: the error lists what was, nearest first', async () => {
  const { noble, open } = bench('ble:name=Muse-9999&?scan=4'.replace('&', ''));
  muse(noble);
  const heard = open();
  await after(4);
  expect(heard.error).toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/Muse-9999.*4 s.*Muse-1234 \(aa:bb:cc:dd:ee:ff, -60 dBm\)/),
  });
});

test.each([
  ['ble:', 'by service', { advertises: ['fe8d'], name: 'x' }, true],
  ['ble:', 'by name prefix', { name: 'Muse-77' }, true],
  ['ble:', 'not at all', { name: 'Toothbrush', advertises: ['180f'] }, false],
  ['ble:AA:BB:CC:DD:EE:FF', 'by address', { name: 'x' }, true],
  ['ble:AA:BB:CC:DD:EE:00', 'not by address', { name: 'Muse-1', advertises: ['fe8d'] }, false],
  ['ble:name=My%20Muse', 'by name', { name: 'My Muse' }, true],
])('%s takes a device %s', async (uri, _how, options, taken) => {
  const { noble, open } = bench(uri);
  fakeDevice(noble, options);
  open();
  await after(1);
  expect(noble.log.includes('connect')).toBe(taken);
});

test('a link that names no device needs a wire that says what to look for', async () => {
  const { open } = bench('ble:');
  const heard = open({ endpoints: [], start: [], stop: [] });
  await after(0);
  expect(heard.error?.code).toBe('bad-uri');
});
