import { ModelError } from './errors.ts';
import { bytesOf, floatsIn } from './float-bytes.ts';

/** One named array, f32, row-major. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A network's arrays by name, in file order. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/**
 * The safetensors format (huggingface/safetensors, version 0.4):
 *
 *     8 bytes    length n of the header, unsigned little-endian
 *     n bytes    JSON: { name: { dtype: 'F32', shape: […], data_offsets: [from, to] }, …, __metadata__?: { key: text } }
 *     rest       the arrays, little-endian, offsets counted from here
 *
 * Only f32 is written and read here.
 */
const headerLengthBytes = 8;

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The bytes of a safetensors file. The header is padded with spaces so that the arrays begin at a multiple of 8. */
export const writeSafetensors = (weights: Weights, metadata: Readonly<Record<string, string>> = {}): Uint8Array => {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape, data }] of weights) {
    if (data.length !== countOf(shape)) {
      throw new ModelError('bad-weights', `'${name}' has ${data.length} values; its shape [${shape}] needs ${countOf(shape)}.`);
    }
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * data.length] };
    offset += 4 * data.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(headerLengthBytes + padded + offset).fill(0x20, headerLengthBytes, headerLengthBytes + padded);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  bytes.set(text, headerLengthBytes);
  let at = headerLengthBytes + padded;
  for (const { data } of weights.values()) {
    bytes.set(bytesOf(data), at);
    at += 4 * data.length;
  }
  return bytes;
};

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const isEntry = (value: unknown): value is Entry => {
  const entry = value as Partial<Entry> | null;
  const isCount = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 0;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.dtype === 'string' &&
    Array.isArray(entry.shape) &&
    entry.shape.every(isCount) &&
    Array.isArray(entry.data_offsets) &&
    entry.data_offsets.length === 2 &&
    entry.data_offsets.every(isCount)
  );
};

/**
 * Reads a safetensors file. The arrays are views of `bytes` where its layout allows it, for reading only.
 * @throws ModelError('bad-weights') for anything that is not one, saying what is wrong with it; `where` names the file in the message.
 */
export const readSafetensors = (bytes: Uint8Array, where = 'weights'): { weights: Weights; metadata: Readonly<Record<string, string>> } => {
  const fail = (what: string, cause?: unknown): never => {
    throw new ModelError('bad-weights', `${where} is not a whole safetensors file: ${what}.`, { cause });
  };
  if (bytes.length < headerLengthBytes) return fail(`it has ${bytes.length} bytes, the header alone needs more`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const announced = view.getBigUint64(0, true);
  if (announced > BigInt(bytes.length - headerLengthBytes)) return fail(`its header claims ${announced} bytes of ${bytes.length}`);
  const start = headerLengthBytes + Number(announced);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(headerLengthBytes, start)));
  } catch (cause) {
    return fail('its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return fail('its header is not a JSON object');
  const { __metadata__, ...entries } = header as Record<string, unknown>;
  const weights = new Map<string, WeightTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) return fail(`the entry of '${name}' is malformed`);
    const [from, to] = entry.data_offsets;
    if (entry.dtype !== 'F32') return fail(`'${name}' is ${entry.dtype}, only F32 is read here`);
    if (to - from !== 4 * countOf(entry.shape)) return fail(`'${name}' has ${to - from} bytes, its shape [${entry.shape}] needs others`);
    if (start + to > bytes.length) return fail(`'${name}' ends at byte ${start + to} of ${bytes.length}`);
    weights.set(name, { shape: entry.shape, data: floatsIn(bytes, start + from, start + to) });
  }
  return { weights, metadata: (__metadata__ ?? {}) as Record<string, string> };
};
