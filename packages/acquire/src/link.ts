import type { Observable } from 'rxjs';

/** Bytes as they arrived, before anybody looked at them. */
export interface Chunk {
  /** Which pipe of the link: `''` for a serial port or socket, a characteristic's UUID on Bluetooth. */
  readonly endpoint: string;
  /** Session time of arrival, s. */
  readonly arrivedAt: number;
  readonly bytes: Uint8Array;
}

/** Bytes for the device. */
export interface Command {
  readonly endpoint: string;
  readonly bytes: Uint8Array;
  /** Pause before this command is sent, s; 0 when absent. */
  readonly afterSec?: number;
}

/** What a device needs of a link: where its bytes come from and what to say to it. Static, so a link can replay it after every reconnect. */
export interface Wire {
  /** Endpoints to subscribe to; `['']` for a stream link. On Bluetooth the characteristics' UUIDs, lower case. */
  readonly endpoints: readonly string[];
  /** Endpoints whose absence is no error (an electrode or model that not every unit has). */
  readonly optionalEndpoints?: readonly string[];
  /** Endpoints to read once after opening; each value arrives as a `Chunk`. */
  readonly reads?: readonly string[];
  readonly start: readonly Command[];
  readonly stop: readonly Command[];
  readonly keepAlive?: { readonly everySec: number; readonly commands: readonly Command[] };
  /** Serial speed, baud. */
  readonly baudRate?: number;
  /** Bluetooth: the service to scan for, and the start of the advertised name. */
  readonly advertised?: { readonly services: readonly string[]; readonly namePrefixes: readonly string[] };
}

/** Cold. Subscribing connects and sends `start`; unsubscribing sends `stop`, then closes; a drop is an error. */
export interface Link {
  readonly uri: string;
  readonly open: (wire: Wire) => Observable<Chunk>;
}
