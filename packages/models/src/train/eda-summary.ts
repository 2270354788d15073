import { historyStatistics } from '../eda-history.ts';
import type { EdaExamples } from './eda-physics.ts';

/** Names of the numbers `edaSummary` gives. */
export const edaSummaryLabels = [
  'level above usual',
  'level above recent',
  'level in range',
  'level above rest',
  'slope',
  'log deviation',
  'log restlessness',
  'rising share',
] as const;

/** Samples over which a rise is told from noise. */
const riseSamples = 8;
const riseThreshold = 0.04;

/**
 * The numbers an analyst would take from the very inputs of the network, one row a window: what linear classifiers are given, so that the
 * comparison is between classifiers and not between features. Levels are ln(1 + y / 0.05 µS); `log` is natural.
 */
export const edaSummary = ({ nRows, course, history }: EdaExamples): Float64Array[] => {
  const nTimes = course.length / nRows / 4;
  const nHistory = historyStatistics.length;
  return Array.from({ length: nRows }, (_, row) => {
    const level = course.subarray(row * 4 * nTimes, row * 4 * nTimes + nTimes);
    const mean = level.reduce((sum, value) => sum + value, 0) / nTimes;
    let squares = 0;
    let steps = 0;
    let tilt = 0;
    let rising = 0;
    for (let t = 0; t < nTimes; t++) {
      squares += (level[t] - mean) ** 2;
      tilt += (level[t] - mean) * (t - (nTimes - 1) / 2);
      if (t > 0) steps += Math.abs(level[t] - level[t - 1]);
      if (t >= riseSamples && level[t] - level[t - riseSamples] > riseThreshold) rising++;
    }
    const own = history?.subarray(row * nHistory, (row + 1) * nHistory) ?? Float32Array.of(mean, 0, mean, 0, mean, mean, mean);
    const [restMean, , usual, deviation, recent, lowest, highest] = own;
    return Float64Array.of(
      (mean - usual) / (deviation + 0.1),
      mean - recent,
      (mean - lowest) / (highest - lowest + 0.2),
      mean - restMean,
      (12 * tilt) / nTimes ** 2,
      Math.log(Math.sqrt(squares / nTimes) + 1e-3),
      Math.log(steps / nTimes + 1e-4),
      rising / nTimes,
    );
  });
};
