/**
 * The Cyton's frame, 33 bytes, as its USB dongle sends it (OpenBCI, "Cyton Data Format"; firmware 3.1.2):
 *
 *     0      0xA0
 *     1      sample number, 0-255, wraps
 *     2-25   8 channels, signed 24 bit, big-endian
 *     26-31  auxiliary, by the footer
 *     32     footer 0xC0-0xC6
 *
 *     footer  auxiliary
 *     C0      acceleration x y z, signed 16 bit, big-endian; zeros between the accelerometer's own 25 Hz samples
 *     C1      raw (analog, digital or marker)
 *     C2      user defined
 *     C3, C4  26-27 one axis of acceleration, 28-31 board time, ms; C3 the first after `<`
 *     C5, C6  26-27 raw, 28-31 board time, ms; C5 the first after `<`
 *
 * With C3 and C4 the documentation describes ASCII axis letters; the firmware and OpenBCI's own parser send an axis where the sample number
 * modulo 10 is 7 (x), 8 (y) or 9 (z). The firmware is what a board runs: it is followed here.
 */
export const frameLength = 33;
export const startByte = 0xa0;
export const channelsPerFrame = 8;

/** Footers with a known meaning. */
export const isFooter = (byte: number): boolean => byte >= 0xc0 && byte <= 0xc6;

/** Gains the board's amplifier (ADS1299) has, in the order of the digit that selects them. */
export const gains = [1, 2, 4, 6, 8, 12, 24] as const;

/** µV of one count: reference voltage 4.5 V over gain and 2²³ − 1 (TI ADS1299 datasheet, §9.5.1). 0.02235 at gain 24. */
export const microvoltsPerCount = (gain: number): number => 4.5e6 / gain / (2 ** 23 - 1);

/** Counts at which a channel is railed, either way. */
export const railedCount = 2 ** 23 - 1;

/** g of one accelerometer count: LIS3DH at ±4 g, 0.002 g over 16. */
export const gravityPerCount = 0.002 / 16;

/** Signed 24-bit big-endian number at `offset`. */
export const int24 = (bytes: Uint8Array, offset: number): number =>
  ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8)) >> 8;

/** Signed 16-bit big-endian number at `offset`. */
export const int16 = (bytes: Uint8Array, offset: number): number => ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16)) >> 16;

/** Updates `held` (x, y, z in g) from a frame at `start`; true where the frame brought a measurement. A zero first axis is "nothing new". */
export const readAcceleration = (bytes: Uint8Array, start: number, held: Float64Array): boolean => {
  const footer = bytes[start + 32];
  if (footer === 0xc0) {
    const x = int16(bytes, start + 26);
    if (x === 0) return false;
    held[0] = x * gravityPerCount;
    held[1] = int16(bytes, start + 28) * gravityPerCount;
    held[2] = int16(bytes, start + 30) * gravityPerCount;
    return true;
  }
  if (footer === 0xc3 || footer === 0xc4) {
    const axis = (bytes[start + 1]! % 10) - 7;
    if (axis >= 0) held[axis] = int16(bytes, start + 26) * gravityPerCount;
    return axis === 2;
  }
  return false;
};
