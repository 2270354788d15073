import { deflateSync } from 'node:zlib';

/** An array to be written, column-major. */
export interface FakeMatrix {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export type FakeMat =
  | FakeMatrix
  | string
  | { readonly cell: readonly FakeMat[]; readonly shape: readonly number[] }
  | { readonly struct: Readonly<Record<string, FakeMat>> };

/** A MATLAB 5 file of these variables, as MATLAB writes it: each packed (`-v7`) or plain (`-v6`), in either byte order. */
export const matFile = (variables: Readonly<Record<string, FakeMat>>, { isPacked = true, isLittle = true } = {}): Buffer => {
  const u32 = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) {
      if (isLittle) bytes.writeUInt32LE(value, 4 * i);
      else bytes.writeUInt32BE(value, 4 * i);
    }
    return bytes;
  };
  const element = (type: number, content: Buffer): Buffer => {
    if (content.length > 0 && content.length <= 4) {
      const padded = Buffer.concat([content, Buffer.alloc(4 - content.length)]);
      return Buffer.concat([u32((content.length << 16) | type), padded]);
    }
    const padding = type === 14 ? 0 : (8 - (content.length % 8)) % 8;
    return Buffer.concat([u32(type, content.length), content, Buffer.alloc(padding)]);
  };
  const doubles = (values: Float64Array): Buffer => {
    const bytes = Buffer.alloc(8 * values.length);
    for (const [i, value] of values.entries()) {
      if (isLittle) bytes.writeDoubleLE(value, 8 * i);
      else bytes.writeDoubleBE(value, 8 * i);
    }
    return bytes;
  };
  const matrix = (name: string, value: FakeMat): Buffer => {
    const head = (kind: number, shape: readonly number[]) => [
      element(6, u32(kind, 0)),
      element(5, u32(...shape)),
      element(1, Buffer.from(name, 'latin1')),
    ];
    if (typeof value === 'string') {
      const units = Buffer.alloc(2 * value.length);
      for (const [i, letter] of [...value].entries()) {
        if (isLittle) units.writeUInt16LE(letter.charCodeAt(0), 2 * i);
        else units.writeUInt16BE(letter.charCodeAt(0), 2 * i);
      }
      return element(14, Buffer.concat([...head(4, [1, value.length]), element(4, units)]));
    }
    if ('cell' in value) return element(14, Buffer.concat([...head(1, value.shape), ...value.cell.map((item) => matrix('', item))]));
    if ('struct' in value) {
      const names = Object.keys(value.struct).map((field) =>
        Buffer.concat([Buffer.from(field, 'latin1'), Buffer.alloc(32 - field.length)]),
      );
      const fields = Object.values(value.struct).map((item) => matrix('', item));
      return element(14, Buffer.concat([...head(2, [1, 1]), element(5, u32(32)), element(1, Buffer.concat(names)), ...fields]));
    }
    return element(14, Buffer.concat([...head(6, value.shape), element(9, doubles(value.values))]));
  };
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file, Platform: PCWIN64, Created on: Thu Jul 17 2014');
  header.fill(0, 116, 124);
  if (isLittle) header.writeUInt16LE(0x0100, 124);
  else header.writeUInt16BE(0x0100, 124);
  header.write(isLittle ? 'IM' : 'MI', 126);
  const packed = (plain: Buffer): Buffer => {
    const content = deflateSync(plain);
    return Buffer.concat([u32(15, content.length), content]);
  };
  const elements = Object.entries(variables).map(([name, value]) => (isPacked ? packed(matrix(name, value)) : matrix(name, value)));
  return Buffer.concat([header, ...elements]);
};
