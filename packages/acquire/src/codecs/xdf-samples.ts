import { readXdfLength, xdfLength } from './xdf-chunk.ts';

/** How the values of a stream are stored. */
export type XdfFormat = 'double64' | 'float32' | 'int64' | 'int32' | 'int16' | 'int8' | 'string';

/** Bytes of one value; 0 for text, which says its own length. */
const widthOf: Readonly<Record<XdfFormat, number>> = { double64: 8, float32: 4, int64: 8, int32: 4, int16: 2, int8: 1, string: 0 };

export const isXdfFormat = (name: string): name is XdfFormat => Object.hasOwn(widthOf, name);

/** The samples of one chunk. */
export interface XdfSamples {
  /** (nTimes): the time of each sample as it was written, s; NaN where it was left to the reader. */
  readonly stamps: Float64Array;
  /** (nTimes, nChannels), sample after sample; empty for text. */
  readonly values: Float64Array;
  /** (nTimes, nChannels) of a text stream; empty for numbers. */
  readonly texts: readonly string[];
}

/** What a reader wants of the samples: all of it, or only the times (then `values` and `texts` are empty). */
export type XdfWanted = 'all' | 'stamps';

/**
 * The samples in the content of a samples chunk (after the stream id); undefined where the content does not hold exactly what it says.
 * 64-bit integers beyond 2⁵³ are rounded.
 */
export const decodeXdfSamples = (
  content: Uint8Array,
  format: XdfFormat,
  nChannels: number,
  wanted: XdfWanted = 'all',
): XdfSamples | undefined => {
  const count = readXdfLength(content, 0);
  if (typeof count === 'string') return undefined;
  const nTimes = count.value;
  const width = widthOf[format];
  // at least a byte for the time and the values: a count that cannot be true must not cost memory
  if (nTimes * (1 + nChannels * (width || 2)) > content.length) return undefined;
  const stamps = new Float64Array(nTimes);
  const values = new Float64Array(format === 'string' || wanted === 'stamps' ? 0 : nTimes * nChannels);
  const texts: string[] = [];
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const read = readerOf(format, view);
  let at = count.next;
  for (let t = 0; t < nTimes; t++) {
    const flag = content[at++];
    if (flag === 0) stamps[t] = Number.NaN;
    else {
      if (flag !== 8 || at + 8 > content.length) return undefined;
      stamps[t] = view.getFloat64(at, true);
      at += 8;
    }
    if (format === 'string') {
      for (let c = 0; c < nChannels; c++) {
        const length = readXdfLength(content, at);
        if (typeof length === 'string' || length.next + length.value > content.length) return undefined;
        at = length.next + length.value;
        if (wanted === 'all') texts.push(Buffer.from(content.buffer, content.byteOffset + length.next, length.value).toString('utf8'));
      }
    } else {
      if (at + nChannels * width > content.length) return undefined;
      if (wanted === 'all') for (let c = 0; c < nChannels; c++) values[t * nChannels + c] = read(at + c * width);
      at += nChannels * width;
    }
  }
  return at === content.length ? { stamps, values, texts } : undefined;
};

const readerOf = (format: XdfFormat, view: DataView): ((at: number) => number) => {
  switch (format) {
    case 'double64':
      return (at) => view.getFloat64(at, true);
    case 'float32':
      return (at) => view.getFloat32(at, true);
    case 'int64':
      return (at) => Number(view.getBigInt64(at, true));
    case 'int32':
      return (at) => view.getInt32(at, true);
    case 'int16':
      return (at) => view.getInt16(at, true);
    case 'int8':
      return (at) => view.getInt8(at);
    case 'string':
      return () => Number.NaN;
  }
};

/** A sample of a text stream as bytes: its time and its texts. */
export const encodeXdfTexts = (stampSec: number, texts: readonly string[]): Uint8Array => {
  const parts: Uint8Array[] = [stampBytes(stampSec)];
  for (const text of texts) {
    const bytes = Buffer.from(text, 'utf8');
    parts.push(xdfLength(bytes.length), bytes);
  }
  return Buffer.concat(parts);
};

/**
 * Consecutive samples as bytes, float64: (nChannels, nTimes) as a `SampleBlock` holds it becomes sample after sample, the time at the first
 * and left to the reader at all others.
 */
export const encodeXdfBlock = (tmin: number, data: Float64Array, nChannels: number): Uint8Array => {
  const nTimes = data.length / nChannels;
  const bytes = new Uint8Array(8 + nTimes * (1 + 8 * nChannels));
  bytes.set(stampBytes(tmin));
  const view = new DataView(bytes.buffer);
  let at = 9;
  for (let t = 0; t < nTimes; t++) {
    if (t > 0) at++;
    for (let c = 0; c < nChannels; c++, at += 8) view.setFloat64(at, data[c * nTimes + t]!, true);
  }
  return bytes;
};

const stampBytes = (stampSec: number): Uint8Array => {
  const bytes = new Uint8Array(9);
  bytes[0] = 8;
  new DataView(bytes.buffer).setFloat64(1, stampSec, true);
  return bytes;
};
