import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fakeDevice, fakeNoble, listenersOf } from '../../test/bluetooth/fake-noble.ts';
import { AcquireError } from '../errors.ts';
import { nobleCentral } from './noble-central.ts';

const parts = { library: 'fake', explainRadio: async () => new AcquireError('not-found', 'the radio is off'), shutDown: () => {} };
const anything = { timeoutSec: 5, until: () => true };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const connected = async () => {
  const noble = fakeNoble();
  const device = fakeDevice(noble, {
    name: 'Muse-1',
    services: {
      '1800': { '2a00': ['read'] },
      fe8d: { '273e0001': ['writeWithoutResponse', 'notify'], '273e0003': ['notify'], '2a19': ['write'] },
    },
  });
  const central = nobleCentral(noble, parts);
  const idle = [listenersOf(noble), listenersOf(device)];
  const heard = await central.scan(anything);
  const peripheral = await central.connect(heard!, 5);
  return { noble, device, central, peripheral, idle };
};

describe('scan', () => {
  test('it has stopped before it gives what it found', async () => {
    const noble = fakeNoble();
    fakeDevice(noble, { name: 'Muse-1', advertises: ['FE8D'] });
    const found = await nobleCentral(noble, parts).scan(anything);
    expect(found).toEqual({ id: 'aabbccddeeff', address: 'aa:bb:cc:dd:ee:ff', name: 'Muse-1', services: ['fe8d'], rssi: -60 });
    expect(noble.log).toEqual(['scan', 'stop scan']);
  });

  test('with nothing that fits it gives undefined when the time is up, and stops', async () => {
    const noble = fakeNoble();
    fakeDevice(noble, { name: 'Muse-1' });
    const central = nobleCentral(noble, parts);
    const before = listenersOf(noble);
    const scan = central.scan({ timeoutSec: 5, until: () => false });
    await vi.advanceTimersByTimeAsync(5000);
    expect(await scan).toBeUndefined();
    expect(noble.log).toEqual(['scan', 'stop scan']);
    expect(listenersOf(noble)).toBe(before);
  });

  test('an abort ends it at once', async () => {
    const noble = fakeNoble();
    const abort = new AbortController();
    const scan = nobleCentral(noble, parts).scan({ timeoutSec: 5, until: () => false, signal: abort.signal });
    abort.abort();
    expect(await scan).toBeUndefined();
  });

  test('an adapter that never confirms the end of a scan does not hold it up for ever', async () => {
    const noble = fakeNoble();
    fakeDevice(noble, { name: 'Muse-1' });
    noble.deaf.add('scanStop');
    const scan = nobleCentral(noble, parts).scan(anything);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await scan)?.name).toBe('Muse-1');
  });

  test('an adapter that is switched off meanwhile is an error', async () => {
    const noble = fakeNoble();
    const scan = nobleCentral(noble, parts).scan({ timeoutSec: 5, until: () => false });
    noble.power('poweredOff');
    await expect(scan).rejects.toMatchObject({ code: 'link-lost' });
  });
});

describe('ready', () => {
  test('a radio that comes on is waited for', async () => {
    const noble = fakeNoble('poweredOff');
    const ready = nobleCentral(noble, parts).ready(10);
    noble.power('poweredOn');
    await ready;
  });

  test.each(['poweredOff', 'unsupported'])('a radio that stays %s is explained', async (state) => {
    const ready = nobleCentral(fakeNoble(state), parts).ready(10);
    const outcome = expect(ready).rejects.toThrow('the radio is off');
    await vi.advanceTimersByTimeAsync(10_000);
    await outcome;
  });

  test('the library does not get to end the process on Ctrl-C', async () => {
    const noble = fakeNoble();
    Object.defineProperty(noble, 'state', {
      get: () => {
        process.on('SIGINT', () => process.exit(1));
        return 'poweredOn';
      },
    });
    const before = process.listenerCount('SIGINT');
    await nobleCentral(noble, parts).ready(1);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('connect', () => {
  test('no answer: a timeout that says what to check, the attempt is cancelled, nothing is left listening, the library is started afresh', async () => {
    const noble = fakeNoble();
    const device = fakeDevice(noble, { name: 'Muse-1' });
    device.deaf.add('connect');
    const shutDown = vi.fn();
    const central = nobleCentral(noble, { ...parts, shutDown });
    const idle = [listenersOf(noble), listenersOf(device)];
    const heard = await central.scan(anything);
    const outcome = expect(central.connect(heard!, 5)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('phone'),
    });
    await vi.advanceTimersByTimeAsync(5500);
    await outcome;
    expect(noble.log).toContain('cancel');
    expect(shutDown).toHaveBeenCalledOnce();
    expect([listenersOf(noble), listenersOf(device)]).toEqual(idle);
  });

  test('a device that accepts after all, too late, is let go', async () => {
    const noble = fakeNoble();
    const device = fakeDevice(noble, { name: 'Muse-1' });
    device.deaf.add('connect');
    const central = nobleCentral(noble, parts);
    const heard = await central.scan(anything);
    const outcome = expect(central.connect(heard!, 5)).rejects.toMatchObject({ code: 'timeout' });
    await vi.advanceTimersByTimeAsync(5200);
    Object.assign(device, { state: 'connected' });
    await vi.advanceTimersByTimeAsync(300);
    await outcome;
    expect(noble.log.at(-1)).toBe('disconnect');
  });

  test('a connection that ends in the same breath it began is noticed', async () => {
    const noble = fakeNoble();
    const device = fakeDevice(noble, { name: 'Muse-1' });
    device.deaf.add('connect');
    const central = nobleCentral(noble, parts);
    const connecting = central.connect((await central.scan(anything))!, 5);
    device.emit('connect');
    device.drop(0x3e);
    expect(await (await connecting).disconnected).toContain('could not be established');
  });

  test('a device one link already holds is refused to another, and not disturbed', async () => {
    const { central, noble } = await connected();
    const heard = await central.scan(anything);
    await expect(central.connect(heard!, 5)).rejects.toMatchObject({ code: 'busy' });
    expect(noble.log).not.toContain('cancel');
  });

  test('two links that open at once use the adapter one after the other', async () => {
    const central = nobleCentral(fakeNoble(), parts);
    const order: string[] = [];
    const task = (name: string) =>
      central.exclusively(async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        order.push(`${name} ends`);
      });
    const both = Promise.all([task('a'), task('b')]);
    await vi.advanceTimersByTimeAsync(2000);
    await both;
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('a task that fails does not stop the next', async () => {
    const central = nobleCentral(fakeNoble(), parts);
    await expect(central.exclusively(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await central.exclusively(async () => 7)).toBe(7);
  });
});

describe('a connected device', () => {
  test('discovery stops asking when it has found all that is wanted', async () => {
    const { peripheral, noble } = await connected();
    expect(await peripheral.discover(['2A00'], 5)).toEqual(['2a00']);
    expect(noble.log.filter((step) => step === 'characteristics')).toHaveLength(1);
    expect(await peripheral.discover(['2a00', '273e0003'], 5)).toEqual(['2a00', '273e0001', '273e0003', '2a19']);
  });

  test('notifications arrive from before the subscription is confirmed, reads do not mix with them', async () => {
    const { peripheral, device } = await connected();
    await peripheral.discover(['273e0003'], 5);
    const values: string[] = [];
    const subscribing = peripheral.subscribe('273E0003', (bytes) => values.push(Buffer.from(bytes).toString()), 5);
    await Promise.resolve();
    await Promise.resolve();
    device.notify('273e0003', Buffer.from('early'));
    await subscribing;
    device.notify('273e0003', Buffer.from('later'));
    expect(Buffer.from(await peripheral.read('273e0003', 5)).toString()).toBe('value of 273e0003');
    expect(values).toEqual(['early', 'later']);
  });

  test('a write asks for a response only where the characteristic offers nothing else', async () => {
    const { peripheral, device } = await connected();
    await peripheral.discover(['2a19', '273e0001'], 5);
    await peripheral.write('273e0001', Buffer.from('d'), 5);
    await peripheral.write('2a19', Buffer.from('x'), 5);
    expect(device.written).toEqual(['273e0001 d', '2a19 x with response']);
  });

  test.each([
    ['services', (p: Connected) => p.discover(['2a00'], 3)],
    ['characteristics', (p: Connected) => p.discover(['2a00'], 3)],
  ] as const)('a device deaf to %s is a timeout, not a hang', async (step, operation) => {
    const { peripheral, device } = await connected();
    device.deaf.add(step);
    const outcome = expect(operation(peripheral)).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('3 s') });
    await vi.advanceTimersByTimeAsync(3000);
    await outcome;
  });

  test.each([
    ['notify', (p: Connected) => p.subscribe('273e0003', () => {}, 3)],
    ['read', (p: Connected) => p.read('2a00', 3)],
    ['write', (p: Connected) => p.write('273e0001', Buffer.from('d'), 3)],
  ] as const)('a device deaf to %s is a timeout, and the next question is asked all the same', async (step, operation) => {
    const { peripheral, device } = await connected();
    await peripheral.discover(['2a00', '273e0001', '273e0003'], 5);
    device.deaf.add(step);
    const outcome = expect(operation(peripheral)).rejects.toMatchObject({ code: 'timeout' });
    await vi.advanceTimersByTimeAsync(3000);
    await outcome;
    device.deaf.clear();
    await operation(peripheral);
  });

  test('a lost connection fails what is under way and what comes after, with the reason', async () => {
    const { peripheral, device } = await connected();
    await peripheral.discover(['2a00'], 5);
    device.deaf.add('read');
    const reading = peripheral.read('2a00', 60);
    await Promise.resolve();
    device.drop(8);
    await expect(reading).rejects.toMatchObject({ code: 'link-lost', message: expect.stringContaining('out of range') });
    await expect(peripheral.read('2a00', 5)).rejects.toMatchObject({ code: 'link-lost' });
    expect(await peripheral.disconnected).toContain('out of range');
  });

  test('an adapter that goes off ends it, though the library says nothing of the connection', async () => {
    const { peripheral, noble } = await connected();
    noble.power('poweredOff');
    expect(await peripheral.disconnected).toContain('poweredOff');
  });

  test('closing the adapter ends it', async () => {
    const { peripheral, central } = await connected();
    central.close();
    expect(await peripheral.disconnected).toContain('closed');
  });

  test('an absent characteristic is named together with those there are', async () => {
    const { peripheral } = await connected();
    await peripheral.discover(['2a00'], 5);
    await expect(peripheral.read('2a37', 5)).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/2a37.*2a00/) });
  });

  test('disconnecting leaves no listener behind, even if the device never confirms', async () => {
    for (const deaf of [false, true]) {
      const { peripheral, device, noble, idle } = await connected();
      await peripheral.discover(['273e0003'], 5);
      await peripheral.subscribe('273e0003', () => {}, 5);
      if (deaf) device.deaf.add('disconnect');
      const done = peripheral.disconnect(2);
      await vi.advanceTimersByTimeAsync(deaf ? 2000 : 0);
      await done;
      expect([listenersOf(noble), listenersOf(device)]).toEqual(idle);
    }
  });
});

type Connected = Awaited<ReturnType<typeof connected>>['peripheral'];
