/**
 * OpenBCI Ganglion, 4 channels at 200 Hz over Bluetooth: 20-byte notifications of two samples (OpenBCI_Ganglion_Library 2.0.1 and 3.0.2, MIT).
 *
 *   id        firmware 2                                     firmware 3
 *   0         4 × s24 big endian, one sample; A B C D E F G  like 1-99
 *   1-100     18-bit differences, byte 19 acceleration       0-99: top 18 bits of each value, byte 19 acceleration
 *   101-200   19-bit differences                             100-199: top 19 bits of each value
 *   201-205   impedance of channels 1-4 and the reference, kΩ: digits, then Z
 *   206, 207  text: more follows, last piece
 *
 *   byte 0   1                                             18      19
 *   ┌──────┬──────┬──────┬──────┬──────┬──────┬─ ─ ─┬──────┬───────┐
 *   │  id  │ ch 1 │ ch 2 │ ch 3 │ ch 4 │ ch 1 │     │ ch 4 │ accel │    bits most significant first; the sample before, then the later one
 *   └──────┴──────┴──────┴──────┴──────┴──────┴─ ─ ─┴──────┴───────┘    19-bit fields take byte 19 too
 *
 * Firmware 2 sends old − new, so value = previous − difference. Both write the sign over the lowest bit of a field (1 = negative).
 */
import type { BlockWriter } from '../block-writer.ts';
import { bitsMsbFirst } from '../codecs/bits.ts';

/** MCP3912 converter: 1.2 V reference, 2²³ − 1 steps, gain 1.5 of its own, 51 of the amplifier before it. 1.87 nV. */
const microvoltPerStep = 1.2e6 / (8388607 * 1.5 * 51);
/** Where the converter ends, µV; firmware 3 sends its top 18 bits, one of them the sign. */
export const railedMicrovolt = (2 ** 23 - 2 ** 7) * microvoltPerStep;
/** LIS2DH at ±2 g, 8 bits (OpenBCI_JavaScript_Utilities). */
const gPerStep = 0.016;

/** A decoder of one firmware's sample packets. */
export interface Ring {
  /** A sample packet; `paused` where a whole ring may have gone unseen before it. */
  readonly packet: (bytes: Uint8Array, paused: boolean) => void;
}

/** Takes one sample of four channels, µV (valid during the call), and its place in the ring. */
export type GiveSample = (row: Float64Array, counter: number) => void;

/** Field `index` of `width` bits, its sign in its lowest bit. */
const field = (bytes: Uint8Array, index: number, width: number): number => {
  const raw = bitsMsbFirst(bytes, 8 + index * width, width);
  return (raw & 1) === 1 ? raw - (1 << width) : raw;
};

/** Firmware 2: differences, 201 samples a ring. */
export const differences = (out: GiveSample): Ring => {
  const value = new Int32Array(4);
  const row = new Float64Array(4);
  let place = -1; // of the last packet in the ring, -1 where its values are unknown
  const give = (counter: number) => {
    for (let c = 0; c < 4; c++) row[c] = value[c]! * microvoltPerStep;
    out(row, counter);
  };
  return {
    packet: (bytes, paused) => {
      const id = bytes[0]!;
      if (id === 0) {
        for (let c = 0; c < 4; c++) value[c] = (bitsMsbFirst(bytes, 8 + 24 * c, 24) << 8) >> 8;
        place = 0;
        return give(0);
      }
      const now = id > 100 ? id - 100 : id;
      if (place < 0 || paused || now !== place + 1) {
        place = -1;
        return;
      }
      place = now;
      for (let t = 0; t < 2; t++) {
        for (let c = 0; c < 4; c++) value[c]! -= field(bytes, 4 * t + c, id > 100 ? 19 : 18);
        give(2 * now - 1 + t);
      }
    },
  };
};

/** Firmware 3: the top bits of each value, 200 samples a ring. */
export const topBits = (out: GiveSample): Ring => {
  const row = new Float64Array(4);
  let last = 199; // id before this one; as after a start of 19 bits while there is none
  return {
    packet: (bytes) => {
      const id = bytes[0]!;
      const stale = last >= 100 && id === 99; // what comes first after a start of 19 bits, the first or one that followed a silence
      last = id;
      if (stale || id === 200) return;
      const width = id >= 100 ? 19 : 18;
      const scale = 2 ** (24 - width) * microvoltPerStep;
      for (let t = 0; t < 2; t++) {
        for (let c = 0; c < 4; c++) row[c] = field(bytes, 4 * t + c, width) * scale;
        out(row, 2 * (id % 100) + t);
      }
    },
  };
};

/** One axis a packet: x, y, z in the packets of a ring whose numbers end in 1, 2, 3. */
export const accelerometer = (out: BlockWriter) => {
  const row = new Float64Array(3);
  let heard = -1; // number of the last axis' packet
  return {
    flush: out.flush,
    packet: (bytes: Uint8Array) => {
      const axis = (bytes[0]! % 10) - 1;
      if (axis < 0 || axis > 2) return;
      row[axis] = ((bytes[19]! << 24) >> 24) * gPerStep;
      const whole = axis === 0 || heard === bytes[0]! - 1;
      heard = whole ? bytes[0]! : -1;
      if (whole && axis === 2) out.add(row, Math.floor(bytes[0]! / 10));
    },
  };
};

/** The firmware's version as its packets betray it; undefined until they do. */
export const versionByPackets = () => {
  let seen = 0;
  return (bytes: Uint8Array): number | undefined => {
    if (bytes[0] === 0 && Buffer.from(bytes.subarray(13)).toString('latin1') === 'ABCDEFG') return 2;
    seen++;
    return seen > 101 ? 3 : undefined;
  };
};
