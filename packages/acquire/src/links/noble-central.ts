import { AcquireError } from '../errors.ts';
import type { BleAdvertisement, BleCentral, BlePeripheral } from './ble-central.ts';
import { plainUuid } from './ble-uuid.ts';
import type { Noble, NoblePeripheral } from './noble-library.ts';
import { type Hook, nobleOperation } from './noble-operation.ts';
import { disconnectionReason, noblePeripheral } from './noble-peripheral.ts';

export interface NobleCentralParts {
  /** `@abandonware/noble` or `@stoprocent/noble`, for messages. */
  readonly library: string;
  /** Why the radio did not come on, and what to do. */
  readonly explainRadio: () => Promise<AcquireError>;
  /** Takes the library down for good. */
  readonly shutDown: (noble: Noble) => void;
}

const advertisementOf = (peripheral: NoblePeripheral): BleAdvertisement => ({
  id: peripheral.id,
  address: peripheral.address,
  name: peripheral.advertisement.localName ?? '',
  services: (peripheral.advertisement.serviceUuids ?? []).map(plainUuid),
  rssi: peripheral.rssi,
});

/**
 * Either noble library behind our own narrow interface: every operation ends in time, and no listener outlives its operation. A connection
 * attempt that was given up is cancelled, and undone if the device accepts it after all.
 */
export const nobleCentral = (noble: Noble, { library, explainRadio, shutDown }: NobleCentralParts): BleCentral => {
  const heard = new Map<string, NoblePeripheral>();
  const connections = new Map<string, { readonly end: (why: string) => void }>();
  let tail: Promise<unknown> = Promise.resolve();
  // Both libraries print warnings themselves unless somebody else listens; a library package does not print.
  noble.removeAllListeners('warning');
  noble.on('warning', () => {});

  const ready = async (timeoutSec: number): Promise<void> => {
    if (withoutSignalHandlers(() => noble.state) === 'poweredOn') return;
    const off = Symbol('off');
    try {
      await nobleOperation<void>({
        timeoutSec: noble.state === 'unsupported' ? 0 : timeoutSec,
        begin: () => {},
        hooks: (resolve, reject) => {
          const onState = (state: string): void => {
            if (state === 'poweredOn') resolve();
            if (state === 'unauthorized' || state === 'unsupported') reject(off);
          };
          return [[noble, 'stateChange', onState]];
        },
        late: () => off,
      });
    } catch (error) {
      throw error === off ? await explainRadio() : error;
    }
  };

  const scan: BleCentral['scan'] = async ({ timeoutSec, until, signal }) => {
    heard.clear();
    const timeUp = Symbol('time up');
    let abort = (): void => {};
    try {
      return await nobleOperation<BleAdvertisement>({
        timeoutSec,
        begin: () => {
          signal?.addEventListener('abort', abort);
          if (signal?.aborted) return abort();
          noble.startScanning([], true);
        },
        hooks: (resolve, reject) => {
          abort = () => reject(timeUp);
          const onDiscover = (peripheral: NoblePeripheral): void => {
            heard.set(peripheral.id, peripheral);
            const advertisement = advertisementOf(peripheral);
            if (until(advertisement)) resolve(advertisement);
          };
          return [
            [noble, 'discover', onDiscover],
            [noble, 'stateChange', (state: string) => reject(adapterWent(state))],
          ];
        },
        late: () => timeUp,
      });
    } catch (error) {
      if (error === timeUp) return undefined;
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      await stopScanning();
    }
  };

  const stopScanning = (): Promise<void> =>
    nobleOperation<void>({
      timeoutSec: 2,
      begin: () => noble.stopScanning(),
      hooks: (resolve) => [[noble, 'scanStop', () => resolve()]],
      late: () => new Error('scanStop'),
    }).catch(() => {}); // an adapter that does not confirm the end of a scan may still connect; if not, that has a timeout of its own

  const close = (): void => {
    for (const connection of connections.values()) connection.end('the Bluetooth adapter was closed');
    shutDown(noble);
  };

  const giveUp = async (peripheral: NoblePeripheral, late: boolean): Promise<void> => {
    peripheral.cancelConnect();
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (peripheral.state === 'connected') peripheral.disconnect();
    // A library whose adapter never concludes an attempt keeps all later ones waiting: with nothing else connected, start it afresh.
    if (late && connections.size === 0) close();
  };

  const connect: BleCentral['connect'] = async (advertisement, timeoutSec) => {
    const peripheral = heard.get(advertisement.id);
    const title = advertisement.name || advertisement.address || advertisement.id;
    if (peripheral === undefined) throw new AcquireError('not-found', `${title} was not heard in the last scan. Scan again, then connect.`);
    if (connections.has(advertisement.id)) {
      throw new AcquireError('busy', `${title} is already in use by another link of this program. Close that one, or name another device.`);
    }
    const late = new AcquireError(
      'timeout',
      `${title} did not accept a connection within ${timeoutSec} s. Check that it is not connected to a phone or another program, and near.`,
    );
    try {
      return await nobleOperation({
        timeoutSec,
        begin: () => peripheral.connect(),
        // Made inside the event: a disconnection may follow it in the same breath.
        hooks: (resolve: (connected: BlePeripheral) => void, reject): readonly Hook[] => [
          [
            peripheral,
            'connect',
            (error?: Error | null) => {
              if (error) {
                reject(refused(title, error.message, error));
                return;
              }
              const connection = noblePeripheral(noble, peripheral, () => connections.delete(peripheral.id));
              connections.set(peripheral.id, connection);
              resolve(connection);
            },
          ],
          [peripheral, 'disconnect', (reason: unknown) => reject(refused(title, disconnectionReason(reason)))],
          [noble, 'stateChange', (state: string) => reject(adapterWent(state))],
        ],
        late: () => late,
      });
    } catch (error) {
      await giveUp(peripheral, error === late);
      throw error;
    }
  };

  return {
    library,
    ready,
    scan,
    connect,
    exclusively: (task) => {
      const result = tail.then(task, task);
      tail = result.catch(() => {});
      return result;
    },
    inUse: () => connections.size > 0,
    close,
  };
};

const adapterWent = (state: string) => new AcquireError('link-lost', `The Bluetooth adapter went ${state}.`);

const refused = (title: string, why: string, cause?: Error) =>
  new AcquireError('link-lost', `${title} could not be connected: ${why}.`, { cause });

/**
 * Both libraries end the process on Ctrl-C when theirs is the last handler, before a recording could be closed. Leaving is the program's
 * decision: handlers they add are taken off again.
 */
const withoutSignalHandlers = <T>(open: () => T): T => {
  const before = new Set<unknown>(process.listeners('SIGINT'));
  const result = open();
  for (const listener of process.listeners('SIGINT')) if (!before.has(listener)) process.removeListener('SIGINT', listener);
  return result;
};
