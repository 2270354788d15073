import { random } from '../../src/wearer/random.ts';
import { type Fake, type Unit, u24be } from './fake.ts';

/** A Cyton frame: 0xA0, sample number, eight channels, no acceleration, footer. */
export const cytonFrame = (number: number, counts: readonly number[]): number[] => [
  0xa0,
  number & 0xff,
  ...counts.flatMap((n) => u24be(n & 0xffffff)),
  ...new Array(6).fill(0),
  0xc0,
];

/** A Cyton after its banner, one frame a unit. */
export const cytonStream = (): Fake => ({
  device: 'openbci-cyton',
  variant: '8 channels',
  options: {},
  link: 'stream',
  preface: [{ endpoint: '', bytes: Uint8Array.from(Buffer.from('OpenBCI V3 8-16 channel\r\nFirmware: v3.1.2\r\n$$$')) }],
  unitSec: 1 / 250,
  counted: true,
  tolerance: { eeg: 1e-9 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'cyton');
    return Array.from({ length: count }, (_, k): Unit => {
      const counts = Array.from({ length: 8 }, () => Math.floor((uniform() - 0.5) * 2 ** 23));
      return {
        frames: [{ endpoint: '', bytes: Uint8Array.from(cytonFrame(k, counts)) }],
        samples: { eeg: [counts.map((n) => (n * 4.5e6) / 24 / (2 ** 23 - 1))] },
      };
    });
  },
});

/** Lines of µS from an Arduino, one a unit. */
export const gsrText = (): Fake => ({
  device: 'gsr-lines',
  variant: 'csv',
  options: { sfreq: 50, unit: 'microsiemens', format: 'csv' },
  link: 'stream',
  preface: [{ endpoint: '', bytes: Uint8Array.from(Buffer.from('23\n')) }],
  unitSec: 1 / 50,
  counted: false,
  tolerance: { eda: 0 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'lines');
    return Array.from({ length: count }, (): Unit => {
      const value = Number((1 + uniform() * 9).toFixed(4));
      return { frames: [{ endpoint: '', bytes: Uint8Array.from(Buffer.from(`${value}\r\n`)) }], samples: { eda: [[value]] } };
    });
  },
});
