/** An array to be pickled. */
export interface FakeArray {
  readonly shape: readonly number[];
  readonly values: Float64Array | Int32Array;
}

export type FakeValue = number | string | Buffer | FakeArray | { readonly [key: string]: FakeValue } | Map<number, FakeValue>;

const isArray = (value: object): value is FakeArray => 'shape' in value;

const typeOf = ({ values }: FakeArray) => (values instanceof Int32Array ? 'i4' : 'f8');
const bytesOf = ({ values }: FakeArray) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** A Python literal of bytes, as `repr` of Python 2 writes it. */
const literal = (bytes: Buffer): Buffer => {
  const parts: string[] = [];
  const named: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' };
  for (const byte of bytes) {
    parts.push(named[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`));
  }
  return Buffer.from(`'${parts.join('')}'`, 'latin1');
};

/** What Python 2 writes with protocol 2 (DEAP): binary, one BINSTRING an array. */
export const pickle2 = (value: FakeValue): Buffer => {
  const parts: Buffer[] = [];
  let nKept = 0;
  const put = (...pieces: (string | Buffer | number)[]) => {
    for (const piece of pieces)
      parts.push(typeof piece === 'number' ? Buffer.of(piece) : typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  };
  const keep = () => put('q', nKept++ % 256);
  const text = (bytes: Buffer) => (bytes.length < 256 ? put('U', bytes.length, bytes) : put('T', int32(bytes.length), bytes));
  const integer = (n: number) => put('J', int32(n));
  const write = (item: FakeValue): void => {
    if (typeof item === 'number') integer(item);
    else if (typeof item === 'string' || Buffer.isBuffer(item)) {
      text(Buffer.from(item));
      keep();
    } else if (item instanceof Map || !isArray(item)) {
      put('}');
      keep();
      put('(');
      for (const [key, inner] of item instanceof Map ? item : Object.entries(item)) {
        write(key);
        write(inner as FakeValue);
      }
      put('u');
    } else {
      put('cnumpy.core.multiarray\n_reconstruct\n', 'cnumpy\nndarray\n', 'K', 0, 0x85, 'U', 1, 'b', 0x87, 'R');
      keep();
      put('(', 'K', 1, '(');
      item.shape.forEach(integer);
      put('t', 'cnumpy\ndtype\n', 'U', 2, typeOf(item), 'K', 0, 'K', 1, 0x87, 'R');
      put('(', 'K', 3, 'U', 1, '<', 'NNN', 'J', int32(-1), 'J', int32(-1), 'K', 0, 't', 'b', 0x89);
      text(bytesOf(item as FakeArray));
      put('t', 'b');
    }
  };
  put(0x80, 2);
  write(value);
  put('.');
  return Buffer.concat(parts);
};

/** What Python 2 writes with protocol 0 (WESAD): text, an array as an escaped literal. */
export const pickle0 = (value: FakeValue): Buffer => {
  const parts: Buffer[] = [];
  let nKept = 0;
  const put = (...pieces: (string | Buffer)[]) => {
    for (const piece of pieces) parts.push(Buffer.from(piece as string, 'latin1'));
  };
  const keep = () => put(`p${nKept++}\n`);
  const write = (item: FakeValue): void => {
    if (typeof item === 'number') put(`I${item}\n`);
    else if (typeof item === 'string' || Buffer.isBuffer(item)) {
      put('S', literal(Buffer.from(item)), '\n');
      keep();
    } else if (item instanceof Map || !isArray(item)) {
      put('(d');
      keep();
      for (const [key, inner] of item instanceof Map ? item : Object.entries(item)) {
        write(key);
        write(inner as FakeValue);
        put('s');
      }
    } else {
      put("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR");
      keep();
      put(
        `(I1\n(${item.shape.map((n) => `I${n}\n`).join('')}tcnumpy\ndtype\n(S'${typeOf(item)}'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\nS`,
      );
      put(literal(bytesOf(item as FakeArray)), '\ntb');
    }
  };
  write(value);
  put('.');
  return Buffer.concat(parts);
};
