import { EventEmitter } from 'node:events';
import type { Noble, NobleCharacteristic, NoblePeripheral, NobleService } from '../../src/links/noble-library.ts';

/** Steps a fake device or adapter can be deaf to: the event that would answer never comes. */
export type Deafness = 'connect' | 'disconnect' | 'services' | 'characteristics' | 'notify' | 'read' | 'write' | 'scanStop';

/** What tests ask of an emitter beside listening. */
export interface Countable {
  emit(event: string, ...args: unknown[]): boolean;
  eventNames(): (string | symbol)[];
  listenerCount(event: string | symbol): number;
}

export interface FakeDevice extends NoblePeripheral, Countable {
  readonly deaf: Set<Deafness>;
  /** Everything written to it: `uuid text` and whether a response was asked for. */
  readonly written: string[];
  /** Sends a notification to whoever subscribed. */
  readonly notify: (uuid: string, bytes: Uint8Array) => void;
  /** Ends the connection from its side, with an HCI reason. */
  readonly drop: (reason: number) => void;
}

export interface FakeNoble extends Noble, Countable {
  readonly log: string[];
  readonly devices: FakeDevice[];
  readonly deaf: Set<Deafness>;
  readonly power: (state: string) => void;
}

export interface FakeDeviceOptions {
  readonly name: string;
  readonly address?: string;
  readonly advertises?: readonly string[];
  /** Service UUID → characteristic UUID → properties, as noble spells them. */
  readonly services?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * A noble library without a radio: emitters with the methods and events both libraries share, answering in the next microtask and writing
 * down what was asked. Listener counts are real, so leaks show.
 */
export const fakeNoble = (state = 'poweredOn'): FakeNoble => {
  const log: string[] = [];
  const devices: FakeDevice[] = [];
  const deaf = new Set<Deafness>();
  let power = state;
  const noble = Object.assign(new EventEmitter(), {
    log,
    devices,
    deaf,
    power: (next: string) => {
      power = next;
      noble.emit('stateChange', next);
    },
    startScanning: () => {
      log.push('scan');
      queueMicrotask(() => {
        noble.emit('scanStart');
        for (const device of devices) noble.emit('discover', device);
      });
    },
    stopScanning: () => {
      log.push('stop scan');
      if (!deaf.has('scanStop')) queueMicrotask(() => noble.emit('scanStop'));
    },
  });
  Object.defineProperty(noble, 'state', { get: () => power, configurable: true });
  return noble as unknown as FakeNoble;
};

/** Puts a device on the air of a fake adapter. */
export const fakeDevice = (
  noble: FakeNoble,
  { name, address = 'aa:bb:cc:dd:ee:ff', advertises = [], services = {} }: FakeDeviceOptions,
): FakeDevice => {
  const written: string[] = [];
  const deaf = new Set<Deafness>();
  const subscribed = new Map<string, EventEmitter>();
  const answer = (step: Deafness, emitter: EventEmitter, event: string, ...args: unknown[]): void => {
    noble.log.push(step);
    if (!deaf.has(step)) queueMicrotask(() => emitter.emit(event, ...args));
  };

  const characteristic = (uuid: string, properties: readonly string[]): NobleCharacteristic => {
    const self: EventEmitter = Object.assign(new EventEmitter(), {
      uuid,
      properties,
      subscribe: () => {
        subscribed.set(uuid, self);
        answer('notify', self, 'notify', true);
      },
      read: () => answer('read', self, 'data', Buffer.from(`value of ${uuid}`), false),
      write: (bytes: Buffer, withoutResponse: boolean) => {
        written.push(`${uuid} ${bytes.toString()}${withoutResponse ? '' : ' with response'}`);
        answer('write', self, 'write');
      },
    });
    return self as unknown as NobleCharacteristic;
  };
  const service = (uuid: string): NobleService => {
    const self: EventEmitter = Object.assign(new EventEmitter(), {
      uuid,
      discoverCharacteristics: () => {
        const list = Object.entries(services[uuid]!).map(([id, properties]) => characteristic(id, properties));
        answer('characteristics', self, 'characteristicsDiscover', list);
      },
    });
    return self as unknown as NobleService;
  };

  const device = Object.assign(new EventEmitter(), {
    id: address.replaceAll(':', ''),
    address,
    rssi: -60,
    state: 'disconnected',
    advertisement: { localName: name, serviceUuids: advertises },
    deaf,
    written,
    connect: () => {
      device.state = 'connecting';
      noble.log.push('connect');
      if (deaf.has('connect')) return;
      queueMicrotask(() => {
        device.state = 'connected';
        device.emit('connect');
      });
    },
    cancelConnect: () => noble.log.push('cancel'),
    disconnect: () => {
      noble.log.push('disconnect');
      if (!deaf.has('disconnect')) queueMicrotask(() => device.drop(22));
    },
    discoverServices: () => answer('services', device, 'servicesDiscover', Object.keys(services).map(service)),
    notify: (uuid: string, bytes: Uint8Array) => subscribed.get(uuid)?.emit('data', bytes, true),
    drop: (reason: number) => {
      device.state = 'disconnected';
      device.emit('disconnect', reason);
    },
  });
  noble.devices.push(device as unknown as FakeDevice);
  return device as unknown as FakeDevice;
};

/** Listeners on an emitter, all events together. */
export const listenersOf = (emitter: Countable): number => emitter.eventNames().reduce((n, event) => n + emitter.listenerCount(event), 0);
