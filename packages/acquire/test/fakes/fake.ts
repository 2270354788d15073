import type { Chunk } from '../../src/link.ts';

/** A whole frame of a protocol, or a notification or datagram. */
export interface Frame {
  readonly endpoint: string;
  readonly bytes: Uint8Array;
}

/** What arrives together, and the samples a decoder must make of it: rows (one number a channel) by the signal's id. */
export interface Unit {
  readonly frames: readonly Frame[];
  readonly samples: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** A device played from its description: bytes with the truth beside them. */
export interface Fake {
  /** Registry name. */
  readonly device: string;
  /** What sets this play of the device apart. */
  readonly variant: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** A byte stream may be cut anywhere; packets arrive whole or not at all. */
  readonly link: 'stream' | 'packets';
  /** What is said before the first unit. */
  readonly preface: readonly Frame[];
  readonly unitSec: number;
  /** Whether the device counts its samples, so that a loss is counted exactly. */
  readonly counted: boolean;
  /** Largest difference between truth and what the protocol can carry, by signal id. */
  readonly tolerance: Readonly<Record<string, number>>;
  /** Samples that garbage may pass for: 0, but for protocols whose check it can meet by chance. */
  readonly madeUp?: number;
  readonly units: (count: number, seed: number) => Unit[];
}

/** Chunks of frames, unit k arriving at `startSec + k · unitSec`. */
export const chunksOf = (fake: Fake, units: readonly Unit[], startSec = 10): Chunk[] => [
  ...fake.preface.map((frame) => ({ ...frame, arrivedAt: startSec - 1 })),
  ...units.flatMap(({ frames }, k) => frames.map((frame) => ({ ...frame, arrivedAt: startSec + k * fake.unitSec }))),
];

/** Bits in a row, most or least significant first, filled up with zeros to whole bytes. */
export const bitString = (order: 'msb' | 'lsb') => {
  const bits: number[] = [];
  const put = (value: number, width: number) => {
    for (let i = 0; i < width; i++) bits.push(Math.floor(value / 2 ** (order === 'msb' ? width - 1 - i : i)) & 1);
  };
  const bytes = (): number[] => {
    const out = new Array<number>(Math.ceil(bits.length / 8)).fill(0);
    bits.forEach((bit, i) => {
      out[i >> 3]! |= bit << (order === 'msb' ? 7 - (i & 7) : i & 7);
    });
    return out;
  };
  return { put, bytes };
};

export const u16be = (n: number): number[] => [(n >> 8) & 0xff, n & 0xff];
export const u16le = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff];
export const u24be = (n: number): number[] => [(n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff];
export const u24le = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff, (n >> 16) & 0xff];
