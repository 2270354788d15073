import { expect, it } from 'vitest';
import { bitString } from '../../test/fakes/fake.ts';
import { random } from '../wearer/random.ts';
import { bitsLsbFirst, bitsMsbFirst } from './bits.ts';

it.each([
  ['msb', bitsMsbFirst],
  ['lsb', bitsLsbFirst],
] as const)('%s first: fields of 1 to 24 bits come back from where they were put', (order, read) => {
  const { uniform } = random(1, order);
  for (let round = 0; round < 300; round++) {
    const widths = Array.from({ length: 12 }, () => 1 + Math.floor(uniform() * 24));
    const values = widths.map((width) => Math.floor(uniform() * 2 ** width));
    const bits = bitString(order);
    for (const [i, value] of values.entries()) bits.put(value, widths[i]!);
    const bytes = Uint8Array.from(bits.bytes());
    let at = 0;
    for (const [i, width] of widths.entries()) {
      expect(read(bytes, at, width)).toBe(values[i]);
      at += width;
    }
  }
});

it('bytes behind the end are 0', () => {
  expect(bitsMsbFirst(Uint8Array.of(0xff), 4, 12)).toBe(0xf00);
  expect(bitsLsbFirst(Uint8Array.of(0xff), 4, 12)).toBe(0x00f);
});
