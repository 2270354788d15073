import { random } from '../../src/wearer/random.ts';
import { type Fake, type Unit, u16le } from './fake.ts';

/** A Heart Rate Measurement with the fields the flags promise. */
export const heartRateMeasurement = (
  bpm: number,
  intervals: readonly number[],
  { wide = false, energy = false, contact = true } = {},
): number[] => {
  const flags = (wide ? 1 : 0) | (contact ? 6 : 4) | (energy ? 8 : 0) | (intervals.length > 0 ? 16 : 0);
  return [
    flags,
    ...(wide ? u16le(bpm) : [bpm]),
    ...(energy ? [7, 0] : []),
    ...intervals.flatMap((seconds) => u16le(Math.round(seconds * 1024))),
  ];
};

/** A chest strap at 60 beats a minute, one beat a notification. */
export const heartRateStrap = (): Fake => ({
  device: 'heart-rate',
  variant: 'strap',
  options: {},
  link: 'packets',
  preface: [{ endpoint: '2a19', bytes: Uint8Array.of(88) }],
  unitSec: 1,
  counted: false,
  tolerance: { 'heart-rate': 0, 'inter-beat': 0 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'strap');
    return Array.from({ length: count }, (_, k): Unit => {
      const interval = Math.round(1024 + (uniform() - 0.5) * 80) / 1024;
      const bytes = heartRateMeasurement(60, [interval], { wide: k % 2 === 1, energy: k % 3 === 1 });
      return {
        frames: [{ endpoint: '2a37', bytes: Uint8Array.from(bytes) }],
        samples: { 'heart-rate': [[60]], 'inter-beat': [[interval]] },
      };
    });
  },
});

const characteristic = '0000fe11-1111-2222-3333-444455556666';

/** A sensor of `<hhf` records, two a notification, at 20 Hz. */
export const packedSensor = (): Fake => ({
  device: 'ble-generic',
  variant: '<hhf',
  options: {
    service: 'FE10',
    characteristic: characteristic.toUpperCase(),
    format: '<hhf',
    channels: 'a,b,c',
    unit: 'uS',
    sfreq: 20,
    scale: 0.5,
    offset: 1,
  },
  link: 'packets',
  preface: [],
  unitSec: 0.1,
  counted: false,
  tolerance: { eda: 1e-9 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'packed');
    return Array.from({ length: count }, (): Unit => {
      const bytes = Buffer.alloc(16);
      const rows = [0, 8].map((at) => {
        const row = [Math.floor(uniform() * 65536) - 32768, Math.floor(uniform() * 65536) - 32768, Math.fround(uniform() * 1e3)];
        bytes.writeInt16LE(row[0]!, at);
        bytes.writeInt16LE(row[1]!, at + 2);
        bytes.writeFloatLE(row[2]!, at + 4);
        return row.map((n) => n * 0.5 + 1);
      });
      return { frames: [{ endpoint: characteristic, bytes: Uint8Array.from(bytes) }], samples: { eda: rows } };
    });
  },
});
