/**
 * CRC of a BITalino frame: 4 bits, polynomial x⁴ + x + 1, most significant bit first from 0, over `length` bytes from `start` with the low
 * nibble of the last byte taken as 0 (that is where the CRC itself lies). Gives 0…15.
 */
export const bitalinoCrc4 = (bytes: Uint8Array, start: number, length: number): number => {
  let crc = 0;
  for (let i = 0; i < length; i++) {
    const byte = i === length - 1 ? bytes[start + i]! & 0xf0 : bytes[start + i]!;
    for (let bit = 7; bit >= 0; bit--) {
      crc = (crc << 1) | ((byte >> bit) & 1);
      if (crc & 0x10) crc ^= 0b10011;
    }
  }
  return crc & 0xf;
};

const shimmerCrcStart = 0xb0ca;

const shimmerCrcByte = (crc: number, byte: number): number => {
  let c = ((crc >> 8) | (crc << 8)) & 0xffff;
  c ^= byte;
  c ^= (c & 0xff) >> 4;
  c ^= c << 12;
  c ^= (c & 0xff) << 5;
  return c & 0xffff;
};

/**
 * CRC of the Shimmer UART and Bluetooth protocols: CCITT polynomial, start 0xB0CA, an odd length padded with one zero byte. Sent low byte
 * first; with a one-byte CRC only the low byte is sent (Shimmer-Java-Android-API `ShimmerCrc.java`, BSD-3).
 */
export const shimmerCrc16 = (bytes: Uint8Array, start: number, length: number): number => {
  let crc = shimmerCrcStart;
  for (let i = 0; i < length; i++) crc = shimmerCrcByte(crc, bytes[start + i]!);
  return length % 2 === 1 ? shimmerCrcByte(crc, 0) : crc;
};
