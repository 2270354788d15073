/**
 * The part of the noble API that `@abandonware/noble` and `@stoprocent/noble` agree on and that we use: methods without callbacks, and their
 * events. (Their callbacks and promises stay registered when the awaited event never comes; our own listeners are always removed.)
 */
export interface NobleEmitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
  removeListener(event: string, listener: (...args: never[]) => void): unknown;
  removeAllListeners(event: string): unknown;
}

/** Events: `data(bytes, isNotification)`, `notify(state)`, `write()`. */
export interface NobleCharacteristic extends NobleEmitter {
  readonly uuid: string;
  readonly properties: readonly string[];
  subscribe(): void;
  read(): void;
  write(bytes: Buffer, withoutResponse: boolean): void;
}

/** Events: `characteristicsDiscover(characteristics)`. */
export interface NobleService extends NobleEmitter {
  readonly uuid: string;
  discoverCharacteristics(uuids: string[]): void;
}

/** Events: `connect(error)`, `disconnect(reason)`, `servicesDiscover(services)`. */
export interface NoblePeripheral extends NobleEmitter {
  readonly id: string;
  readonly address: string;
  readonly state: string;
  readonly rssi: number;
  readonly advertisement: { readonly localName?: string; readonly serviceUuids?: readonly string[] };
  connect(): void;
  cancelConnect(): void;
  disconnect(): void;
  discoverServices(uuids: string[]): void;
}

/** Events: `stateChange(state)`, `scanStart()`, `scanStop()`, `discover(peripheral)`, `warning(text)`. */
export interface Noble extends NobleEmitter {
  /** Reading it opens the adapter. */
  readonly state: string;
  startScanning(uuids: string[], allowDuplicates: boolean): void;
  stopScanning(): void;
}
