/**
 * Times of an XDF stream, as pyxdf 1.17 gives them (BSD-2 reference reader; described at github.com/sccn/xdf/wiki): first the clock offsets that were
 * measured while recording are fitted by a robust line and added, separately between resets of the clock; then the times of a regular stream
 * are replaced by a straight line between breaks. Both are found in one pass over the stamps with memory for the offsets and breaks only.
 */

/** A correction t → t + intercept + slope · t, until the stamps come closer to `nextStart` than to `end`. */
export interface ClockPiece {
  readonly intercept: number;
  readonly slope: number;
  readonly end: number;
  readonly nextStart: number;
}

/** Offsets within this, s, are noise; beyond it an outlier (Huber). */
const winsorSec = 1e-4;
const admmRounds = 1000;

/** The corrections of a stream whose offsets `values` (s) were measured at `times` (s); none where there were no measurements. */
export const clockPieces = (times: readonly number[], values: readonly number[]): readonly ClockPiece[] =>
  rangesOf(times, values).map(([first, last], r, all) => {
    const [intercept, slope] =
      first === last ? [values[first]!, 0] : robustLine(times.slice(first, last + 1), values.slice(first, last + 1));
    return { intercept, slope, end: times[last]!, nextStart: r + 1 < all.length ? times[last + 1]! : Number.POSITIVE_INFINITY };
  });

/** First and last index of every stretch between resets of the clock: time went back, or both time and offset jumped. */
const rangesOf = (times: readonly number[], values: readonly number[]): readonly (readonly [number, number])[] => {
  if (times.length === 0) return [];
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const late = outliers(steps, 5, 5);
  const jumped = outliers(
    values.slice(1).map((value, i) => value - values[i]!),
    10,
    1,
  );
  const ranges: [number, number][] = [];
  let first = 0;
  steps.forEach((step, i) => {
    if (step >= 0 && !(late[i] && jumped[i])) return;
    ranges.push([first, i]);
    first = i + 1;
  });
  return [...ranges, [first, times.length - 1]];
};

/** Which numbers lie further from the median than `deviations` median absolute deviations and `sec`. */
const outliers = (numbers: readonly number[], deviations: number, sec: number): readonly boolean[] => {
  const middle = median(numbers);
  const distances = numbers.map((n) => Math.abs(n - middle));
  const spread = median(distances) + Number.EPSILON;
  return distances.map((distance) => distance / spread > deviations && distance > sec);
};

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/** Line through (x, y) with the least Huber loss, by ADMM (Boyd et al. 2011, doi:10.1561/2200000016): [intercept, slope]; [0, 0] where all x are one. */
const robustLine = (times: readonly number[], offsets: readonly number[]): readonly [number, number] => {
  const n = times.length;
  const origin = times.reduce((least, time) => Math.min(least, time)) / winsorSec;
  const x = Float64Array.from(times, (time) => time / winsorSec - origin);
  const y = Float64Array.from(offsets, (offset) => (offset - offsets[0]!) / winsorSec);
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  if (spread === 0) return [0, 0];
  const z = new Float64Array(n);
  const u = new Float64Array(n);
  let slope = 0;
  let intercept = 0;
  for (let round = 0; round < admmRounds; round++) {
    // least squares for y + z − u, from the means: pyxdf's uncentred equations lose 10⁻⁸ s where offsets are 10⁶ s
    let meanY = 0;
    for (let i = 0; i < n; i++) meanY += (y[i]! + z[i]! - u[i]!) / n;
    let covariance = 0;
    for (let i = 0; i < n; i++) covariance += (x[i]! - meanX) * (y[i]! + z[i]! - u[i]! - meanY);
    slope = covariance / spread;
    intercept = meanY - slope * meanX;
    for (let i = 0; i < n; i++) {
      const d = intercept + slope * x[i]! - y[i]! + u[i]!;
      z[i] = d / 2 + (Math.max(0, 1 - 2 * Math.abs(d === 0 ? 0 : 1 / d)) * d) / 2;
      u[i] = d - z[i]!;
    }
  }
  return [(intercept - slope * origin) * winsorSec + offsets[0]!, slope];
};

/** A stretch of samples without a break, and the line their times lie on. */
export interface TimeSegment {
  readonly first: number;
  readonly last: number;
  /** Time of sample `first`, s, and from one sample to the next. */
  readonly tmin: number;
  readonly step: number;
}

/** Gives every stamp in turn its time on the recorder's clock: unwritten ones are deduced, offsets added. */
export const stampReader = (sfreq: number, pieces: readonly ClockPiece[]): ((stamp: number) => number) => {
  const step = sfreq > 0 ? 1 / sfreq : 0;
  let last = 0;
  let piece = 0;
  return (stamp) => {
    last = Number.isNaN(stamp) ? last + step : stamp;
    while (piece + 1 < pieces.length && !(Math.abs(last - pieces[piece]!.end) < Math.abs(last - pieces[piece]!.nextStart))) piece++;
    const clock = pieces[piece];
    return clock === undefined ? last : last + (clock.intercept + clock.slope * last);
  };
};

/** Takes the times of a regular stream one by one and finds its segments: a break is a step of more than a second and 500 samples. */
export const segmentFinder = (sfreq: number) => {
  const breakSec = Math.max(1, 500 / sfreq);
  const found: TimeSegment[] = [];
  let first = 0;
  let n = 0;
  let origin = 0;
  let before = 0;
  let meanY = 0;
  let covariance = 0;
  const close = () => {
    if (n === 0) return;
    const slope = n === 1 ? 0 : covariance / ((n * (n * n - 1)) / 12);
    found.push({ first, last: first + n - 1, tmin: origin + meanY - (slope * (n - 1)) / 2, step: slope });
  };
  return {
    add: (time: number): void => {
      if (n > 0 && Math.abs(time - before) > breakSec) {
        close();
        first += n;
        n = 0;
      }
      if (n === 0) {
        origin = time;
        meanY = 0;
        covariance = 0;
      }
      before = time;
      const y = time - origin;
      const fromMeanX = n / 2; // of index n from the mean of 0 … n
      covariance += fromMeanX * (y - meanY);
      meanY += (y - meanY) / ++n;
    },
    end: (): readonly TimeSegment[] => {
      close();
      n = 0;
      return found;
    },
  };
};

/** The rate at which the samples truly came, Hz; 0 where no segment has two samples. */
export const effectiveRate = (segments: readonly TimeSegment[]): number => {
  const steps = segments.reduce((sum, { first, last }) => sum + last - first, 0);
  const sec = segments.reduce((sum, { first, last, step }) => sum + (last - first) * step, 0);
  return sec > 0 ? steps / sec : 0;
};
