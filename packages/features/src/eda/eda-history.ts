import type { Feature } from '../feature.ts';
import { edaLimits } from '../kernels/eda-rules.ts';
import { checkEdaSignal } from './bins.ts';
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
 * A hop below the floor of the wrist is a sensor in the air: it teaches nothing, and no time is counted before the first above it. Quality is the share
 * of the rest that has been seen; nothing is given in the first second, zeros at quality 0 while the sensor was never worn. After a gap it starts anew, as every feature does, unless
 * a memory is given: with one everything goes on as if the signal had not been away, the rest included (a rest half seen is seen to its end).
 * It remembers seconds seen, lowest, highest, then seconds, mean and variance of the rest, of all and of the recent past.
 * People differ in level a hundredfold while stress changes it at most threefold, so a classifier of level has to know whose level it is. The
 * wearer should begin at rest, but only the first two numbers rely on it.
 */
export const edaHistory = ({ restSec = 180, memorySec = 1800, recentSec = 300, everySec = 1 }: EdaHistoryOptions = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: (signal) => {
    checkEdaSignal(signal);
    return {
      name: 'eda-history',
      unit: '1',
      axes: [{ name: 'statistic', labels: historyStatistics }],
      recipe: { restSec, memorySec, recentSec, levelFloorMicrosiemens, ddof: 0 },
    };
  },
  open: (signal, hopSec, memory) => {
    const everyHops = Math.max(1, Math.round(everySec / hopSec));
    const remembered = memory?.read();
    const before = remembered?.length === nRemembered ? remembered : nothing;
    const rest = runningMoments(Number.POSITIVE_INFINITY, before.slice(3, 6));
    const all = runningMoments(memorySec, before.slice(6, 9));
    const recent = runningMoments(recentSec, before.slice(9, 12));
    const seenSec = before[0];
    let [, lowest, highest] = before;
    let begun = Number.NaN;
    /** Seconds in the air since then. */
    let away = 0;
    return ({ index, tmin, tmax, data }) => {
      let sum = 0;
      for (let t = 0; t < data.length; t++) sum += Math.log1p(Math.max(0, data[t]) / levelFloorMicrosiemens);
      const level = sum / data.length;
      const isAir = level < airLevel;
      if (isAir) away += Number.isNaN(begun) ? 0 : hopSec;
      else if (Number.isNaN(begun)) begun = tmin;
      if (data.length > 0 && !isAir) {
        const seconds = data.length / signal.sfreq;
        if (tmin < begun + restSec - seenSec + away) rest.add(level, seconds);
        all.add(level, seconds);
        recent.add(level, seconds);
        lowest = Math.min(lowest, level);
        highest = Math.max(highest, level);
        memory?.write([seenSec + tmax - begun - away, lowest, highest, ...rest.state, ...all.state, ...recent.state]);
      }
      if (index % everyHops !== 0) return undefined;
      if (lowest > highest) return isAir ? { tmin, values: new Float64Array(historyStatistics.length), quality: 0 } : undefined;
      const isWorn = !Number.isNaN(begun);
      return {
        tmin: isWorn ? begun : tmin,
        values: Float64Array.of(rest.mean(), rest.deviation(), all.mean(), all.deviation(), recent.mean(), lowest, highest),
        quality: Math.min(1, (isWorn ? seenSec + tmax - begun - away : seenSec) / restSec),
      };
    };
  },
});

/** Below this there is no skin between the electrodes. */
const airLevel = Math.log1p(edaLimits.wrist.floorMicrosiemens / levelFloorMicrosiemens);

/** What is known before the first sample. */
const nothing: readonly number[] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const nRemembered = nothing.length;

/** Mean and deviation that forget over `memorySec`, going on from `before`; a plain mean until that much has been seen. */
const runningMoments = (memorySec: number, before: readonly number[]) => {
  /** Seconds, mean, variance. */
  const state = Float64Array.from(before);
  return {
    state,
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
