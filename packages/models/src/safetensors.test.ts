import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, type Weights, writeSafetensors } from './safetensors.ts';

const tensor = fc
  .array(fc.nat({ max: 4 }), { maxLength: 3 })
  .chain((shape) =>
    fc
      .float32Array({ minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1) })
      .map((data) => ({ shape, data })),
  );
const anyWeights = fc.uniqueArray(
  fc.tuple(
    fc.string({ minLength: 1 }).filter((name) => !name.startsWith('__')),
    tensor,
  ),
  { selector: ([name]) => name, maxLength: 5 },
);
const sample: Weights = new Map([
  ['a', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ['b', { shape: [], data: Float32Array.of(-0.5) }],
]);

describe('safetensors', () => {
  it('what is written is read back, whatever names, shapes and numbers', () => {
    fc.assert(
      fc.property(anyWeights, fc.dictionary(fc.string(), fc.string()), (entries, metadata) => {
        const back = readSafetensors(writeSafetensors(new Map(entries), metadata));
        expect([...back.weights].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual(
          // a JSON object lists whole-number keys first
          [...Object.entries(Object.fromEntries(entries))].map(([name, { shape, data }]) => [name, shape, [...data]]),
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('lays a file out as the format says', () => {
    const bytes = writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1, -2) }]]));
    const header = '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = Math.ceil(header.length / 8) * 8;
    expect([...bytes.subarray(0, 8)]).toEqual([padded, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded)).trimEnd()).toBe(header);
    expect([...bytes.subarray(8 + padded)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('arrays are read wherever they lie in memory', () => {
    const bytes = writeSafetensors(sample);
    for (let askew = 0; askew < 8; askew++) {
      const moved = new Uint8Array(bytes.length + askew).subarray(askew);
      moved.set(bytes);
      expect([...readSafetensors(moved).weights].map(([, { data }]) => [...data])).toEqual([[1, 2, 3, 4], [-0.5]]);
    }
  });

  it('arrays of a file whose header is not padded are read too, from a Buffer as node gives it', () => {
    const header = new TextEncoder().encode('{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}} ');
    for (const spaces of [0, 1, 2, 3]) {
      const text = Buffer.concat([header, Buffer.alloc(spaces, ' ')]);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      const file = Buffer.concat([length, text, Buffer.from(Float32Array.of(1, -2, 3).buffer)]);
      expect([...readSafetensors(file).weights.get('w')!.data], `${spaces} spaces`).toEqual([1, -2, 3]);
    }
  });

  it('every truncation is refused with a typed error', () => {
    const bytes = writeSafetensors(sample);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length)), `${length} bytes`).toThrow(expect.objectContaining({ code: 'bad-weights' }));
    }
  });

  it('a damaged header never crashes and never reads outside the file', () => {
    const bytes = writeSafetensors(sample);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        try {
          for (const { data } of readSafetensors(damaged).weights.values()) expect(data.length).toBeLessThan(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-weights' });
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('another number type is named', () => {
    const bytes = writeSafetensors(sample);
    const text = new TextDecoder('latin1').decode(bytes).replace('F32', 'F16');
    expect(() =>
      readSafetensors(
        Uint8Array.from(text, (c) => c.charCodeAt(0)),
        'x.safetensors',
      ),
    ).toThrow("'a' is F16, only F32 is read here");
  });
});
