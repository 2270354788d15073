import { map } from 'rxjs';
import type { Device } from './device.ts';
import { freeName } from './files/column-signals.ts';
import { findDevice } from './find-device.ts';
import type { Signal } from './signal.ts';

/**
 * The devices of one session with ids that are unique in it: where an earlier one has a signal of the same id (two sensors of one make, or a
 * wristband and a chest strap that both tell the heart rate), the later one's gets a number: `eda`, `eda-2`, as where recordings are played together.
 * A device whose ids are free is given back as it is.
 */
export const distinctDevices = (devices: readonly Device[]): Device[] => {
  const taken = new Set<string>();
  return devices.map((device) => {
    const ids = new Map(device.signals.map(({ id }) => [id, freeName(id, taken)]));
    return [...ids].every(([id, free]) => id === free) ? device : withIds(device, ids);
  });
};

/** The devices of one session by their registry names, with ids that are unique in it (`distinctDevices`). Throws what `findDevice` and `create` throw. */
export const createDevices = (
  sensors: readonly { readonly device: string; readonly options: Readonly<Record<string, unknown>> }[],
): Device[] => distinctDevices(sensors.map(({ device, options }) => findDevice(device).create(options)));

/** The device with other ids, in its blocks and in its reports. */
const withIds = (device: Device, ids: ReadonlyMap<string, string>): Device => {
  const renamed = new Map<Signal, Signal>(device.signals.map((signal) => [signal, { ...signal, id: ids.get(signal.id)! }]));
  return {
    ...device,
    signals: [...renamed.values()],
    decode: (report) => {
      const decode = device.decode((fact) => report('signal' in fact ? { ...fact, signal: ids.get(fact.signal) ?? fact.signal } : fact));
      return (chunks$) => decode(chunks$).pipe(map((block) => ({ ...block, signal: renamed.get(block.signal)! })));
    },
  };
};
