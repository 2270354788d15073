/** What one advertisement told; the fields a device can be recognised by. */
export interface BleAdvertisement {
  /** What the library knows the device by; good until the next scan. */
  readonly id: string;
  /** `aa:bb:cc:dd:ee:ff`; empty where the operating system hides it (macOS). */
  readonly address: string;
  /** Empty until the device told its name. */
  readonly name: string;
  /** Advertised services, as `plainUuid` writes them. */
  readonly services: readonly string[];
  /** Signal strength, dBm. */
  readonly rssi: number;
}

export interface BleScan {
  readonly timeoutSec: number;
  /** Called for every advertisement, repeats included; the scan ends with the first for which it says true. */
  readonly until: (advertisement: BleAdvertisement) => boolean;
  /** Ends the scan early, as the timeout would. */
  readonly signal?: AbortSignal;
}

/** One connection. Every operation fails with `AcquireError('timeout' | 'link-lost')` rather than waiting for ever. */
export interface BlePeripheral {
  /** Name and address, for messages. */
  readonly title: string;
  /** Resolves once, with the reason for a person, when the connection is gone for whatever cause; never rejects. */
  readonly disconnected: Promise<string>;
  /** Looks for characteristics until all of `wanted` are found or every service was asked; gives all it found (`plainUuid` spelling). */
  readonly discover: (wanted: readonly string[], timeoutSec: number) => Promise<readonly string[]>;
  /** Values notified or indicated by a discovered characteristic go to `onValue` from before this resolves until the connection ends. */
  readonly subscribe: (uuid: string, onValue: (bytes: Uint8Array) => void, timeoutSec: number) => Promise<void>;
  readonly read: (uuid: string, timeoutSec: number) => Promise<Uint8Array>;
  /** Without response where the characteristic offers it: the link layer repeats until it arrives anyway. */
  readonly write: (uuid: string, bytes: Uint8Array, timeoutSec: number) => Promise<void>;
  /** Ends the connection and removes every listener; resolves after `timeoutSec` at the latest, confirmed or not. */
  readonly disconnect: (timeoutSec: number) => Promise<void>;
}

/** The narrow view of a Bluetooth library that the `ble:` link needs. One for each adapter, shared by all links. */
export interface BleCentral {
  /** Which library, for messages. */
  readonly library: string;
  /** Resolves when the radio is on; otherwise `AcquireError` saying why it is not and what to do. */
  readonly ready: (timeoutSec: number) => Promise<void>;
  /** Scans, and has stopped scanning when it resolves: with the advertisement that ended it, or undefined when the time was up. */
  readonly scan: (scan: BleScan) => Promise<BleAdvertisement | undefined>;
  /** Connects to something heard in the last scan. */
  readonly connect: (advertisement: BleAdvertisement, timeoutSec: number) => Promise<BlePeripheral>;
  /** Runs tasks one after the other: an adapter scans and connects for one device at a time. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
  /** Whether a device is connected. */
  readonly inUse: () => boolean;
  /** Takes the adapter down: every connection ends, timers stop, the next central starts afresh. */
  readonly close: () => void;
}
