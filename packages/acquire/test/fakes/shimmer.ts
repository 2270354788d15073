import { random } from '../../src/wearer/random.ts';
import { type Fake, type Unit, u16le, u24le } from './fake.ts';

/** CRC as the firmware's C code computes it (CCITT, byte-wise, start 0xB0CA, odd lengths padded with a zero). */
export const shimmerCrc = (bytes: readonly number[]): number => {
  let crc = 0xb0ca;
  for (const byte of bytes.length % 2 === 1 ? [...bytes, 0] : bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = ((crc >> 15) & 1) ^ ((byte >> bit) & 1);
      crc = (crc << 1) & 0xffff;
      if (carry === 1) crc ^= 0x1021;
    }
  }
  return crc;
};

/** A message with `n` bytes of CRC. */
export const withCrc = (bytes: readonly number[], n: number): number[] => [...bytes, ...u16le(shimmerCrc(bytes)).slice(0, n)];

/** Conductance of a reading by Kirchhoff: the current through the skin at 0.5 V is what the feedback resistor turns into V − 0.5 V. */
export const microsiemensOf = (adc: number, range: number): number => {
  const feedbackMegaohm = [0.0402, 0.287, 1, 3.3][range]!;
  const volt = (adc * 3) / 4095;
  return Math.max(0, (volt - 0.5) / feedbackMegaohm / 0.5);
};

/**
 * A Shimmer3 GSR+ that answers the start commands and streams, one sample a unit: ticks of the 32768 Hz clock (about to wrap), GSR with the
 * range in its top bits, and an optical probe where asked for.
 */
export const shimmerStream = (crc: 0 | 1 | 2, ppg = false): Fake => {
  const divider = 640;
  const bytes = (message: readonly number[], n = crc) => ({ endpoint: '', bytes: Uint8Array.from(withCrc(message, n)) });
  const channels = ppg ? [0x12, 0x1c] : [0x1c];
  const inquiry = [0xff, 0x02, ...u16le(divider), 0x01, 0xff, 0x01, 4 << 1, channels.length, 1, ...channels];
  return {
    device: 'shimmer3-gsr',
    variant: `CRC of ${crc} bytes${ppg ? ', PPG' : ''}`,
    options: { crc, ppg },
    link: 'stream',
    preface: [
      bytes([0xff], 0),
      ...(crc > 0 ? [bytes([0xff])] : []),
      bytes([0xff, 0x2f, 3, 0, 0, 0, 0x10, 0x0b]),
      ...[bytes([0xff]), bytes([0xff]), bytes([0xff])],
      bytes(inquiry),
      bytes([0xff]),
    ],
    unitSec: divider / 32768,
    counted: true,
    tolerance: { eda: 1e-9, ppg: 0 },
    units: (count, seed) => {
      const { uniform } = random(seed, 'shimmer');
      return Array.from({ length: count }, (_, k): Unit => {
        const range = Math.floor(k / 50) % 4;
        const adc = 700 + Math.floor(uniform() * 3000);
        const light = Math.floor(uniform() * 4096);
        const ticks = (2 ** 24 - 20_000 + k * divider) % 2 ** 24;
        const values = [...(ppg ? u16le(light) : []), ...u16le((range << 14) | adc)];
        const frames = [bytes([0x00, ...u24le(ticks), ...values])];
        if (k % 100 === 60) frames.push(bytes([0xff, 0x8a, 0x94, 0x56, 0x0a, 0x80]));
        return { frames, samples: { eda: [[microsiemensOf(adc, range)]], ...(ppg && { ppg: [[light]] }) } };
      });
    },
  };
};
