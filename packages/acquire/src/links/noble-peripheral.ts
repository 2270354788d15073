import { AcquireError } from '../errors.ts';
import type { BlePeripheral } from './ble-central.ts';
import { plainUuid } from './ble-uuid.ts';
import type { Noble, NobleCharacteristic, NobleEmitter, NoblePeripheral, NobleService } from './noble-library.ts';
import { type Hook, nobleOperation } from './noble-operation.ts';

/** HCI disconnection reasons worth a word (Bluetooth Core Specification, volume 1, part F). */
const reasons: Readonly<Record<number, string>> = {
  8: 'no radio contact any more: out of range or switched off',
  19: 'the device ended the connection',
  20: 'the device ended the connection: low on resources',
  21: 'the device was switched off',
  22: 'this side ended the connection',
  34: 'the device stopped answering',
  59: 'the device refused the connection interval',
  61: 'encryption failed: remove an old pairing with `bluetoothctl remove`',
  62: 'the connection could not be established: weak signal or a busy device',
};

/** What a library's disconnection reason means, for a person. */
export const disconnectionReason = (reason: unknown): string => {
  const text = typeof reason === 'number' ? reasons[reason] : undefined;
  return text ?? `the connection ended (reason ${String(reason)})`;
};

/** One question to the device and the event that answers it. */
interface GattStep<T> {
  readonly on: NobleEmitter;
  readonly event: string;
  /** Undefined: this event was not the answer. */
  readonly answer: (...args: never[]) => T | undefined;
  readonly begin: () => void;
}

/** A connected noble peripheral as a `BlePeripheral`. `onEnd` is told once, when the connection is gone and its listeners are removed. */
export const noblePeripheral = (
  noble: Noble,
  peripheral: NoblePeripheral,
  onEnd: () => void,
): BlePeripheral & { end: (why: string) => void } => {
  const title = `${peripheral.advertisement.localName ?? 'Bluetooth device'} (${peripheral.address || peripheral.id})`;
  const characteristics = new Map<string, NobleCharacteristic>();
  const subscriptions: Hook[] = [];
  const waiting = new Set<(error: unknown) => void>();
  let ended: string | undefined;
  let tellDisconnected: (reason: string) => void = () => {};
  const disconnected = new Promise<string>((resolve) => {
    tellDisconnected = resolve;
  });

  const refusal = (what: string, cause: Error) =>
    new AcquireError('link-lost', `${title} refused to ${what}: ${cause.message}.`, { cause });
  const lost = (reason: string) => new AcquireError('link-lost', `${title}: ${reason}.`);
  const end = (reason: string): void => {
    if (ended !== undefined) return;
    ended = reason;
    for (const [emitter, event, listener] of [...watched, ...subscriptions.splice(0)]) emitter.removeListener(event, listener);
    characteristics.clear();
    for (const reject of waiting) reject(lost(reason));
    tellDisconnected(reason);
    onEnd();
  };
  const watched: readonly Hook[] = [
    [peripheral, 'disconnect', (reason: unknown) => end(disconnectionReason(reason))],
    [noble, 'stateChange', (state: string) => state !== 'poweredOn' && end(`the Bluetooth adapter went ${state}`)],
  ];
  for (const [emitter, event, listener] of watched) emitter.on(event, listener);

  /** GATT answers name no question, so the questions go one at a time. */
  let tail: Promise<unknown> = Promise.resolve();
  const operation = <T>(what: string, timeoutSec: number, step: GattStep<T>): Promise<T> => {
    const run = async (): Promise<T> => {
      let stop: (error: unknown) => void = () => {};
      try {
        return await nobleOperation<T>({
          timeoutSec,
          begin: () => {
            if (ended !== undefined) throw lost(ended);
            step.begin();
          },
          hooks: (resolve, reject) => {
            stop = reject;
            waiting.add(stop);
            const heard = (...args: never[]): void => {
              const failure = args.find((argument: unknown) => argument instanceof Error) as Error | undefined;
              if (failure !== undefined) reject(refusal(what, failure));
              const answer = step.answer(...args);
              if (answer !== undefined) resolve(answer);
            };
            return [[step.on, step.event, heard]];
          },
          late: () => new AcquireError('timeout', `${title} did not answer within ${timeoutSec} s to: ${what}.`),
        });
      } finally {
        waiting.delete(stop);
      }
    };
    const result = tail.then(run, run);
    tail = result.catch(() => {});
    return result;
  };

  const known = (uuid: string): NobleCharacteristic => {
    if (ended !== undefined) throw lost(ended);
    const found = characteristics.get(plainUuid(uuid));
    if (found !== undefined) return found;
    throw new AcquireError('not-found', `${title} has no characteristic ${uuid}. It offers ${[...characteristics.keys()].join(', ')}.`);
  };

  return {
    title,
    disconnected,
    end,
    discover: async (wanted, timeoutSec) => {
      const missing = new Set(wanted.map(plainUuid));
      const services = await operation('list the services', timeoutSec, {
        on: peripheral,
        event: 'servicesDiscover',
        answer: (found: readonly NobleService[]) => found,
        begin: () => peripheral.discoverServices([]),
      });
      for (const service of services) {
        if (missing.size === 0) break;
        const found = await operation(`list the characteristics of service ${service.uuid}`, timeoutSec, {
          on: service,
          event: 'characteristicsDiscover',
          answer: (list: readonly NobleCharacteristic[]) => list,
          begin: () => service.discoverCharacteristics([]),
        });
        for (const characteristic of found) {
          const uuid = plainUuid(characteristic.uuid);
          missing.delete(uuid);
          if (!characteristics.has(uuid)) characteristics.set(uuid, characteristic);
        }
      }
      return [...characteristics.keys()];
    },
    subscribe: async (uuid, onValue, timeoutSec) => {
      const characteristic = known(uuid);
      const onData = (bytes: Uint8Array, isNotification: boolean): void => {
        if (isNotification) onValue(bytes);
      };
      subscriptions.push([characteristic, 'data', onData]);
      characteristic.on('data', onData);
      await operation(`send notifications of ${uuid}`, timeoutSec, {
        on: characteristic,
        event: 'notify',
        answer: (on: boolean) => on || undefined,
        begin: () => characteristic.subscribe(),
      });
    },
    read: async (uuid, timeoutSec) => {
      const characteristic = known(uuid);
      return operation(`read ${uuid}`, timeoutSec, {
        on: characteristic,
        event: 'data',
        answer: (bytes: Uint8Array, isNotification: boolean) => (isNotification ? undefined : bytes),
        begin: () => characteristic.read(),
      });
    },
    write: async (uuid, bytes, timeoutSec) => {
      const characteristic = known(uuid);
      const withoutResponse = characteristic.properties.includes('writeWithoutResponse');
      await operation(`write ${bytes.length} bytes to ${uuid}`, timeoutSec, {
        on: characteristic,
        event: 'write',
        answer: () => true,
        begin: () => characteristic.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), withoutResponse),
      });
    },
    disconnect: async (timeoutSec) => {
      if (ended === undefined) {
        try {
          peripheral.disconnect();
          let timer: NodeJS.Timeout | undefined;
          const enough = new Promise<void>((resolve) => {
            timer = setTimeout(resolve, timeoutSec * 1000);
          });
          await Promise.race([disconnected, enough]);
          clearTimeout(timer);
        } catch {
          // The library throws where it has already forgotten the connection: then there is none to end.
        }
      }
      end('this side ended the connection');
    },
  };
};
