/**
 * The unsigned number in `width` bits (1–24) of `bytes`, starting `bitOffset` bits after the first byte's most significant bit, most significant
 * bit first: 12-bit EEG of a Muse, 18- and 19-bit fields of a Ganglion. Bytes beyond the end count as 0.
 */
export const bitsMsbFirst = (bytes: Uint8Array, bitOffset: number, width: number): number => {
  const first = bitOffset >> 3;
  const word = ((bytes[first]! << 24) | (bytes[first + 1]! << 16) | (bytes[first + 2]! << 8) | bytes[first + 3]!) >>> 0;
  return ((word << (bitOffset & 7)) >>> 0) >>> (32 - width);
};

/**
 * The unsigned number in `width` bits (1–24) of `bytes`, starting `bitOffset` bits after the first byte's least significant bit, least
 * significant bit first: 14- and 20-bit fields of a Muse S Athena. Bytes beyond the end count as 0.
 */
export const bitsLsbFirst = (bytes: Uint8Array, bitOffset: number, width: number): number => {
  const first = bitOffset >> 3;
  const word = (bytes[first]! | (bytes[first + 1]! << 8) | (bytes[first + 2]! << 16) | (bytes[first + 3]! << 24)) >>> 0;
  return (word >>> (bitOffset & 7)) & ((1 << width) - 1);
};
