import { random } from '../../src/wearer/random.ts';
import { bitString, type Fake, type Unit, u16le, u24le } from './fake.ts';

const data = '273e0013-4c4d-454d-96be-f03bac821358';

/** A block of a packet, as the sensor queued it. */
export interface AthenaBlock {
  readonly tag: number;
  readonly counter: number;
  readonly payload: readonly number[];
}

/** A packet of blocks: the first's tag and counter are in the header, the others have their own. */
export const athenaPacket = (index: number, clockMs: number, blocks: readonly AthenaBlock[]): number[] => {
  const [first, ...others] = blocks;
  const high = Math.floor(clockMs / 2 ** 24);
  const body = [...u24le(clockMs % 2 ** 24), ...u24le(high), first!.tag, first!.counter, 0xe7, 0x03, 0x00, ...first!.payload];
  for (const { tag, counter, payload } of others) body.push(tag, counter, 0x18, 0xfc, 0xff, ...payload);
  return [body.length + 3, ...u16le(index), ...body];
};

const fields = (values: readonly number[], width: number): number[] => {
  const bits = bitString('lsb');
  for (const value of values) bits.put(value, width);
  return bits.bytes();
};

const shapes = {
  p21: { eegTag: 0x11, nEeg: 4, opticsTag: 0, nOptics: 0 },
  p1034: { eegTag: 0x12, nEeg: 8, opticsTag: 0x35, nOptics: 8 },
  p1035: { eegTag: 0x11, nEeg: 4, opticsTag: 0x34, nOptics: 4 },
  p1041: { eegTag: 0x12, nEeg: 8, opticsTag: 0x36, nOptics: 16 },
} as const;

/** Notifications of a Muse S Athena, 1/32 s of all sensors a unit, in packets of at most 244 bytes. */
export const athenaNotifications = (preset: keyof typeof shapes): Fake => ({
  device: 'muse-athena',
  variant: preset,
  options: { preset },
  link: 'packets',
  preface: [],
  unitSec: 1 / 32,
  counted: true,
  tolerance: { eeg: 1e-9, acceleration: 1e-9, gyroscope: 1e-9, optics: 0 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'athena');
    const { eegTag, nEeg, opticsTag, nOptics } = shapes[preset];
    const table = (rows: number, columns: number, bits: number) =>
      Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.floor(uniform() * 2 ** bits)));
    const next = new Map<number, number>([
      [eegTag, 250],
      [opticsTag, 250],
      [0x47, 250],
    ]);
    const counter = (tag: number) => {
      const now = next.get(tag) ?? 0;
      next.set(tag, (now + 1) & 0xff);
      return now;
    };
    let packets = 65_530;
    let motion = 0;
    let optical = 0;
    return Array.from({ length: count }, (_, k): Unit => {
      const samples: Record<string, number[][]> = { eeg: [], acceleration: [], gyroscope: [], optics: [] };
      const blocks: AthenaBlock[] = [];
      for (let n = 0; n < 8; ) {
        const rows = table(eegTag === 0x11 ? 4 : 2, nEeg, 14);
        blocks.push({ tag: eegTag, counter: counter(eegTag), payload: fields(rows.flat(), 14) });
        samples.eeg!.push(...rows.map((row) => row.map((raw) => ((raw - 8192) * 1450) / 16383)));
        n += rows.length;
      }
      for (; motion < ((k + 1) / 32) * 52; motion += 3) {
        const rows = table(3, 6, 16).map((row) => row.map((n) => n - 32768));
        blocks.push({ tag: 0x47, counter: counter(0x47), payload: rows.flat().flatMap((n) => u16le(n & 0xffff)) });
        samples.acceleration!.push(...rows.map((row) => row.slice(0, 3).map((n) => n / 16384)));
        samples.gyroscope!.push(...rows.map((row) => row.slice(3).map((n) => n * -0.0074768)));
      }
      for (; nOptics > 0 && optical < ((k + 1) / 32) * 64; ) {
        const rows = table(nOptics === 4 ? 3 : nOptics === 8 ? 2 : 1, nOptics, 20);
        blocks.push({ tag: opticsTag, counter: counter(opticsTag), payload: fields(rows.flat(), 20) });
        samples.optics!.push(...rows);
        optical += rows.length;
      }
      if (k % 6 === 0) blocks.push({ tag: 0x53, counter: counter(0x53), payload: new Array(24).fill(k & 0xff) });
      if (k % 32 === 0) blocks.push({ tag: 0x98, counter: counter(0x98), payload: [...u16le(14918), ...new Array(18).fill(1)] });

      const notifications: AthenaBlock[][] = [[]];
      let bytes = 14;
      for (const block of blocks) {
        if (bytes + block.payload.length + 5 > 240) {
          notifications.push([]);
          bytes = 14;
        }
        notifications.at(-1)!.push(block);
        bytes += block.payload.length + 5;
      }
      const frames = notifications.map((group) => ({
        endpoint: data,
        bytes: Uint8Array.from(athenaPacket(packets++ & 0xffff, 1_733_000_000_000 + k * 31.25, group)),
      }));
      return { frames, samples };
    });
  },
});
