import { historyStatistics } from '@affect-edge/features';
import { tiltOf } from '../eda-physics.ts';
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

/**
 * The numbers an analyst would take from the very inputs of the network, one row a window: what linear classifiers are given, so that the
 * comparison is between classifiers and not between features. They are the first of the numbers that the network's own head sees, scaled alike.
 * Levels are ln(1 + y / 0.05 µS); `log` is natural.
 */
export const edaSummary = ({ nRows, course, history }: EdaExamples): Float64Array[] => {
  const nTimes = course.length / nRows / 4;
  const nHistory = historyStatistics.length;
  const tilt = tiltOf(nTimes);
  return Array.from({ length: nRows }, (_, row) => {
    const level = course.subarray(row * 4 * nTimes, row * 4 * nTimes + nTimes);
    const change = course.subarray(row * 4 * nTimes + nTimes, row * 4 * nTimes + 2 * nTimes);
    const mean = level.reduce((sum, value) => sum + value, 0) / nTimes;
    let squares = 0;
    let steps = 0;
    let slope = 0;
    let rising = 0;
    for (let t = 0; t < nTimes; t++) {
      squares += (level[t] - mean) ** 2;
      slope += level[t] * tilt[t];
      steps += Math.abs(change[t]);
      rising += 1 / (1 + Math.exp(-600 * (change[t] - 0.005)));
    }
    const own = history?.subarray(row * nHistory, (row + 1) * nHistory);
    const relative = own ? relativeTo(mean, own) : [0, 0, 0, 0];
    return Float64Array.of(
      ...relative,
      slope,
      0.25 * Math.log(squares / nTimes + 1e-6) + 1.5,
      0.5 * Math.log(steps / nTimes + 1e-4) + 2.5,
      rising / nTimes,
    );
  });
};

const relativeTo = (mean: number, [restMean, , usual, deviation, recent, lowest, highest]: Float32Array): number[] => [
  (mean - usual) / (deviation + 0.1),
  3 * (mean - recent),
  3 * ((mean - lowest) / (highest - lowest + 0.2) - 0.5),
  mean - restMean,
];
