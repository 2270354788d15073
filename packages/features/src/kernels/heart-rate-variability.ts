/** Intervals beyond these, s, are no heart beats (30 to 200 beats a minute). */
const shortest = 0.3;
const longest = 2;
/** Neighbouring intervals that differ by more than this share of the earlier one hold a missed or an extra beat. */
const steepest = 0.3;
/** Beats this near, s, to where the interval says are neighbours; timestamps of wearables are that coarse. */
const neighbourSec = 0.05;

/** What a stretch of beats tells. Times in ms, as is the custom for these measures; 0 where there are too few beats to tell. */
export interface HeartRateVariability {
  /** Mean rate, beats a minute. */
  readonly rate: number;
  readonly meanNn: number;
  /** Standard deviation of the intervals, ms. */
  readonly sdnn: number;
  /** Root mean square of successive differences, ms. */
  readonly rmssd: number;
  /** Share of successive differences above 50 ms, %. */
  readonly pnn50: number;
  /** How much of the stretch is covered by accepted intervals, s. */
  readonly coveredSec: number;
}

/**
 * Time-domain heart rate variability of inter-beat intervals (s), each at the time (s) of its later beat: the measures of the Task Force (1996), doi
 * 10.1161/01.CIR.93.5.1043. An interval outside 0.3–2 s is left out; successive differences are taken only between neighbours without a missed beat
 * between them that differ by at most 30 %.
 */
export const heartRateVariability = (times: ArrayLike<number>, intervals: ArrayLike<number>): HeartRateVariability => {
  let [count, total, squares] = [0, 0, 0];
  let [pairs, differences, above] = [0, 0, 0];
  const accepted = (i: number) => intervals[i] >= shortest && intervals[i] <= longest;
  for (let i = 0; i < times.length; i++) {
    if (!accepted(i)) continue;
    count++;
    total += intervals[i];
    if (i === 0 || !accepted(i - 1) || Math.abs(times[i] - times[i - 1] - intervals[i]) > neighbourSec) continue;
    const difference = intervals[i] - intervals[i - 1];
    if (Math.abs(difference) > steepest * intervals[i - 1]) continue;
    pairs++;
    differences += difference * difference;
    if (Math.abs(difference) > 0.05) above++;
  }
  const mean = count > 0 ? total / count : 0;
  for (let i = 0; i < times.length; i++) if (accepted(i)) squares += (intervals[i] - mean) ** 2;
  return {
    rate: count > 0 ? 60 / mean : 0,
    meanNn: 1000 * mean,
    sdnn: count > 1 ? 1000 * Math.sqrt(squares / (count - 1)) : 0,
    rmssd: pairs > 0 ? 1000 * Math.sqrt(differences / pairs) : 0,
    pnn50: pairs > 0 ? (100 * above) / pairs : 0,
    coveredSec: total,
  };
};
