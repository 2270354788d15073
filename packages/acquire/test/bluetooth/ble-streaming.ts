import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Chunk, Wire } from '../../src/link.ts';
import { type BleBench, finish, openBle } from './ble-bench.ts';
import { electrodes, museSample, museWire, readMusePacket } from './muse-wire.ts';

/** What arrives of what a device sends. */
export const streamingTests = ({ library, rig, uri }: BleBench): void => {
  test('four Muse electrodes at full rate for 60 s: every sample arrives, in order, as it was sent', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-FULL' });
    const indices = new Map(electrodes.map((uuid) => [uuid, [] as number[]]));
    let wrong = 0;
    const before = process.cpuUsage();
    const session = openBle(uri('Muse-FULL'), museWire, ({ endpoint, bytes }) => {
      const c = electrodes.indexOf(endpoint);
      if (c < 0) return;
      const { index, samples } = readMusePacket(bytes);
      indices.get(endpoint)!.push(index);
      samples.forEach((value, t) => {
        if (value !== museSample(index, t, c)) wrong++;
      });
    });
    await session.streaming;
    await sleep(60_000);
    const cpu = process.cpuUsage(before);
    await finish(session, muse);

    for (const [uuid, seen] of indices) {
      expect(seen.length, `packets of ${uuid}`).toBeGreaterThanOrEqual(Math.floor((60 * 256) / 12) - 1);
      expect(
        seen.filter((index, i) => i > 0 && index !== seen[i - 1]! + 1),
        `jumps of ${uuid}`,
      ).toEqual([]);
    }
    expect(wrong).toBe(0);
    expect(muse.commands().filter((text) => text !== 'k')).toEqual(['h', 'p21', 's', 'd', 'h']);
    expect(muse.commands().filter((text) => text === 'k').length).toBeGreaterThanOrEqual(58);
    const percent = (100 * (cpu.user + cpu.system)) / 60e6;
    console.log(
      `${library}: ${[...indices.values()].map(({ length }) => length).join(' + ')} packets, 0 lost, ${percent.toFixed(1)} % of a core (with the proxy)`,
    );
  });

  test('lost, doubled and held-back packets of the radio reach the device decoder as they are', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-AIR' });
    const isNotification = (payload: Uint8Array): boolean => payload.length > 20 && payload[4] === 0x1b;
    let n = 0;
    let dropped = 0;
    let doubled = 0;
    const received: number[] = [];
    const session = openBle(uri('Muse-AIR'), museWire, ({ endpoint, bytes }) => {
      if (endpoint === electrodes[0]) received.push(readMusePacket(bytes).index);
    });
    await session.streaming;
    await sleep(500);
    received.length = 0;
    rig().faults.fate = (direction, payload) => {
      if (direction !== 'up' || !isNotification(payload)) return 'pass';
      n++;
      if (n % 25 === 0) return 'drop';
      if (n % 25 === 7) return 'duplicate';
      return n % 50 === 11 ? { delaySec: 0.3 } : 'pass';
    };
    await sleep(4000);
    rig().faults.fate = () => 'pass';
    await finish(session, muse);
    received.forEach((index, i) => {
      if (i === 0) return;
      const step = index - received[i - 1]!;
      if (step === 0) doubled++;
      else dropped += step - 1;
    });
    expect(doubled).toBeGreaterThan(1);
    expect(dropped).toBeGreaterThan(1);
    expect(new Set(received).size + dropped).toBe(received.at(-1)! - received[0]! + 1);
  });

  test('one dead electrode does not hold up the others', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-ELEC' });
    muse.send({ set: { silent: [electrodes[2]] } });
    const seen = new Set<string>();
    const session = openBle(uri('Muse-ELEC'), museWire, ({ endpoint }) => seen.add(endpoint));
    await session.streaming;
    await sleep(1000);
    await finish(session, muse);
    expect(electrodes.map((uuid) => seen.has(uuid))).toEqual([true, true, false, true]);
  });

  // One device at a time: btvirt 5.66 mixes up the handles of a second connection. Sharing an adapter is tested in noble-central.test.ts.
  test('a heart-rate belt is found by its service where the link names no device, read, and heard', async () => {
    const belt = await rig().peripheral({ kind: 'heart-rate', name: 'Belt' });
    const heart: Chunk[] = [];
    const wire: Wire = {
      endpoints: ['00002a37-0000-1000-8000-00805f9b34fb'],
      reads: ['2a28'],
      start: [],
      stop: [],
      advertised: { services: ['180D'], namePrefixes: [] },
    };
    const session = openBle(`ble:?library=${library}`, wire, (chunk) => heart.push(chunk));
    await session.streaming;
    await sleep(2500);
    await finish(session, belt);
    expect(heart[0]).toMatchObject({ endpoint: '2a28' });
    expect(Buffer.from(heart[0]!.bytes).toString()).toBe('3.0.2');
    expect(heart.slice(1).length).toBeGreaterThanOrEqual(2);
    expect(heart.slice(1).every(({ endpoint, bytes }) => endpoint === wire.endpoints[0] && bytes[0] === 0x10)).toBe(true);
  });
};
