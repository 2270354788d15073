import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AcquireError } from '../errors.ts';
import { fileError } from '../files/file-error.ts';
import type { SampleBlock, Signal } from '../signal.ts';

/** An error for a file that can be read but is not what the corpus has there. */
export const unexpected = (file: string, detail: string): AcquireError =>
  new AcquireError('bad-file', `'${file}' is not what its corpus has there: ${detail}. Compare it with its owner's copy.`);

/** No sensor, unit or feature of any corpus reaches this. */
const impossible = 1e9;

/** The values themselves. Throws `AcquireError('bad-file')` for one that is not finite or beyond 10⁹, which no corpus has. */
export const possible = (file: string, what: string, values: Float64Array): Float64Array => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value > -impossible && value < impossible)) throw unexpected(file, `${what} has the value ${value} at ${i}`);
  }
  return values;
};

/** A label in its scale. Throws `AcquireError('bad-file')` for one outside. */
export const inScale = (file: string, what: string, value: number, lowest: number, highest: number): number => {
  if (value >= lowest && value <= highest) return value;
  throw unexpected(file, `${what} is ${value}, expected ${lowest} to ${highest}`);
};

/** A block of a signal; values (nChannels, nTimes), checked with `possible`. */
export const blockOf = (file: string, signal: Signal, firstSample: number, values: Float64Array): SampleBlock => {
  const tmin = firstSample / signal.sfreq;
  const nTimes = values.length / signal.montage.channels.length;
  return { signal, firstSample, tmin, arrivedAt: tmin + nTimes / signal.sfreq, data: possible(file, signal.id, values) };
};

/** (nTimes, nChannels) rows as (nChannels, nTimes), each value times `scale`. */
export const byChannel = (rows: Float64Array, nChannels: number, scale = 1): Float64Array => {
  if (nChannels === 1 && scale === 1) return rows;
  const nTimes = rows.length / nChannels;
  const turned = new Float64Array(rows.length);
  for (let t = 0; t < nTimes; t++) for (let c = 0; c < nChannels; c++) turned[c * nTimes + t] = rows[t * nChannels + c]! * scale;
  return turned;
};

/** Names in a folder in order; empty where there is no such folder. */
export const namesIn = async (...parts: readonly string[]): Promise<string[]> => {
  const folder = join(...parts);
  try {
    return (await readdir(folder)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch (cause) {
    // Node throws nothing else here, and its errors carry a code.
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw fileError(folder, cause);
  }
};

/** Whole numbers from `first` to `last`. */
export const upTo = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);
