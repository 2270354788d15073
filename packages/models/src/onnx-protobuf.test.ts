import { describe, expect, it } from 'vitest';
import { encode } from './onnx-protobuf.ts';

const hex = (...fields: Parameters<typeof encode>[0][number][]): string => Buffer.from(encode(fields)).toString('hex');

// The examples of the protocol buffers encoding guide.
describe('protocol buffers', () => {
  it('writes whole numbers as varints', () => {
    expect(hex({ id: 1, int: 150 })).toBe('089601');
    expect(hex({ id: 1, int: 0 })).toBe('0800');
    expect(hex({ id: 1, int: 2 ** 40 })).toBe('088080808080' + '20');
  });

  it('writes a negative number as its 64-bit complement', () => {
    expect(hex({ id: 1, int: -2 })).toBe('08feffffffffffffffff01');
  });

  it('writes texts, bytes and messages with their length', () => {
    expect(hex({ id: 2, text: 'testing' })).toBe('120774657374696e67');
    expect(hex({ id: 3, message: [{ id: 1, int: 150 }] })).toBe('1a03089601');
    expect(hex({ id: 2, bytes: new Uint8Array(200) }).slice(0, 6)).toBe('12c801');
  });

  it('writes field numbers above 15 in two bytes, and floats little-endian', () => {
    expect(hex({ id: 20, int: 1 })).toBe('a00101');
    expect(hex({ id: 2, float: 1 })).toBe('150000803f');
  });
});
