/** A quantity over time in bins of equal length, `null` where nothing was measured. */
export interface Course {
  readonly fromSec: number;
  readonly stepSec: number;
  readonly mean: readonly (number | null)[];
  readonly least: readonly (number | null)[];
  readonly most: readonly (number | null)[];
}

/** A course that is being filled. */
export interface GrowingCourse {
  readonly add: (atSec: number, value: number) => void;
  /** What was added so far; `digits` significant ones are kept. */
  readonly read: (digits?: number) => Course;
  /** All values, whenever they were. */
  readonly total: () => { readonly n: number; readonly mean: number; readonly least: number; readonly most: number };
}

const firstStepSec = 0.25;

/**
 * Takes values in order of time for as long as it lasts and keeps at most `mostBins` bins: where they would not do, two become one. So a second and a day
 * cost the same. What is not a finite number is left out. Values that come regularly leave no bin empty between them.
 */
export const course = (mostBins = 600): GrowingCourse => {
  const counts = new Float64Array(mostBins);
  const sums = new Float64Array(mostBins);
  const least = new Float64Array(mostBins).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(mostBins).fill(Number.NEGATIVE_INFINITY);
  const whole = { n: 0, sum: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  let fromSec = Number.NaN;
  let stepSec = firstStepSec;
  let used = 0;
  /** The shortest time between two values so far, s: bins shorter than that would be empty every now and then. */
  let interval = Number.POSITIVE_INFINITY;
  let lastSec = Number.NaN;

  const halve = (): void => {
    for (let i = 0; i < mostBins; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      const inside = b < mostBins;
      counts[i] = inside ? counts[a] + counts[b] : 0;
      sums[i] = inside ? sums[a] + sums[b] : 0;
      least[i] = inside ? Math.min(least[a], least[b]) : Number.POSITIVE_INFINITY;
      most[i] = inside ? Math.max(most[a], most[b]) : Number.NEGATIVE_INFINITY;
    }
    used = Math.ceil(used / 2);
    stepSec *= 2;
  };
  return {
    add: (atSec, value) => {
      if (!Number.isFinite(value)) return;
      if (Number.isNaN(fromSec)) fromSec = Math.floor(atSec);
      if (atSec - lastSec > 1e-6) interval = Math.min(interval, atSec - lastSec);
      lastSec = atSec;
      while ((atSec - fromSec) / stepSec >= mostBins) halve();
      const i = Math.max(0, Math.floor((atSec - fromSec) / stepSec));
      used = Math.max(used, i + 1);
      counts[i] += 1;
      sums[i] += value;
      if (value < least[i]) least[i] = value;
      if (value > most[i]) most[i] = value;
      whole.n += 1;
      whole.sum += value;
      if (value < whole.least) whole.least = value;
      if (value > whole.most) whole.most = value;
    },
    read: (digits = 4) => {
      while (interval < Number.POSITIVE_INFINITY && stepSec < interval * 0.999) halve();
      const kept = (value: (i: number) => number) =>
        Array.from({ length: used }, (_, i) => (counts[i] > 0 ? Number(value(i).toPrecision(digits)) : null));
      return {
        fromSec: Number.isNaN(fromSec) ? 0 : fromSec,
        stepSec,
        mean: kept((i) => sums[i] / counts[i]),
        least: kept((i) => least[i]),
        most: kept((i) => most[i]),
      };
    },
    total: () => ({ n: whole.n, mean: whole.n > 0 ? whole.sum / whole.n : Number.NaN, least: whole.least, most: whole.most }),
  };
};

/** Where a course has values below (or above) a limit, as stretches of time. */
export const stretchesWhere = ({ fromSec, stepSec, mean }: Course, holds: (value: number | null) => boolean): [number, number][] => {
  const stretches: [number, number][] = [];
  mean.forEach((value, i) => {
    if (!holds(value)) return;
    const from = fromSec + i * stepSec;
    const last = stretches.at(-1);
    if (last !== undefined && from - last[1] < stepSec / 2) last[1] = from + stepSec;
    else stretches.push([from, from + stepSec]);
  });
  return stretches;
};
