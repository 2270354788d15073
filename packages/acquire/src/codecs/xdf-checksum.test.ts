import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumChunk, checksumFooter, chunkSum, findSpare, findSums, isWholeChecksumFooter, spareChunk } from './xdf-checksum.ts';

const sum = fc.record({ length: fc.integer({ min: 1, max: 2 ** 31 }), crc: fc.integer({ min: 0, max: 2 ** 32 - 1 }) });
const time = fc.double({ min: 0, max: 1e9, noNaN: true });
const runs = { seed: 1, numRuns: 200 };

describe('a list of checksums', () => {
  it('is found wherever it lies in bytes, with its own beginning and end', () => {
    fc.assert(
      fc.property(time, fc.array(sum, { minLength: 1, maxLength: 30 }), fc.uint8Array(), (atSec, sums, before) => {
        const chunk = checksumChunk(atSec, sums);
        const found = findSums(Buffer.concat([before, chunk, before]));
        expect(found).toMatchObject({ start: before.length, end: before.length + chunk.length, sums });
        expect(Buffer.compare(found!.written, chunk)).toBe(0);
      }),
      runs,
    );
  });

  it('with any bit of its text flipped is no list, and with any other bit flipped differs from what was written', () => {
    const chunk = Buffer.from(checksumChunk(12.5, [chunkSum(Uint8Array.of(1, 2, 3)), chunkSum(Uint8Array.of(4))]));
    for (let bit = 0; bit < 8 * chunk.length; bit++) {
      const hit = Buffer.from(chunk);
      hit[bit >> 3]! ^= 1 << (bit & 7);
      const found = findSums(hit);
      if (found !== undefined) expect(Buffer.compare(found.written, hit)).not.toBe(0);
    }
  });

  it('does not take a text that only begins like one', () => {
    expect(findSums(Buffer.from('affect-crc32 0 3:00000000 =00000000'))).toBeUndefined();
    expect(findSums(Buffer.from('affect-crc32 and no end'))).toBeUndefined();
  });
});

describe('the copy of the headers', () => {
  it('comes back as it was, or not at all', () => {
    const headers = Buffer.from('<info>Ü</info>');
    const chunk = Buffer.from(spareChunk(0, headers));
    expect(Buffer.from(findSpare(chunk)!).equals(headers)).toBe(true);
    chunk[chunk.length - 12]! ^= 1;
    expect(findSpare(chunk)).toBeUndefined();
  });
});

describe('the last footer', () => {
  it('vouches for itself', () => {
    const footer = Buffer.from(checksumFooter(7, 0, 60));
    expect(isWholeChecksumFooter(footer)).toBe(true);
    for (let i = 0; i < footer.length; i++) {
      const hit = Buffer.from(footer);
      hit[i]! ^= 4;
      expect(isWholeChecksumFooter(hit), `byte ${i}`).toBe(false);
    }
  });
});
