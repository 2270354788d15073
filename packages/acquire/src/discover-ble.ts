import type { Device } from './device.ts';
import { devices } from './devices/index.ts';
import type { Sighting } from './discover.ts';
import type { BleAdvertisement, BleCentral } from './links/ble-central.ts';
import { plainUuid } from './links/ble-uuid.ts';

/** Names of the devices that advertise themselves like this, in the order of the registry. */
export const devicesAdvertising = ({ name, services }: Pick<BleAdvertisement, 'name' | 'services'>): readonly string[] =>
  advertisers().flatMap(({ device, uuids, prefixes }) =>
    services.some((service) => uuids.has(plainUuid(service))) || prefixes.some((prefix) => name.startsWith(prefix)) ? [device] : [],
  );

interface Advertiser {
  readonly device: string;
  readonly uuids: ReadonlySet<string>;
  readonly prefixes: readonly string[];
}

let known: readonly Advertiser[] | undefined;
/** What each device that can be reached over Bluetooth Low Energy looks for. */
const advertisers = (): readonly Advertiser[] => {
  known ??= devices
    .filter(({ schemes }) => schemes.includes('ble'))
    .flatMap((kind) => {
      const advertised = bleForm(kind.create)?.wire.advertised;
      if (advertised === undefined) return [];
      return [{ device: kind.name, uuids: new Set(advertised.services.map(plainUuid)), prefixes: advertised.namePrefixes }];
    });
  return known;
};

/** The device as it is over this radio; undefined where it cannot be built without being told more. */
const bleForm = (create: (options?: Readonly<Record<string, unknown>>) => Device): Device | undefined => {
  for (const options of [{ radio: 'ble' }, {}]) {
    try {
      return create(options);
    } catch {
      // No such option, or options that only the user knows: then it cannot be recognised either.
    }
  }
  return undefined;
};

/** Everything heard in `sec` seconds, the devices we know first, then the nearest. */
export const bleSightings = async (central: BleCentral, sec: number): Promise<readonly Sighting[]> => {
  const heard = new Map<string, BleAdvertisement>();
  await central.exclusively(async () => {
    await central.ready(10);
    await central.scan({ timeoutSec: sec, until: (advertisement) => !heard.set(advertisement.id, advertisement) });
  });
  return [...heard.values()]
    .map((advertisement) => ({ advertisement, names: devicesAdvertising(advertisement) }))
    .sort((a, b) => Number(b.names.length > 0) - Number(a.names.length > 0) || b.advertisement.rssi - a.advertisement.rssi)
    .map(({ advertisement: { address, id, name, rssi, services }, names }) => ({
      link: `ble:${address || id}`,
      devices: names,
      says: name || 'unnamed Bluetooth device',
      details: { rssi: `${rssi} dBm`, ...(services.length > 0 && { services: services.join(' ') }) },
    }));
};
