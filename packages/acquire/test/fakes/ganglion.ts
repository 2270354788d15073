import { random } from '../../src/wearer/random.ts';
import { bitString, type Fake, type Frame, type Unit, u24be } from './fake.ts';

const notify = '2d30c082-f39f-4ce6-923f-3484ea480596';
const frame = (bytes: readonly number[]): Frame => ({ endpoint: notify, bytes: Uint8Array.from(bytes) });
const version = (text: string): Frame => ({ endpoint: '2a28', bytes: Uint8Array.from(Buffer.from(text)) });

/** `value` as the firmware packs it: two's complement, the sign written over the lowest bit. */
export const withSign = (value: number): number => (value < 0 ? value | 1 : value & ~1);

/** Two samples of four channels in fields of `width` bits behind an id; byte 19 is free in 18-bit packets. */
export const ganglionPacket = (id: number, values: readonly number[], width: 18 | 19, accelerometer = 0): number[] => {
  const bits = bitString('msb');
  for (const value of values) bits.put(value & (2 ** width - 1), width);
  const bytes = bits.bytes();
  return width === 18 ? [id, ...bytes.slice(0, 18), accelerometer & 0xff] : [id, ...bytes.slice(0, 19)];
};

const microvolt = (counts: number) => (counts * 1.2e6) / (8388607 * 1.5 * 51);

/** Random walks of the four channels, in converter counts. */
const walks = (seed: number, step: number) => {
  const { noise } = random(seed, 'ganglion');
  const now = [0, 1000, -1000, 70_000];
  return () => {
    for (let c = 0; c < 4; c++) now[c] = Math.round(Math.max(-6e6, Math.min(6e6, now[c]! + noise() * step)));
    return [...now];
  };
};

/** One axis goes into each packet whose number ends in 1, 2 or 3; the sample is whole with the third. */
const axes = (seed: number) => {
  const { uniform } = random(seed, 'ganglion accelerometer');
  let sample = [0, 0, 0];
  return (id: number): { byte: number; rows: number[][] } => {
    const axis = (id % 10) - 1;
    if (axis === 0) sample = [0, 0, 0].map(() => Math.floor(uniform() * 256) - 128);
    return { byte: sample[Math.max(0, Math.min(2, axis))]!, rows: axis === 2 ? [sample.map((n) => n * 0.016)] : [] };
  };
};

/** Firmware 2: an id 0 with one whole sample, then a hundred packets of differences old − new (18 bit with accelerometer, else 19). */
export const ganglionFirmware2 = (width: 18 | 19): Fake => ({
  device: 'openbci-ganglion',
  variant: `firmware 2, ${width} bit`,
  options: { accelerometer: width === 18 },
  link: 'packets',
  preface: [version('2.0.1')],
  unitSec: 2 / 200,
  counted: true,
  tolerance: { eeg: microvolt(201), acceleration: 1e-9 },
  units: (count, seed) => {
    const next = walks(seed, 3000);
    const motion = axes(seed);
    let last: number[] = [];
    return Array.from({ length: count }, (_, k): Unit => {
      const id = k % 101;
      if (id === 0) {
        last = next();
        const padding = [...Buffer.from('ABCDEFG')];
        return { frames: [frame([0, ...last.flatMap((n) => u24be(n & 0xffffff)), ...padding])], samples: { eeg: [last.map(microvolt)] } };
      }
      const first = next();
      const second = next();
      const differences = [...first.map((n, c) => last[c]! - n), ...second.map((n, c) => first[c]! - n)].map(withSign);
      last = second;
      const { byte, rows } = motion(id);
      return {
        frames: [frame(ganglionPacket(width === 18 ? id : id + 100, differences, width, byte))],
        samples: { eeg: [first.map(microvolt), second.map(microvolt)], ...(width === 18 && { acceleration: rows }) },
      };
    });
  },
});

/**
 * Firmware 3: the top bits of each value. The sample counter runs 1-201 and the last is never sent; the first packet after a start has the id
 * before the ring's first and a stale first half.
 */
export const ganglionFirmware3 = (width: 18 | 19): Fake => ({
  device: 'openbci-ganglion',
  variant: `firmware 3, ${width} bit`,
  options: { accelerometer: width === 18 },
  link: 'packets',
  preface: [version('3.0.2'), frame(ganglionPacket(width === 18 ? 255 : 99, [1, 2, 3, 4, 5, 6, 7, 8], width))],
  unitSec: 201 / 200 / 100,
  counted: true,
  tolerance: { eeg: microvolt(2 ** (25 - width)), acceleration: 1e-9 },
  units: (count, seed) => {
    const next = walks(seed, 50_000);
    const motion = axes(seed);
    return Array.from({ length: count }, (_, k): Unit => {
      const id = k % 100;
      const [first, second] = [next(), next()];
      if (id === 99) next(); // sample 201
      const top = [...first, ...second].map((n) => withSign(n >> (24 - width)));
      const { byte, rows } = motion(id);
      return {
        frames: [frame(ganglionPacket(width === 18 ? id : id + 100, top, width, byte))],
        samples: { eeg: [first.map(microvolt), second.map(microvolt)], ...(width === 18 && { acceleration: rows }) },
      };
    });
  },
});

/** An impedance message: ASCII digits, then Z. */
export const ganglionImpedance = (channel: number, kiloohm: number): Frame =>
  frame([200 + channel, ...Buffer.from(`${kiloohm}Z`.padEnd(19, '\0'))]);

/** Text in pieces of nineteen characters. */
export const ganglionText = (text: string): Frame[] => {
  const pieces = text.match(/.{1,19}/gs) ?? [];
  return pieces.map((piece, i) => frame([i < pieces.length - 1 ? 206 : 207, ...Buffer.from(piece)]));
};
