/** Eight tables of the reflected Castagnoli polynomial: eight bytes are folded at once. */
const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  tables[0]![byte] = crc;
}
for (let byte = 0; byte < 256; byte++) {
  for (let k = 1; k < 8; k++) tables[k]![byte] = (tables[k - 1]![byte]! >>> 8) ^ tables[0]![tables[k - 1]![byte]! & 0xff]!;
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4) of the bytes from `start` to `end`: finds every burst of up to 32 flipped bits. */
export const crc32c = (bytes: Uint8Array, start = 0, end = bytes.length): number => {
  let crc = 0xffffffff;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      t7[low & 0xff]! ^
      t6[(low >>> 8) & 0xff]! ^
      t5[(low >>> 16) & 0xff]! ^
      t4[low >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]!) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
};
