import { inflateRawSync } from 'node:zlib';
import { AcquireError } from '../errors.ts';

/**
 * An Avro object container file (Apache Avro 1.12 specification), read whole:
 *
 *     'Obj' 1 · map of metadata: avro.schema (JSON), avro.codec (null, deflate) · 16 bytes of sync
 *     then blocks: number of records, bytes (both zigzag varints), records as the schema says, sync
 *
 * Arrays of numbers become `Float64Array`; 64-bit integers beyond 2⁵³ are rounded (microseconds since 1970 are far below). Read by
 * ourselves, not by `avsc`: that needs two workarounds for real
 * files of Empatica, and every count and length of a damaged file must be bounded here.
 */
export type AvroValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Float64Array
  | readonly AvroValue[]
  | { readonly [name: string]: AvroValue };

type Schema = string | readonly Schema[] | { readonly type: Schema; readonly [key: string]: unknown };

const maxUnpackedBytes = 2 ** 30;
const maxDepth = 64;
/** Types whose values need no bytes; of more than this many of them there is no telling whether a count is damaged. */
const maxEmpty = 1_000_000;

/**
 * The records of a file. Throws `AcquireError('bad-file')` for damage and for what it is not made for (another codec, a type nobody named).
 */
export const readAvro = (name: string, bytes: Uint8Array): AvroValue[] => {
  const fail = (detail: string, cause?: unknown) =>
    new AcquireError('bad-file', `'${name}' is no Avro file that can be read: ${detail}.`, cause === undefined ? undefined : { cause });
  const head = cursor(bytes, fail);
  if (Buffer.from(head.take(4)).toString('latin1') !== 'Obj\x01') throw fail("it does not begin with 'Obj'");
  const metadata = readMap(head, () => head.take(head.length()));
  const sync = Buffer.from(head.take(16));
  const codec = Buffer.from(metadata['avro.codec'] ?? []).toString('utf8') || 'null';
  if (codec !== 'null' && codec !== 'deflate') throw fail(`it is packed by '${codec}', expected deflate or nothing`);
  let schema: Schema;
  try {
    schema = JSON.parse(Buffer.from(metadata['avro.schema'] ?? []).toString('utf8')) as Schema;
  } catch (cause) {
    throw fail('its schema is no JSON', cause);
  }
  const named = new Map<string, Schema>();
  const records: AvroValue[] = [];
  while (head.left() > 0) {
    const count = head.length();
    const packed = head.take(head.length());
    if (!sync.equals(Buffer.from(head.take(16)))) throw fail('a block does not end where it says');
    let content: Uint8Array;
    try {
      content =
        codec === 'null' ? packed : inflateRawSync(packed, { maxOutputLength: Math.min(maxUnpackedBytes, packed.length * 1032 + 1024) });
    } catch (cause) {
      throw fail('a block cannot be unpacked', cause);
    }
    const block = cursor(content, fail);
    if (count > content.length + 1) throw fail(`a block of ${content.length} bytes says it holds ${count} records`);
    for (let i = 0; i < count; i++) records.push(readValue(block, schema, { named, space: '', fail }, 0));
    if (block.left() > 0) throw fail('a block is longer than its records');
  }
  return records;
};

interface Cursor {
  readonly left: () => number;
  readonly take: (n: number) => Uint8Array;
  readonly byte: () => number;
  /** A zigzag varint. */
  readonly long: () => number;
  /** A length: a whole number that is not more than the bytes that are left. */
  readonly length: () => number;
}

const cursor = (bytes: Uint8Array, fail: (detail: string) => AcquireError): Cursor => {
  let at = 0;
  const byte = (): number => {
    if (at >= bytes.length) throw fail('it ends too early');
    return bytes[at++]!;
  };
  const long = (): number => {
    let low = 0;
    let high = 0n;
    for (let shift = 0; ; shift += 7) {
      const next = byte();
      if (shift < 28) low |= (next & 0x7f) << shift;
      else high |= BigInt(next & 0x7f) << BigInt(shift - 28);
      if (next < 0x80) break;
      if (shift > 63) throw fail('a whole number has too many bytes');
    }
    if (high === 0n) return (low >>> 1) ^ -(low & 1);
    const whole = BigInt(low) | (high << 28n);
    return Number((whole >> 1n) ^ -(whole & 1n));
  };
  return {
    left: () => bytes.length - at,
    byte,
    long,
    length: () => {
      const n = long();
      if (!(n >= 0 && n <= bytes.length)) throw fail(`a length of ${n} does not fit into ${bytes.length} bytes`);
      return n;
    },
    take: (n) => {
      if (n > bytes.length - at) throw fail('it ends too early');
      at += n;
      return bytes.subarray(at - n, at);
    },
  };
};

/** The blocks of a map or array: counts, a negative one followed by its bytes, up to 0. */
const readBlocks = (from: Cursor, one: () => void): void => {
  for (;;) {
    let count = from.long();
    if (count === 0) return;
    if (count < 0) {
      from.long();
      count = -count;
    }
    if (count > from.left() + maxEmpty) count = Number.POSITIVE_INFINITY; // runs into the end, which throws
    for (let i = 0; i < count; i++) one();
  }
};

const readMap = <T>(from: Cursor, value: () => T): Record<string, T> => {
  const map: Record<string, T> = Object.create(null);
  readBlocks(from, () => {
    const key = Buffer.from(from.take(from.length())).toString('utf8');
    map[key] = value();
  });
  return map;
};

interface Reading {
  readonly named: Map<string, Schema>;
  readonly space: string;
  readonly fail: (detail: string) => AcquireError;
}

const readValue = (from: Cursor, schema: Schema, reading: Reading, depth: number): AvroValue => {
  const { named, fail } = reading;
  if (depth > maxDepth) throw fail('its schema is nested too deeply');
  if (Array.isArray(schema)) {
    const branch = (schema as readonly Schema[])[from.long()];
    if (branch === undefined) throw fail('a union has a branch that is not in the schema');
    return readValue(from, branch, reading, depth + 1);
  }
  if (typeof schema === 'string') return readNamed(from, schema, reading, depth);
  if (typeof schema !== 'object' || schema === null) throw fail('its schema is none');
  const described = schema as { readonly type: Schema; readonly [key: string]: unknown };
  const { type } = described;
  const space = typeof described.namespace === 'string' ? described.namespace : reading.space;
  const inside = { ...reading, space };
  if (typeof described.name === 'string') {
    named.set(described.name, schema);
    if (space !== '') named.set(`${space}.${described.name}`, schema);
  }
  switch (type) {
    case 'record': {
      if (!Array.isArray(described.fields)) throw fail('a record of its schema has no fields');
      const record: Record<string, AvroValue> = Object.create(null);
      for (const field of described.fields as readonly { readonly name: string; readonly type: Schema }[])
        record[String(field.name)] = readValue(from, field.type, inside, depth + 1);
      return record;
    }
    case 'array':
      return readArray(from, described.items as Schema, inside, depth);
    case 'map':
      return readMap(from, () => readValue(from, described.values as Schema, inside, depth + 1));
    case 'enum': {
      const symbol = (described.symbols as readonly string[] | undefined)?.[from.long()];
      if (symbol === undefined) throw fail('an enum has a value that is not in the schema');
      return symbol;
    }
    case 'fixed':
      return from.take(Math.max(0, Number(described.size)) || 0);
    default:
      return readValue(from, type, inside, depth + 1);
  }
};

const readNamed = (from: Cursor, type: string, reading: Reading, depth: number): AvroValue => {
  const number = numberReader(type, from);
  if (number !== undefined) return number();
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return from.byte() !== 0;
    case 'bytes':
      return from.take(from.length());
    case 'string':
      return Buffer.from(from.take(from.length())).toString('utf8');
    default: {
      const known = reading.named.get(type) ?? reading.named.get(`${reading.space}.${type}`);
      if (known === undefined) throw reading.fail(`its schema names no type '${type}'`);
      return readValue(from, known, reading, depth + 1);
    }
  }
};

const numberReader = (type: unknown, from: Cursor): (() => number) | undefined => {
  const viewed = (n: number): DataView => {
    const bytes = from.take(n);
    return new DataView(bytes.buffer, bytes.byteOffset, n);
  };
  switch (type) {
    case 'int':
    case 'long':
      return from.long;
    case 'float':
      return () => viewed(4).getFloat32(0, true);
    case 'double':
      return () => viewed(8).getFloat64(0, true);
    default:
      return undefined;
  }
};

const readArray = (from: Cursor, items: Schema, reading: Reading, depth: number): AvroValue => {
  const plain = typeof items === 'object' && !Array.isArray(items) ? (items as { type: Schema }).type : items;
  const number = numberReader(plain, from);
  if (number === undefined) {
    const values: AvroValue[] = [];
    readBlocks(from, () => {
      values.push(readValue(from, items, reading, depth + 1));
      if (values.length > from.left() + maxEmpty) throw reading.fail('an array is longer than the file');
    });
    return values;
  }
  let values = new Float64Array(256);
  let n = 0;
  readBlocks(from, () => {
    if (n === values.length) {
      const larger = new Float64Array(2 * n);
      larger.set(values);
      values = larger;
    }
    values[n++] = number();
  });
  return values.slice(0, n);
};
