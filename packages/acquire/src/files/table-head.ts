import { AcquireError } from '../errors.ts';
import { linesOf } from './lines.ts';

/** The first lines of a text file, at most `count`. Throws `AcquireError('bad-file')` where there is none. */
export const firstLines = async (path: string, count: number): Promise<string[]> => {
  const found: string[] = [];
  for await (const batch of linesOf(path)) {
    for (const { text } of batch) {
      found.push(found.length === 0 ? text.replace(/^\uFEFF/, '') : text);
      if (found.length >= count) return found;
    }
  }
  if (found.length === 0) throw new AcquireError('bad-file', `'${path}' is empty.`);
  return found;
};

/**
 * How often rows come, Hz, by their times (s): between the first and the last, and by the median step; NaN where there are fewer than three
 * or they stand still.
 */
export const rateOf = (times: readonly number[]): { readonly mean: number; readonly median: number } => {
  if (times.length < 3) return { mean: Number.NaN, median: Number.NaN };
  const steps = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .sort((a, b) => a - b);
  const spanSec = times.at(-1)! - times[0]!;
  const step = steps[steps.length >> 1]!;
  return { mean: spanSec > 0 ? (times.length - 1) / spanSec : Number.NaN, median: step > 0 ? 1 / step : Number.NaN };
};

/** The rate of a list that lies within `tolerance` (a fraction) of the one measured; undefined where none does. */
export const nearestRate = (measured: number, known: readonly number[], tolerance: number): number | undefined =>
  known.find((rate) => Math.abs(measured / rate - 1) <= tolerance);
