/**
 * A notification of a Muse S Athena: one or more packets of
 *
 *   0     1      3                   9     10        11         14
 *   ┌─────┬──────┬───────────────────┬─────┬─────────┬──────────┬─────────┬─────┬─────────┬───────────┬─────────┬───
 *   │ len │ u16  │ 48 bit            │ tag │ counter │ u24      │ payload │ tag │ counter │ s24       │ payload │ …
 *   │     │ index│ ms since 1970     │     │ u8      │ µs < 1000│         │     │ u8      │ µs offset │         │
 *   └─────┴──────┴───────────────────┴─────┴─────────┴──────────┴─────────┴─────┴─────────┴───────────┴─────────┴───
 *   all little endian; `len` counts the whole packet, itself included; the payload's length is known by its tag
 *
 *   tag   sensor                              channels × samples          payload
 *   0x11  EEG 256 Hz                          4 × 4, 14 bit               28
 *   0x12  EEG 256 Hz                          8 × 2, 14 bit               28
 *   0x34  optics 64 Hz                        4 × 3, 20 bit               30
 *   0x35  optics 64 Hz                        8 × 2, 20 bit               40
 *   0x36  optics 64 Hz                        16 × 1, 20 bit              40
 *   0x47  acceleration and rotation 52 Hz     6 × 3, s16                  36
 *   0x53  driven right leg and reference      2 × 6                       24
 *   0x88  battery, new firmware                                           to the end of the packet
 *   0x98  battery, old firmware                                           20
 *
 * Each tag has its own counter, one step a block, whichever place of a packet the block is at. Decided against the captures of OpenMuse
 * (p20: 837 packets, p1041: 2,195) and amused-py (120 packets): the index is a u16 (OpenMuse reads a u8), the clock 48-bit milliseconds with
 * microseconds in bytes 11-13 (OpenMuse reads a u32 of 256 kHz, which is the same clock with the index's high byte as noise); all of their
 * bytes are explained and all counters are contiguous so. BrainFlow gives tag 0x88 20 bytes; OpenMuse's newer captures hold 188-230 to the
 * packet's end, which is followed.
 */
export interface AthenaVisitor {
  /** A packet began: its number (u16) and its clock, ms since 1970 by the device's own clock (which may never have been set). */
  readonly packet?: (index: number, clockMs: number) => void;
  /** A block whose payload is `bytes[start … start + length)`; `offsetMicros` from the packet's clock. */
  readonly block: (tag: number, counter: number, bytes: Uint8Array, start: number, length: number, offsetMicros: number) => void;
  /** Bytes that could not be explained, to the end of their packet or of the notification. */
  readonly unexplained: (reason: 'length' | 'syntax', bytes: number) => void;
}

const headerBytes = 14;
const subHeaderBytes = 5;
const toTheEnd = -1;

const payloadBytes: ReadonlyMap<number, number> = new Map([
  [0x11, 28],
  [0x12, 28],
  [0x34, 30],
  [0x35, 40],
  [0x36, 40],
  [0x47, 36],
  [0x53, 24],
  [0x88, toTheEnd],
  [0x98, 20],
]);

/** Walks through a notification, in the order of its bytes. */
export const visitAthena = (bytes: Uint8Array, visitor: AthenaVisitor): void => {
  let start = 0;
  while (start < bytes.length) {
    const length = bytes[start]!;
    if (length < headerBytes || start + length > bytes.length) {
      visitor.unexplained('length', bytes.length - start);
      return;
    }
    visitPacket(bytes, start, start + length, visitor);
    start += length;
  }
};

const u24 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);

const visitPacket = (bytes: Uint8Array, start: number, end: number, visitor: AthenaVisitor): void => {
  visitor.packet?.(bytes[start + 1]! | (bytes[start + 2]! << 8), u24(bytes, start + 3) + u24(bytes, start + 6) * 2 ** 24);
  let header = start + 9;
  let at = start + headerBytes;
  while (true) {
    const tag = bytes[header]!;
    const fixed = payloadBytes.get(tag);
    const length = fixed === toTheEnd ? end - at : fixed;
    if (length === undefined || at + length > end) {
      visitor.unexplained(length === undefined ? 'syntax' : 'length', end - header);
      return;
    }
    visitor.block(tag, bytes[header + 1]!, bytes, at, length, (u24(bytes, header + 2) << 8) >> 8);
    header = at + length;
    if (header === end) return;
    at = header + subHeaderBytes;
    if (at > end) {
      visitor.unexplained('length', end - header);
      return;
    }
  }
};
