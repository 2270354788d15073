import type { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AcquireError } from '../../src/errors.ts';
import type { Chunk, Wire } from '../../src/link.ts';
import { bleLink } from '../../src/links/ble.ts';
import type { BleLibrary } from '../../src/links/ble-uri.ts';
import type { ImportModule } from '../../src/links/noble-load.ts';
import type { Rig, RigPeripheral } from './rig.ts';

/** What the tests over one library share. */
export interface BleBench {
  readonly library: BleLibrary;
  /** The rig; there once the suite has begun. */
  readonly rig: () => Rig;
  /** The link of a device by its name. */
  readonly uri: (name: string, more?: string) => string;
}

export interface OpenedLink {
  /** Resolves with the first chunk. */
  readonly streaming: Promise<void>;
  /** Resolves with the error that ends it. */
  readonly lost: Promise<AcquireError>;
  readonly close: () => void;
}

/** Opens a link and shows what becomes of it. */
export const openBle = (uri: string, wire: Wire, onChunk: (chunk: Chunk) => void): OpenedLink => {
  let ended: (error: AcquireError) => void = () => {};
  const lost = new Promise<AcquireError>((resolve) => {
    ended = resolve;
  });
  let begun = (): void => {};
  const streaming = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const subscription = bleLink(uri)
    .open(wire)
    .subscribe({
      next: (chunk) => {
        begun();
        onChunk(chunk);
      },
      error: ended,
    });
  return { streaming, lost, close: () => subscription.unsubscribe() };
};

/** Closes as a program does, and sees the device let go before its battery is taken out. */
export const finish = async (session: { readonly close: () => void }, peripheral: RigPeripheral): Promise<void> => {
  const letGo = peripheral.next('disconnected');
  session.close();
  await letGo;
  await peripheral.kill();
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Heap in use after a collection of garbage, MB. */
export const heapMegabytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
};

type Make = (options: object) => EventEmitter;
type StoprocentEntry = { readonly withBindings: (name: string, options: object) => EventEmitter };

/** Loads a library as `bleCentral` does and shows the emitters in it, to count their listeners. */
export const watched = (onEmitter: (emitter: EventEmitter) => void): ImportModule => {
  const seen = (noble: EventEmitter): EventEmitter => {
    onEmitter(noble);
    noble.once('discover', onEmitter);
    return noble;
  };
  return async (name) => {
    const { default: entry } = (await import(name)) as { readonly default: Make | StoprocentEntry };
    if (!name.includes('stoprocent')) return { default: (options: object) => seen((entry as Make)(options)) };
    return { default: { withBindings: (kind: string, options: object) => seen((entry as StoprocentEntry).withBindings(kind, options)) } };
  };
};

/** All the Bluetooth tests, over one library. Each library has a test file, and so a process, of its own. */
