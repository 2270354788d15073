import type { OperatorFunction } from 'rxjs';
import type { Chunk, Wire } from './link.ts';
import type { Reporter } from './report.ts';
import type { SampleBlock, Signal } from './signal.ts';

/** One configured sensor: what it delivers, what to say to it, how its bytes become samples. */
export interface Device {
  /** The registry name, for instance `openbci-cyton`. */
  readonly name: string;
  readonly signals: readonly Signal[];
  readonly wire: Wire;
  /** Bytes → samples. All state is local to a subscription; any fragmentation of the bytes gives the same samples. */
  readonly decode: (report: Reporter) => OperatorFunction<Chunk, SampleBlock>;
}

/** How a device is listed: enough to find it, name it and configure it. */
export interface DeviceKind {
  readonly name: string;
  /** What a person calls it: `OpenBCI Cyton (8 channels)`. */
  readonly title: string;
  /** Link schemes it can be reached by, the usual one first. */
  readonly schemes: readonly string[];
  /** Options with their meaning, for help and for error messages. */
  readonly options: Readonly<Record<string, string>>;
  /** Builds the device; throws `AcquireError('bad-option')` naming the option, what was expected and what was got. */
  readonly create: (options?: Readonly<Record<string, unknown>>) => Device;
}
