import { AcquireError } from '../errors.ts';
import type { BleCentral } from './ble-central.ts';
import { radioTrouble } from './ble-radio.ts';
import { type BleLibrary, bleLibraries } from './ble-uri.ts';
import { nobleCentral } from './noble-central.ts';
import type { Noble } from './noble-library.ts';

/** Imports a module by name; replaced in tests. */
export type ImportModule = (name: string) => Promise<unknown>;

interface LibraryRecipe {
  readonly packageName: string;
  /** The module whose default export makes instances: a fresh one of its own is what lets us reset an adapter. */
  readonly module: string;
  readonly make: (entry: unknown, options: { readonly deviceId?: number }) => Noble;
  readonly shutDown: (noble: Noble) => void;
}

const recipes: Readonly<Record<BleLibrary, LibraryRecipe>> = {
  abandonware: {
    packageName: '@abandonware/noble',
    module: '@abandonware/noble/with-custom-binding.js',
    make: (entry, options) => (entry as (options: object) => Noble)(options),
    shutDown: (noble) => stopAbandonware(noble),
  },
  stoprocent: {
    packageName: '@stoprocent/noble',
    module: '@stoprocent/noble',
    make: (entry, options) => (entry as { withBindings: (name: string, options: object) => Noble }).withBindings('default', options),
    shutDown: (noble) => (noble as Noble & { stop: () => void }).stop(),
  },
};

/** @abandonware/noble has no way to stop: it polls its adapter for ever and keeps the process alive. So its parts are stopped one by one. */
const stopAbandonware = (noble: Noble): void => {
  const hci = (noble as { _bindings?: { _hci?: AbandonwareHci } })._bindings?._hci;
  if (hci === undefined) return; // not Linux: the operating system's own binding, which does not poll
  hci.pollIsDevUp = () => {};
  hci._socket?.removeAllListeners();
  hci._socket?.stop();
};

interface AbandonwareHci {
  pollIsDevUp: () => void;
  readonly _socket?: { removeAllListeners(): void; stop(): void };
}

const importModule: ImportModule = (name) => import(name);
const centrals = new Map<string, Promise<BleCentral>>();

/**
 * The central of an adapter, shared by everybody who asks for the same one: over the chosen library, or over `@abandonware/noble`, or over
 * `@stoprocent/noble` where only that is installed. Libraries are loaded here and not before. `AcquireError('no-driver')` where there is none.
 */
export const bleCentral = async (
  { library, adapter }: { readonly library?: BleLibrary | undefined; readonly adapter?: number | undefined },
  load: ImportModule = importModule,
): Promise<BleCentral> => {
  const libraries = library === undefined ? bleLibraries : [library];
  const failures: unknown[] = [];
  for (const candidate of libraries) {
    const key = `${candidate}/${adapter ?? ''}`;
    const central = centrals.get(key) ?? openLibrary(candidate, adapter, load, () => centrals.delete(key));
    centrals.set(key, central);
    try {
      return await central;
    } catch (error) {
      centrals.delete(key);
      failures.push(error);
    }
  }
  const names = libraries.map((candidate) => recipes[candidate].packageName);
  const causes = failures.map((error) => (error instanceof Error ? error.message.split('\n')[0] : String(error))).join('; ');
  throw new AcquireError(
    'no-driver',
    `No Bluetooth library could be loaded (tried ${names.join(' and ')}: ${causes}). Install one with \`npm install ${names.at(-1)}\`.`,
    { cause: failures[0] },
  );
};

const openLibrary = async (
  library: BleLibrary,
  adapter: number | undefined,
  load: ImportModule,
  forget: () => void,
): Promise<BleCentral> => {
  const { packageName, module, make, shutDown } = recipes[library];
  const { default: entry } = (await load(module)) as { readonly default: unknown };
  return nobleCentral(make(entry, adapter === undefined ? {} : { deviceId: adapter }), {
    library: packageName,
    explainRadio: () => radioTrouble(adapter),
    shutDown: (noble) => {
      forget();
      shutDown(noble);
    },
  });
};

/** Takes down every adapter in use, after what is under way (stop commands, disconnections) is done. A process that wants to end calls it. */
export const closeBluetooth = async (): Promise<void> => {
  for (const central of await Promise.allSettled(centrals.values())) {
    if (central.status === 'fulfilled') await central.value.exclusively(async () => central.value.close());
  }
};
