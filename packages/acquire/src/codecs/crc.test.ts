import { describe, expect, it } from 'vitest';
import { crc4 } from '../../test/fakes/bitalino.ts';
import { shimmerCrc } from '../../test/fakes/shimmer.ts';
import { random } from '../wearer/random.ts';
import { bitalinoCrc4, shimmerCrc16 } from './crc.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('the BITalino’s CRC', () => {
  it('of 00 00 00 00 00 00 00 1x is 3', () => {
    for (let low = 0; low < 16; low++) expect(bitalinoCrc4(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x10 | low), 0, 8)).toBe(3);
  });

  it('is the remainder of a division by x⁴ + x + 1', () => {
    const { uniform } = random(1, 'crc4');
    for (let round = 0; round < 500; round++) {
      const frame = Array.from({ length: 3 + (round % 6) }, () => Math.floor(uniform() * 256));
      expect(bitalinoCrc4(Uint8Array.from([9, ...frame]), 1, frame.length)).toBe(crc4(frame));
    }
  });
});

describe('the Shimmer’s CRC', () => {
  it('is the vendor’s: ShimmerCrc.java (TEST_ACK) and its simulators', () => {
    expect(shimmerCrc16(hex('24 FF'), 0, 2)).toBe(0xb2d9);
    for (const message of [
      '00EFBE1BE7093C083F097A',
      'FF02800201FF010803010001020F',
      'FF02800202FF0108000186',
      'FF8A7121F4',
      'FFF4',
      'FF8A94560A8038',
    ]) {
      const bytes = hex(message);
      expect(shimmerCrc16(bytes, 0, bytes.length - 1) & 0xff, message).toBe(bytes.at(-1));
    }
  });

  it('is CCITT from 0xB0CA, odd lengths padded', () => {
    const { uniform } = random(2, 'crc16');
    for (let round = 0; round < 500; round++) {
      const message = Array.from({ length: 1 + (round % 20) }, () => Math.floor(uniform() * 256));
      expect(shimmerCrc16(Uint8Array.from([7, 7, ...message]), 2, message.length)).toBe(shimmerCrc(message));
    }
  });
});
