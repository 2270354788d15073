import type { DeviceKind } from './device.ts';
import { devices } from './devices/index.ts';
import { AcquireError } from './errors.ts';
import { didYouMean } from './names.ts';

/** The device kind of this registry name; throws `AcquireError('unknown-device')` with the names there are. */
export const findDevice = (name: string): DeviceKind => {
  const kind = devices.find((device) => device.name === name);
  if (kind !== undefined) return kind;
  const names = devices.map((device) => device.name);
  throw new AcquireError('unknown-device', `Unknown device '${name}'. Known devices are ${names.join(', ')}.${didYouMean(name, names)}`);
};
