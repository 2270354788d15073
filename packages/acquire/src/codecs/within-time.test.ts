import { describe, expect, test } from 'vitest';
import { OutOfTime, withinTime } from './within-time.ts';

describe('work within a time', () => {
  test('gives what it gives and throws what it throws', () => {
    expect(withinTime(1000, () => 7)).toBe(7);
    const error = new RangeError('no');
    expect(() =>
      withinTime(1000, () => {
        throw error;
      }),
    ).toThrow(error);
  });

  test('is ended where it never ends, in compiled code too, and nothing is left behind', () => {
    // (module (func (export "spin") (loop br 0)))
    const bytes = Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x73, 0x70, 0x69, 0x6e, 0, 0],
      ...[10, 9, 1, 7, 0, 3, 0x40, 0x0c, 0, 0x0b, 0x0b],
    ]);
    // the types of Node do not know it
    const {
      Module,
      Instance,
    }: { Module: new (bytes: Uint8Array) => object; Instance: new (of: object) => { exports: { spin: () => void } } } = Reflect.get(
      globalThis,
      'WebAssembly',
    );
    const { spin } = new Instance(new Module(bytes)).exports;
    expect(() => withinTime(50, spin)).toThrow(OutOfTime);
    expect(() =>
      withinTime(50, () => {
        for (;;);
      }),
    ).toThrow('0.05 s');
    expect(Object.getOwnPropertySymbols(globalThis)).not.toContain(Symbol.for('affect-edge.within-time'));
    expect(withinTime(1000, () => withinTime(1000, () => 1))).toBe(1);
  });
});
