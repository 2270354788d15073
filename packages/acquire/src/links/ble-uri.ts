import { AcquireError } from '../errors.ts';
import { didYouMean } from '../names.ts';

/** The Bluetooth libraries we can drive. */
export const bleLibraries = ['abandonware', 'stoprocent'] as const;
export type BleLibrary = (typeof bleLibraries)[number];

/** How long each step may take, s. */
export interface BleTimeouts {
  /** Until the adapter says it is on. */
  readonly radio: number;
  /** Until the device is heard. */
  readonly scan: number;
  /** Until it accepts the connection. */
  readonly connect: number;
  /** For one GATT operation: discovery, subscribe, read, write. */
  readonly operation: number;
  /** Until a disconnection is confirmed; a peer that vanished never confirms. */
  readonly disconnect: number;
  /** Pause between the end of the scan and the connection: many adapters refuse to do both at once. */
  readonly settle: number;
}

/** A parsed `ble:` URI. */
export interface BleTarget {
  /** Lower case, no colons; undefined where the URI names no address. */
  readonly address: string | undefined;
  readonly name: string | undefined;
  /** Undefined means the default, or whichever is installed. */
  readonly library: BleLibrary | undefined;
  /** Number of the adapter, 1 for `hci1`; undefined means the first. */
  readonly adapter: number | undefined;
  readonly timeouts: BleTimeouts;
}

const defaultTimeouts: BleTimeouts = { radio: 10, scan: 20, connect: 15, operation: 5, disconnect: 2, settle: 0.2 };
const parameters = ['library', 'adapter', ...Object.keys(defaultTimeouts)];
const forms = "'ble:AA:BB:CC:DD:EE:FF', 'ble:name=Muse-1234' or 'ble:' (the first device that fits)";

/**
 * Reads `ble:AA:BB:CC:DD:EE:FF`, `ble:name=Muse-1234` or `ble:`, each with optional parameters `?library=stoprocent&adapter=1&scan=30`
 * (times in seconds). Throws `AcquireError('bad-uri')` that says which part is wrong and what would be right.
 */
export const parseBleUri = (uri: string): BleTarget => {
  const wrong = (what: string) => new AcquireError('bad-uri', `${what} in the link '${uri}'. Expected ${forms}.`);
  const [, target = '', query = ''] = /^ble:([^?]*)(?:\?(.*))?$/s.exec(uri) ?? [];
  if (!uri.startsWith('ble:')) throw wrong('No scheme ble:');

  const address = /^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$|^[0-9a-f]{32}$/i.test(target) ? target.replace(/[:-]/g, '').toLowerCase() : undefined;
  const name = target.startsWith('name=') ? decoded(target.slice(5)) : undefined;
  if (name === '') throw wrong('An empty name');
  if (target !== '' && address === undefined && name === undefined) throw wrong(`'${target}' is neither an address nor a name`);

  let library: BleLibrary | undefined;
  let adapter: number | undefined;
  const timeouts: Record<string, number> = { ...defaultTimeouts };
  for (const [key, value] of new URLSearchParams(query)) {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (key === 'library') {
      library = bleLibraries.find((known) => known === value);
      if (library === undefined)
        throw wrong(`'library' must be ${bleLibraries.join(' or ')}, not '${value}',${didYouMean(value, bleLibraries)}`);
    } else if (key === 'adapter') {
      if (!Number.isInteger(number) || number < 0) throw wrong(`'adapter' must be a number such as 1 for hci1, not '${value}',`);
      adapter = number;
    } else if (key in defaultTimeouts) {
      if (!(number >= 0 && number <= 3600)) throw wrong(`'${key}' must be a time in seconds, not '${value}',`);
      timeouts[key] = number;
    } else {
      throw wrong(`Unknown parameter '${key}' (known are ${parameters.join(', ')})${didYouMean(key, parameters)}`);
    }
  }
  // they began as the defaults, and only keys of theirs were set
  return { address, name, library, adapter, timeouts: timeouts as unknown as BleTimeouts };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is a name like any other
  }
};
