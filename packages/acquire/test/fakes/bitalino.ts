import { random } from '../../src/wearer/random.ts';
import { bitString, type Fake, type Unit } from './fake.ts';

/** Remainder of the frame's bits, low nibble zero, divided by x⁴ + x + 1. */
export const crc4 = (frame: readonly number[]): number => {
  let remainder = 0;
  frame.forEach((byte, i) => {
    for (const nibble of i === frame.length - 1 ? [byte >> 4, 0] : [byte >> 4, byte & 0xf]) {
      for (let bit = 3; bit >= 0; bit--) {
        const carry = remainder >> 3;
        remainder = ((remainder << 1) & 0xf) | ((nibble >> bit) & 1);
        if (carry === 1) remainder ^= 0b0011;
      }
    }
  });
  return remainder;
};

/**
 * A frame, written backwards: seq and CRC, four digital inputs, then the analog ones of ten bits and (the fifth and sixth) of six, filled up with
 * zeros; the bytes are sent last first.
 */
export const bitalinoFrame = (seq: number, analog: readonly number[], digital = 0): number[] => {
  const bits = bitString('msb');
  bits.put(seq << 4, 8);
  bits.put(digital, 4);
  for (const [i, value] of analog.entries()) bits.put(value, i < 4 ? 10 : 6);
  const frame = bits.bytes().reverse();
  frame[frame.length - 1]! |= crc4(frame);
  return frame;
};

/** A BITalino that says its version and streams the first `inputs` analog inputs, the third of them EDA, one frame a unit. */
export const bitalinoStream = (inputs: 3 | 4 | 6, sfreq: 100 | 1000): Fake => {
  const names = Array.from({ length: inputs }, (_, i) => i + 1);
  return {
    device: 'bitalino',
    variant: `${inputs} inputs at ${sfreq} Hz`,
    options: { inputs: names.join(','), sfreq },
    link: 'stream',
    preface: [{ endpoint: '', bytes: Uint8Array.from(Buffer.from('BITalino_v5.2\n')) }],
    unitSec: 1 / sfreq,
    counted: true,
    tolerance: { eda: 1e-9, inputs: 1e-9 },
    madeUp: 1, // 4 bits of CRC and 4 of number: 1 in 256 pieces of garbage follows on the last frame
    units: (count, seed) => {
      const { uniform } = random(seed, 'bitalino');
      return Array.from({ length: count }, (_, k): Unit => {
        const analog = names.map((_, i) => Math.floor(uniform() * (i < 4 ? 1024 : 64)));
        const others = analog.map((adc, i) => (adc / (i < 4 ? 1024 : 64)) * 3.3).filter((_, i) => i !== 2);
        return {
          frames: [{ endpoint: '', bytes: Uint8Array.from(bitalinoFrame(k & 15, analog, k & 15)) }],
          samples: { eda: [[(analog[2]! / 1024) * 25]], inputs: [others] },
        };
      });
    },
  };
};
