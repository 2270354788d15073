import type { Feature } from '../feature.ts';
import { levelFloorMicrosiemens } from './eda-course.ts';

/** Positions in the values of `eda-history`. */
export const historyStatistics = ['rest mean', 'rest deviation', 'mean', 'deviation', 'recent mean', 'lowest', 'highest'] as const;

/** Times of `edaHistory`, s. */
export interface EdaHistoryOptions {
  /** The signal's first stretch, taken for rest. */
  readonly restSec?: number;
  /** Time in which the running mean and deviation forget. */
  readonly memorySec?: number;
  /** Time in which the recent mean forgets. */
  readonly recentSec?: number;
  readonly everySec?: number;
}

/**
 * What is normal for this wearer, of ln(1 + y / 0.05 µS), causal and in a few numbers:
 *
 * | statistic | over |
 * | --- | --- |
 * | `rest mean`, `rest deviation` | the first `restSec` of the signal, then held |
 * | `mean`, `deviation` | all so far, forgotten over `memorySec` |
 * | `recent mean` | forgotten over `recentSec` |
 * | `lowest`, `highest` | seconds so far |
 *
 * Quality is the share of the rest that has been seen; nothing is given in the first second. After a gap it starts anew, as every feature does.
 * People differ in level a hundredfold while stress changes it at most threefold, so a classifier of level has to know whose level it is. The
 * wearer should begin at rest, but only the first two numbers rely on it.
 */
export const edaHistory = ({ restSec = 180, memorySec = 1800, recentSec = 300, everySec = 1 }: EdaHistoryOptions = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: () => ({
    name: 'eda-history',
    unit: '1',
    axes: [{ name: 'statistic', labels: historyStatistics }],
    recipe: { restSec, memorySec, recentSec, levelFloorMicrosiemens, ddof: 0 },
  }),
  open: (signal, hopSec) => {
    const everyHops = Math.max(1, Math.round(everySec / hopSec));
    const rest = runningMoments(Number.POSITIVE_INFINITY);
    const all = runningMoments(memorySec);
    const recent = runningMoments(recentSec);
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    let begun = Number.NaN;
    return ({ index, tmin, tmax, data }) => {
      if (Number.isNaN(begun)) begun = tmin;
      let sum = 0;
      for (let t = 0; t < data.length; t++) sum += Math.log1p(Math.max(0, data[t]) / levelFloorMicrosiemens);
      if (data.length > 0) {
        const level = sum / data.length;
        const seconds = data.length / signal.sfreq;
        if (tmin < begun + restSec) rest.add(level, seconds);
        all.add(level, seconds);
        recent.add(level, seconds);
        lowest = Math.min(lowest, level);
        highest = Math.max(highest, level);
      }
      if (lowest > highest || index % everyHops !== 0) return undefined;
      return {
        tmin: begun,
        values: Float64Array.of(rest.mean(), rest.deviation(), all.mean(), all.deviation(), recent.mean(), lowest, highest),
        quality: Math.min(1, (tmax - begun) / restSec),
      };
    };
  },
});

/** Mean and deviation that forget over `memorySec`; a plain mean until that much has been seen. */
const runningMoments = (memorySec: number) => {
  /** Seconds, mean, variance. */
  const state = new Float64Array(3);
  return {
    add: (value: number, seconds: number): void => {
      state[0] = Math.min(state[0] + seconds, memorySec);
      const share = seconds / state[0];
      const difference = value - state[1];
      state[1] += share * difference;
      state[2] = (1 - share) * (state[2] + share * difference * difference);
    },
    mean: () => state[1],
    deviation: () => Math.sqrt(state[2]),
  };
};
