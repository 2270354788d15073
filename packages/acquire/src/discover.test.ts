import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeDevice, fakeNoble } from '../test/bluetooth/fake-noble.ts';
import { devices } from './devices/index.ts';
import { discover } from './discover.ts';
import { devicesAdvertising } from './discover-ble.ts';
import { type SerialFacts, usualDevicesOf } from './discover-serial.ts';
import { AcquireError } from './errors.ts';
import { nobleCentral } from './links/noble-central.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A machine made of files (path → text) and links (path → path). */
const machine = (
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  forbidden: readonly string[] = [],
): SerialFacts => {
  const paths = [...Object.keys(files), ...Object.keys(links)];
  return {
    list: async (folder) => [
      ...new Set(paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1).split('/')[0]!)),
    ],
    text: async (path) => files[path] ?? '',
    real: async (path) => links[path] ?? (path in files ? path : undefined),
    link: async (path) => links[path],
    allowed: async (path) => !forbidden.includes(path),
    group: async () => 20,
  };
};
const usb = '/sys/devices/usb1/1-1';
const dongle = {
  files: {
    [`${usb}/idVendor`]: '0403\n',
    [`${usb}/idProduct`]: '6015\n',
    [`${usb}/manufacturer`]: 'FTDI\n',
    [`${usb}/product`]: 'FT231X USB UART\n',
    '/dev/ttyUSB0': '',
    '/etc/group': 'root:x:0:\ndialout:x:20:pi\n',
  },
  links: {
    '/sys/class/tty/ttyUSB0/device': `${usb}/1-1:1.0/ttyUSB0`,
    '/dev/serial/by-id/usb-FTDI_FT231X_USB_UART_DM00-if00-port0': '/dev/ttyUSB0',
  },
};

test('a USB adapter is listed by the name that survives replugging, with what it says and what it may be', async () => {
  const { sightings, check } = await discover({ serial: machine(dongle.files, dongle.links) });
  expect(sightings).toEqual([
    {
      link: 'serial:/dev/serial/by-id/usb-FTDI_FT231X_USB_UART_DM00-if00-port0',
      devices: ['openbci-cyton', 'openbci-cyton-daisy'],
      says: 'FTDI FT231X USB UART',
      details: { port: '/dev/ttyUSB0', usb: '0403:6015' },
    },
  ]);
  expect(check).toEqual([]);
});

test('without udev it goes by its kernel name', async () => {
  const { '/sys/class/tty/ttyUSB0/device': device } = dongle.links;
  const { sightings } = await discover({ serial: machine(dongle.files, { '/sys/class/tty/ttyUSB0/device': device }) });
  expect(sightings[0]!.link).toBe('serial:/dev/ttyUSB0');
});

test('a port without permission names the group to join', async () => {
  const { sightings, check } = await discover({ serial: machine(dongle.files, dongle.links, ['/dev/ttyUSB0']) });
  expect(sightings[0]!.problem).toMatchObject({ code: 'no-permission', message: expect.stringContaining('usermod -aG dialout') });
  expect(check).toHaveLength(1);
});

test('a port in use names the program that has it', async () => {
  const files = { ...dongle.files, '/proc/812/comm': 'ModemManager\n' };
  const links = { ...dongle.links, '/proc/812/fd/9': '/dev/ttyUSB0', '/proc/812/fd/3': 'socket:[1]', '/proc/self/fd/1': '/dev/ttyUSB0' };
  const { sightings } = await discover({ serial: machine(files, links) });
  expect(sightings[0]!.problem).toEqual({ code: 'busy', message: 'In use by ModemManager (process 812). Close that first.' });
});

test('built-in UARTs and consoles are not listed; Bluetooth Classic ports are', async () => {
  const tty = (name: string) => ({ [`/sys/class/tty/${name}/dev`]: '' });
  const files = { ...tty('ttyS0'), ...tty('tty1'), ...tty('console'), ...tty('rfcomm0'), '/dev/rfcomm0': '' };
  const { sightings } = await discover({ serial: machine(files) });
  expect(sightings.map(({ link, devices: names }) => [link, names[0]])).toEqual([['serial:/dev/rfcomm0', 'shimmer3-gsr']]);
});

test('a port that is named is looked at although no list has it', async () => {
  const serial = machine({ '/dev/pts/7': '' }, { '/run/board': '/dev/pts/7' });
  const { sightings, looked } = await discover({ serial, ports: ['/run/board', '/run/none'] });
  expect(sightings[0]).toMatchObject({ link: 'serial:/run/board', details: { port: '/dev/pts/7' } });
  expect(sightings[1]!.problem?.code).toBe('not-found');
  expect(looked.join()).toContain('/run/board');
});

test('with nothing at all it says where it looked and what to check', async () => {
  const { sightings, looked, check } = await discover({ serial: machine({}) });
  expect(sightings).toEqual([]);
  expect(looked).toHaveLength(1);
  expect(check.join()).toContain('lsusb');
});

const onAir = (noble = fakeNoble()) => ({
  noble,
  central: async () =>
    nobleCentral(noble, {
      library: 'fake',
      explainRadio: async () => new AcquireError('not-found', 'the radio is off'),
      shutDown: () => {},
    }),
});

test('what is on the air is listed: known devices first, then the nearest, each once', async () => {
  const { noble, central } = onAir();
  fakeDevice(noble, { name: 'Toothbrush', address: '00:00:00:00:00:01' });
  fakeDevice(noble, { name: 'Muse-12AB', address: '00:00:00:00:00:02', advertises: ['fe8d'] });
  Object.assign(fakeDevice(noble, { name: 'TV', address: '00:00:00:00:00:03' }), { rssi: -40 });
  const found = discover({ serial: machine({}), central, bleSec: 10 });
  await vi.advanceTimersByTimeAsync(10_000);
  const { sightings, looked } = await found;
  expect(sightings.map(({ says }) => says)).toEqual(['Muse-12AB', 'TV', 'Toothbrush']);
  expect(sightings[0]).toMatchObject({ link: 'ble:00:00:00:00:00:02', devices: ['muse-2', 'muse-athena'], details: { rssi: '-60 dBm' } });
  expect(looked.join()).toContain('10 s');
});

test('silence on the air, a radio that is off and a missing library are advice, not failures', async () => {
  const run = async (options: Parameters<typeof discover>[0]) => {
    const found = discover({ serial: machine({}), bleSec: 3, ...options });
    await vi.advanceTimersByTimeAsync(20_000);
    return (await found).check.join();
  };
  expect(await run({ central: onAir().central })).toContain('not connected to a phone');
  expect(await run({ central: onAir(fakeNoble('poweredOff')).central })).toContain('the radio is off');
  expect(await run({ central: () => Promise.reject(new AcquireError('no-driver', 'install one')) })).toContain('install one');
});

test('a mistake in the program is not passed off as advice', async () => {
  await expect(discover({ serial: machine({}), bleSec: 1, central: () => Promise.reject(new TypeError('x')) })).rejects.toThrow(TypeError);
});

test('without a time for it the radio is not touched', async () => {
  const { central } = onAir();
  const asked = vi.fn(central);
  await discover({ serial: machine({}), central: asked });
  expect(asked).not.toHaveBeenCalled();
});

test('what is guessed exists', () => {
  const names = devices.map(({ name }) => name);
  for (const id of ['0403:6015', '0403:6001', '10c4:ea60', '1a86:7523', '2341:0043']) {
    expect(usualDevicesOf(id).length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining([...usualDevicesOf(id)]));
  }
  expect(usualDevicesOf('dead:beef')).toEqual([]);
});

test.each([
  ['Muse-1234', [], 'muse-2'],
  ['x', ['180d'], 'heart-rate'],
  ['Ganglion-1a2b', [], 'openbci-ganglion'],
  ['BITalino-01', [], 'bitalino'],
] as const)('%s with services %j may be %s', (name, services, device) => {
  expect(devicesAdvertising({ name, services })).toContain(device);
});
