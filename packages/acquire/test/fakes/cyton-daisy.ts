import { random } from '../../src/wearer/random.ts';
import { cytonFrame } from './cyton.ts';
import type { Fake, Unit } from './fake.ts';

/** A Cyton with Daisy: the board's half in odd frames, the Daisy's in the even frame that follows; the frame numbered 0 holds nothing. */
export const daisyStream = (): Fake => ({
  device: 'openbci-cyton-daisy',
  variant: 'odd and even frames',
  options: { gain: 24 },
  link: 'stream',
  preface: [{ endpoint: '', bytes: Uint8Array.from(cytonFrame(0, new Array<number>(8).fill(0))) }],
  unitSec: 0.008,
  counted: true,
  tolerance: { eeg: 1e-9 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'daisy');
    return Array.from({ length: count }, (_, k): Unit => {
      const counts = Array.from({ length: 16 }, () => Math.floor((uniform() - 0.5) * 2 ** 23));
      const halves = [cytonFrame(2 * k + 1, counts.slice(0, 8)), cytonFrame(2 * k + 2, counts.slice(8))];
      return {
        frames: halves.map((bytes) => ({ endpoint: '', bytes: Uint8Array.from(bytes) })),
        samples: { eeg: [counts.map((n) => (n * 4.5e6) / 24 / (2 ** 23 - 1))] },
      };
    });
  },
});
