import { constants } from 'node:fs';
import { access, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Sighting } from './discover.ts';

/** Where the facts about serial ports come from; replaced in tests. */
export interface SerialFacts {
  /** Names in a folder; empty where there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** Text of a file; empty where there is none. */
  readonly text: (path: string) => Promise<string>;
  /** Where a path leads with all links followed; undefined where nowhere. */
  readonly real: (path: string) => Promise<string | undefined>;
  /** What a link says, not followed further. */
  readonly link: (path: string) => Promise<string | undefined>;
  /** May this process read and write it. */
  readonly allowed: (path: string) => Promise<boolean>;
  /** Number of the group that owns it. */
  readonly group: (path: string) => Promise<number | undefined>;
}

/** The facts of this machine. */
export const serialFacts: SerialFacts = {
  list: (folder) => readdir(folder).catch(() => []),
  text: (path) => readFile(path, 'utf8').catch(() => ''),
  real: (path) => realpath(path).catch(() => undefined),
  link: (path) => readlink(path).catch(() => undefined),
  allowed: (path) =>
    access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    ),
  group: (path) =>
    stat(path).then(
      ({ gid }) => gid,
      () => undefined,
    ),
};

/** Kernel names of ports a sensor can hang on: USB adapters, USB modems (Arduino), Bluetooth Classic. Built-in UARTs say nothing of what is there. */
const sensorPort = /^(ttyUSB|ttyACM|rfcomm)\d+$/;

const text = ['gsr-lines'];
/** What usually hangs on a USB serial adapter, by vendor or vendor:product; a guess, because adapters are shared by many makers. */
const usualDevices: readonly (readonly [usb: string, devices: readonly string[]])[] = [
  ['0403:6015', ['openbci-cyton', 'openbci-cyton-daisy']], // FTDI FT231X, on the OpenBCI dongle
  ['0403', [...text, 'neurosky-thinkgear']],
  ['10c4', [...text, 'neurosky-thinkgear']], // Silicon Labs CP210x
  ['1a86', text], // WCH CH340
  ['2341', text], // Arduino
  ['2a03', text],
  ['239a', text], // Adafruit
  ['303a', text], // Espressif
  ['2e8a', text], // Raspberry Pi Pico
];
const classicBluetooth = ['shimmer3-gsr', 'bitalino', 'neurosky-thinkgear'];

/** Devices a USB serial adapter of this id (`vendor:product`, hexadecimal) is likely to be, the likeliest first. */
export const usualDevicesOf = (usb: string): readonly string[] =>
  usualDevices.find(([id]) => usb === id || usb.startsWith(`${id}:`))?.[1] ?? [];

/** What is plugged in, on Linux from the kernel's own lists, so that it works without udev and without opening (and so resetting) anything. */
export const serialSightings = async (ports: readonly string[], facts: SerialFacts = serialFacts): Promise<readonly Sighting[]> => {
  const named = await byIdNames(facts);
  const kernel = (await facts.list('/sys/class/tty')).filter((name) => sensorPort.test(name)).sort();
  const users = await portUsers(facts);
  const sightings = kernel.map(async (name): Promise<Sighting> => {
    const path = named.get(name) ?? `/dev/${name}`;
    const { usb, says } = await usbOf(name, facts);
    return {
      link: `serial:${path}`,
      devices: name.startsWith('rfcomm') ? classicBluetooth : usualDevicesOf(usb),
      says: says || (name.startsWith('rfcomm') ? 'Bluetooth Classic serial port' : 'serial port'),
      details: { port: `/dev/${name}`, ...(usb && { usb }) },
      ...(await problemOf(path, users, facts)),
    };
  });
  const asked = ports.map(
    async (path): Promise<Sighting> => ({
      link: `serial:${path}`,
      devices: [],
      says: 'named port',
      details: { port: (await facts.real(path)) ?? path },
      ...(await problemOf(path, users, facts)),
    }),
  );
  return Promise.all([...sightings, ...asked]);
};

/** Kernel name → the name that stays the same when the cable is put elsewhere. */
const byIdNames = async (facts: SerialFacts): Promise<ReadonlyMap<string, string>> => {
  const names = new Map<string, string>();
  for (const id of await facts.list('/dev/serial/by-id')) {
    const port = await facts.real(`/dev/serial/by-id/${id}`);
    if (port !== undefined) names.set(basename(port), `/dev/serial/by-id/${id}`);
  }
  return names;
};

/** The USB device above a port, found by going up its folders until one has a vendor. */
const usbOf = async (name: string, facts: SerialFacts): Promise<{ readonly usb: string; readonly says: string }> => {
  let folder = (await facts.real(`/sys/class/tty/${name}/device`)) ?? '/';
  for (; folder !== '/'; folder = dirname(folder)) {
    const read = async (file: string): Promise<string> => (await facts.text(`${folder}/${file}`)).trim();
    const vendor = await read('idVendor');
    if (vendor === '') continue;
    return { usb: `${vendor}:${await read('idProduct')}`, says: [await read('manufacturer'), await read('product')].join(' ').trim() };
  }
  return { usb: '', says: '' };
};

/** Device file → who has it open. Only processes we may look into are seen: all of them as root, otherwise our own. */
const portUsers = async (facts: SerialFacts): Promise<ReadonlyMap<string, readonly string[]>> => {
  const users = new Map<string, string[]>();
  for (const pid of (await facts.list('/proc')).filter((name) => /^\d+$/.test(name))) {
    const open = new Set<string>();
    for (const fd of await facts.list(`/proc/${pid}/fd`)) {
      const path = await facts.link(`/proc/${pid}/fd/${fd}`);
      if (path?.startsWith('/dev/')) open.add(path);
    }
    if (open.size === 0) continue;
    const user = `${(await facts.text(`/proc/${pid}/comm`)).trim()} (process ${pid})`;
    for (const path of open) users.set(path, [...(users.get(path) ?? []), user]);
  }
  return users;
};

const problemOf = async (
  path: string,
  users: ReadonlyMap<string, readonly string[]>,
  facts: SerialFacts,
): Promise<{ readonly problem?: { readonly code: 'not-found' | 'no-permission' | 'busy'; readonly message: string } }> => {
  const real = await facts.real(path);
  if (real === undefined) return { problem: { code: 'not-found', message: `There is no port '${path}'. Plug the device in.` } };
  if (!(await facts.allowed(real))) {
    const gid = await facts.group(real);
    const group = new RegExp(`^([^:]+):[^:]*:${gid}:`, 'm').exec(await facts.text('/etc/group'))?.[1] ?? 'dialout';
    const message = `No permission. Run 'sudo usermod -aG ${group} $USER', then log out and in again.`;
    return { problem: { code: 'no-permission', message } };
  }
  const inUseBy = users.get(real)?.join(' and ');
  return inUseBy === undefined ? {} : { problem: { code: 'busy', message: `In use by ${inUseBy}. Close that first.` } };
};
