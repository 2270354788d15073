/**
 * As much of protocol buffers (proto3 wire format) as an ONNX file needs: fields as (number << 3 | kind), kinds 0 (varint), 2 (length and bytes)
 * and 5 (32 bit, little-endian).
 */
export type Field =
  | { readonly id: number; readonly int: number }
  | { readonly id: number; readonly float: number }
  | { readonly id: number; readonly text: string }
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly message: readonly Field[] };

/** A whole number ≥ −2⁵³ as a varint; negative ones as their 64-bit complement, ten bytes long. */
const varint = (value: number): number[] => {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return bytes;
};

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

/** A field as pieces, its contents not copied: a model of many megabytes is put together once, at the end. */
const encodeField = (field: Field): Uint8Array[] => {
  if ('int' in field) return [Uint8Array.from([...varint(field.id << 3), ...varint(field.int)])];
  if ('float' in field) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, field.float, true);
    return [Uint8Array.from(varint((field.id << 3) | 5)), bytes];
  }
  const content =
    'text' in field ? [new TextEncoder().encode(field.text)] : 'bytes' in field ? [field.bytes] : field.message.flatMap(encodeField);
  return [Uint8Array.from([...varint((field.id << 3) | 2), ...varint(lengthOf(content))]), ...content];
};

/** The bytes of a message. */
export const encode = (fields: readonly Field[]): Uint8Array => {
  const parts = fields.flatMap(encodeField);
  const out = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};
