import { random } from '../../src/wearer/random.ts';
import { type Fake, type Unit, u16be } from './fake.ts';

/** A packet: sync, length, payload, inverted sum. */
export const thinkgearPacket = (payload: readonly number[]): number[] => {
  const sum = payload.reduce((total, byte) => total + byte, 0);
  return [0xaa, 0xaa, payload.length, ...payload, 255 - (sum % 256)];
};

/** A MindWave: one raw packet a unit, and once a second the packet with signal quality, band powers, attention and meditation. */
export const thinkgearStream = (): Fake => ({
  device: 'neurosky-thinkgear',
  variant: 'raw',
  options: {},
  link: 'stream',
  preface: [{ endpoint: '', bytes: Uint8Array.from(thinkgearPacket([0xd0, 0x02, 0xab, 0xcd])) }],
  unitSec: 1 / 512,
  counted: false,
  tolerance: { eeg: 1e-9, esense: 0 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'thinkgear');
    return Array.from({ length: count }, (_, k): Unit => {
      const raw = Math.floor(uniform() * 65536) - 32768;
      const packet = (payload: readonly number[]) => ({ endpoint: '', bytes: Uint8Array.from(thinkgearPacket(payload)) });
      const frames = [packet([0x80, 0x02, ...u16be(raw & 0xffff)])];
      const mind = k % 512 === 300 ? [40 + (k % 7), 60] : undefined;
      if (mind !== undefined) {
        const powers = Array.from({ length: 24 }, () => Math.floor(uniform() * 256));
        frames.push(packet([0x02, 0, 0x83, 24, ...powers, 0x04, mind[0]!, 0x05, mind[1]!]));
      }
      return { frames, samples: { eeg: [[(raw * 1.8e6) / 4096 / 2000]], esense: mind === undefined ? [] : [mind] } };
    });
  },
});
