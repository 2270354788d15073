import { expect, it } from 'vitest';
import { structFormat } from './struct-format.ts';

const read = (format: string, hex: string): number[] => {
  const compiled = structFormat(format)!;
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  expect(compiled.length).toBe(bytes.length);
  const into = new Float64Array(compiled.count);
  compiled.read(new DataView(bytes.buffer), 0, into);
  return [...into];
};

// Python 3.11: struct.pack(format, …).hex()
it.each([
  ['<hhf', 'feff2c0100002041', [-2, 300, 10]],
  ['>hhf', 'fffe012c41200000', [-2, 300, 10]],
  ['<b2Bx?', 'ff01ff0001', [-1, 1, 255, 1]],
  ['>iIlL', 'ffffffffffffffff0000000180000000', [-1, 4294967295, 1, 2147483648]],
  ['<qQ', 'feffffffffffffff0000000001000000', [-2, 4294967296]],
  ['<d', '182d4454fb210940', [Math.PI]],
  ['<H2x', '39050000', [1337]],
])('%s reads what Python packed', (format, hex, values) => {
  expect(read(format, hex)).toEqual(values);
});

it.each(['', '<', 'h', '=h', '<4', '<hs', '<h h', '<3x', '<65d', '<9999h'])('%j is no format', (format) => {
  expect(structFormat(format)).toBeUndefined();
});
