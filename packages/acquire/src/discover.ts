import { bleSightings } from './discover-ble.ts';
import { type SerialFacts, serialFacts, serialSightings } from './discover-serial.ts';
import { AcquireError, type AcquireErrorCode } from './errors.ts';
import type { BleCentral } from './links/ble-central.ts';
import type { BleLibrary } from './links/ble-uri.ts';
import { bleCentral } from './links/noble-load.ts';

/** Something plugged in or on the air. */
export interface Sighting {
  /** What to give `openLink`. */
  readonly link: string;
  /** Registry names of what it may be, the likeliest first; empty where nothing is known of it. A guess: adapters and services are shared. */
  readonly devices: readonly string[];
  /** What it calls itself. */
  readonly says: string;
  readonly details: Readonly<Record<string, string>>;
  /** Why it cannot be used as it is, and what to do. */
  readonly problem?: { readonly code: AcquireErrorCode; readonly message: string };
}

/** What there is, and what to do about what there is not. */
export interface Discovery {
  readonly sightings: readonly Sighting[];
  /** Where it was looked, for a person. */
  readonly looked: readonly string[];
  /** What to check, for a person: one remedy each. Empty where everything looked for could be used. */
  readonly check: readonly string[];
}

export interface DiscoverOptions {
  /** How long to listen for Bluetooth devices, s; 0 does not touch the radio. */
  readonly bleSec?: number;
  readonly library?: BleLibrary;
  readonly adapter?: number;
  /** Ports to look at beside those the system lists: ptys, for instance, are in no list. */
  readonly ports?: readonly string[];
  /** Where the facts come from; replaced in tests. */
  readonly serial?: SerialFacts;
  readonly central?: (choice: Pick<DiscoverOptions, 'library' | 'adapter'>) => Promise<BleCentral>;
}

const nothingPluggedIn =
  'No serial port with a sensor: see that the cable carries data (many only charge) and that `lsusb` shows the adapter; for Bluetooth Classic ' +
  'pair with `bluetoothctl`, then `sudo rfcomm bind 0 <address>`.';
const nothingHeard =
  'No Bluetooth device was heard: see that it is on, charged, near, and not connected to a phone, which makes most of them silent.';

/**
 * Looks for sensors on serial ports and, where `bleSec` is above 0, on the air. Opens no port (opening resets many boards) and connects to
 * nothing. Never fails for want of hardware, rights or a library: that is what `check` tells.
 */
export const discover = async (options: DiscoverOptions = {}): Promise<Discovery> => {
  const { bleSec = 0, ports = [], serial = serialFacts, central = bleCentral, ...choice } = options;
  const check: string[] = [];
  const looked = ['serial ports (ttyUSB, ttyACM, rfcomm in /sys/class/tty)', ...ports.map((port) => `the port ${port}`)];

  const plugged = await serialSightings(ports, serial);
  if (plugged.length === 0) check.push(nothingPluggedIn);
  for (const { link, problem } of plugged) if (problem !== undefined) check.push(`${link}: ${problem.message}`);

  let heard: readonly Sighting[] = [];
  if (bleSec > 0) {
    looked.push(`Bluetooth Low Energy advertisements, for ${bleSec} s`);
    try {
      heard = await bleSightings(await central(choice), bleSec);
      if (heard.length === 0) check.push(nothingHeard);
    } catch (error) {
      if (!(error instanceof AcquireError)) throw error;
      check.push(`Bluetooth: ${error.message}`);
    }
  }
  return { sightings: [...plugged, ...heard], looked, check };
};
