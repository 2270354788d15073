import { expect, test } from 'vitest';
import { discover } from '../../src/discover.ts';
import { bleCentral, closeBluetooth } from '../../src/links/noble-load.ts';
import { type BleBench, finish, openBle } from './ble-bench.ts';
import { museWire } from './muse-wire.ts';

/** What is found, and what is said when it is not. */
export const findingTests = ({ library, rig, uri }: BleBench): void => {
  test('devices can be listed: what is on the air and what it may be', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-LIST' });
    const belt = await rig().peripheral({ kind: 'heart-rate', name: 'Belt-LIST' });
    await closeBluetooth(); // the libraries remember services by address, and btvirt gives one address to device after device
    const { sightings } = await discover({ bleSec: 3, library });
    const named = (name: string) => sightings.find(({ says }) => says === name);
    expect(named('Muse-LIST')).toMatchObject({ link: `ble:${muse.address}`, devices: ['muse-2', 'muse-athena'] });
    expect(named('Belt-LIST')).toMatchObject({ link: `ble:${belt.address}`, devices: ['heart-rate'] });
    await Promise.all([muse.kill(), belt.kill()]);
  });

  test('errors say what happened: an absent device, an absent characteristic, an adapter that does not answer', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-ERR' });
    const absent = await openBle(uri('Muse-NONE', '&scan=1'), museWire, () => {}).lost;
    expect(absent.code).toBe('not-found');
    expect(absent.message).toContain('Muse-ERR');
    const incomplete = await openBle(uri('Muse-ERR'), { ...museWire, endpoints: ['2a19'] }, () => {}).lost;
    expect(incomplete.code).toBe('not-found');
    expect(incomplete.message).toContain('2a19');

    // An adapter that swallows the command to connect: the attempt ends in time, and the next one is not stuck behind it.
    const central = await bleCentral({ library });
    await central.exclusively(async () => {
      const heard = await central.scan({ timeoutSec: 5, until: ({ name }) => name === 'Muse-ERR' });
      rig().faults.frozen = true;
      await expect(central.connect(heard!, 1)).rejects.toMatchObject({ code: 'timeout' });
      rig().faults.frozen = false;
    });
    const again = openBle(uri('Muse-ERR'), museWire, () => {});
    await again.streaming;
    await finish(again, muse);
  });
};
