import { Observable } from 'rxjs';
import type { RecoverableLink } from '../acquire.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk, Command, Wire } from '../link.ts';
import type { BleAdvertisement, BleCentral, BlePeripheral } from './ble-central.ts';
import { type BleTarget, parseBleUri } from './ble-uri.ts';
import { plainUuid } from './ble-uuid.ts';
import { bleCentral } from './noble-load.ts';
import { sendCommands } from './send-commands.ts';

export interface BleLinkParts {
  /** Session time, s; monotonic. */
  readonly now?: () => number;
  /** Gives the adapter; replaced in tests. */
  readonly central?: (target: BleTarget) => Promise<BleCentral>;
}

/**
 * A Bluetooth Low Energy device: `ble:AA:BB:CC:DD:EE:FF`, `ble:name=Muse-1234`, or `ble:` for the first one that advertises what the wire
 * asks for. Opening scans (always: after a lost connection the library's idea of the device is stale), stops scanning, connects, subscribes
 * to the wire's endpoints, reads its `reads` and sends its `start` commands; chunks carry the endpoint as the wire spells it. Endpoints that
 * the wire calls optional may be absent. Closing sends `stop`, disconnects, and holds the next opening back until that is done.
 *
 * `resetAdapter` starts the library afresh, unless another link is connected through it.
 *
 * Errors: `not-found` (nothing fitting heard, a required endpoint absent), `timeout`, `link-lost`, `no-permission`, `no-driver`, `bad-uri`.
 * A device that goes silent without a word from the radio is not noticed here but by the watchdog of `acquire`.
 */
export const bleLink = (
  uri: string,
  { now = () => performance.now() / 1000, central = bleCentral }: BleLinkParts = {},
): RecoverableLink => {
  const target = parseBleUri(uri);
  const restarts = new Set<() => void>();
  return {
    uri,
    restart: () => {
      for (const restart of restarts) restart();
    },
    open: (wire) =>
      new Observable<Chunk>((subscriber) => {
        const closing = new AbortController();
        const onValue = (endpoint: string, bytes: Uint8Array): void => subscriber.next({ endpoint, arrivedAt: now(), bytes });
        const run = runSession({ uri, target, wire, centralOf: central, onValue, closing: closing.signal, restarts });
        run.catch((error: unknown) => subscriber.error(error));
        return () => closing.abort();
      }),
    resetAdapter: async () => {
      const radio = await central(target);
      await radio.exclusively(async () => {
        if (!radio.inUse()) radio.close();
      });
    },
  };
};

/** For a stop command, s: the device may be gone. */
const partingSec = 1;

interface Session {
  readonly uri: string;
  readonly target: BleTarget;
  readonly wire: Wire;
  readonly centralOf: (target: BleTarget) => Promise<BleCentral>;
  readonly onValue: (endpoint: string, bytes: Uint8Array) => void;
  readonly closing: AbortSignal;
  /** Where the session puts the way to start its device once more. */
  readonly restarts: Set<() => void>;
}

/** Connects and stays so until `closing` fires; rejects with the reason where the link ends otherwise. */
const runSession = async ({ uri, target, wire, centralOf, onValue, closing, restarts }: Session): Promise<void> => {
  const { timeouts } = target;
  const fits = fitting(uri, target, wire);
  const central = await centralOf(target);
  const peripheral = await central.exclusively(() => findAndConnect(uri, central, target, fits, closing));
  if (peripheral === undefined) return;

  let started = false;
  let keepAlive: NodeJS.Timeout | undefined;
  let closed = (): void => {};
  const write = ({ endpoint, bytes }: Command) => peripheral.write(endpoint, bytes, timeouts.operation);
  const restart = (): void => void sendCommands(wire.start, write, closing).catch(() => {}); // if that fails the watchdog has more to try
  try {
    await prepare(peripheral, wire, timeouts.operation, onValue);
    started = true;
    await sendCommands(wire.start, write, closing);
    restarts.add(restart);
    await new Promise<void>((resolve, reject) => {
      closed = resolve;
      closing.addEventListener('abort', closed);
      if (closing.aborted) resolve();
      peripheral.disconnected.then((reason) => reject(new AcquireError('link-lost', `${peripheral.title}: ${reason}.`)));
      if (wire.keepAlive !== undefined) {
        const { commands, everySec } = wire.keepAlive;
        keepAlive = setInterval(() => sendCommands(commands, write, closing).catch(reject), everySec * 1000);
      }
    });
  } finally {
    clearInterval(keepAlive);
    restarts.delete(restart);
    closing.removeEventListener('abort', closed);
    // Not awaited: an error is told at once, while the next opening waits its turn behind this.
    central.exclusively(async () => {
      const part = ({ endpoint, bytes }: Command) => peripheral.write(endpoint, bytes, Math.min(partingSec, timeouts.operation));
      if (started && closing.aborted) await sendCommands(wire.stop, part).catch(() => {});
      await peripheral.disconnect(timeouts.disconnect);
    });
  }
};

/** Undefined where it was closed meanwhile. */
const findAndConnect = async (
  uri: string,
  central: BleCentral,
  { timeouts }: BleTarget,
  fits: (advertisement: BleAdvertisement) => boolean,
  closing: AbortSignal,
): Promise<BlePeripheral | undefined> => {
  if (closing.aborted) return undefined;
  await central.ready(timeouts.radio);
  const others = new Map<string, BleAdvertisement>();
  const found = await central.scan({
    timeoutSec: timeouts.scan,
    signal: closing,
    until: (advertisement) => fits(advertisement) || !others.set(advertisement.id, advertisement),
  });
  if (closing.aborted) return undefined;
  if (found === undefined) throw notHeard(uri, timeouts.scan, [...others.values()]);
  await new Promise((resolve) => setTimeout(resolve, timeouts.settle * 1000));
  if (closing.aborted) return undefined;
  const peripheral = await central.connect(found, timeouts.connect);
  if (!closing.aborted) return peripheral;
  await peripheral.disconnect(timeouts.disconnect);
  return undefined;
};

/** Subscribes to all endpoints of the wire and reads those it wants read. */
const prepare = async (
  peripheral: BlePeripheral,
  wire: Wire,
  timeoutSec: number,
  onValue: (endpoint: string, bytes: Uint8Array) => void,
): Promise<void> => {
  const commands = [...wire.start, ...wire.stop, ...(wire.keepAlive?.commands ?? [])].map(({ endpoint }) => endpoint);
  const wanted = [...new Set([...wire.endpoints, ...(wire.optionalEndpoints ?? []), ...(wire.reads ?? []), ...commands])];
  const offered = new Set(await peripheral.discover(wanted, timeoutSec));
  const optional = new Set(wire.optionalEndpoints);
  const present = (endpoint: string): boolean => offered.has(plainUuid(endpoint)) || !optional.has(endpoint);
  const onlyRead = new Set((wire.reads ?? []).filter((endpoint) => !wire.endpoints.includes(endpoint)));
  for (const endpoint of new Set([...wire.endpoints, ...optional])) {
    if (onlyRead.has(endpoint)) continue;
    if (present(endpoint)) await peripheral.subscribe(endpoint, (bytes) => onValue(endpoint, bytes), timeoutSec);
  }
  for (const endpoint of wire.reads ?? []) {
    if (present(endpoint)) onValue(endpoint, await peripheral.read(endpoint, timeoutSec));
  }
};

/** Which advertisement is ours. */
const fitting = (uri: string, { address, name }: BleTarget, { advertised }: Wire): ((advertisement: BleAdvertisement) => boolean) => {
  if (address !== undefined) return (heard) => heard.id === address || heard.address.replaceAll(':', '') === address;
  if (name !== undefined) return (heard) => heard.name === name;
  const services = new Set((advertised?.services ?? []).map(plainUuid));
  const prefixes = advertised?.namePrefixes ?? [];
  if (services.size === 0 && prefixes.length === 0) {
    throw new AcquireError(
      'bad-uri',
      `'${uri}' names no device, and this kind of device cannot be told by what it advertises. Give its address or name.`,
    );
  }
  return (heard) => heard.services.some((service) => services.has(service)) || prefixes.some((prefix) => heard.name.startsWith(prefix));
};

const notHeard = (uri: string, scanSec: number, others: readonly BleAdvertisement[]): AcquireError => {
  const list = others
    .toSorted((a, b) => b.rssi - a.rssi)
    .slice(0, 5)
    .map(({ name, address, id, rssi }) => `${name || 'unnamed'} (${address || id}, ${rssi} dBm)`);
  const heard = list.length === 0 ? 'Nothing at all was heard' : `${others.length} other device(s) were heard, nearest ${list.join(', ')}`;
  return new AcquireError(
    'not-found',
    `Nothing that fits '${uri}' was heard in ${scanSec} s. ${heard}. Check that the device is on, charged, near, and not connected to a phone.`,
  );
};
