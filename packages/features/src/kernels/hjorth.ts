import { slidingSums } from './sliding-sums.ts';

/** The numbers of one channel, in this order. */
export const HJORTH_MEASURES = ['activity', 'mobility', 'complexity'] as const;

/** Adds a hop (nChannels, nTimes), gives (nChannels, 3) over the window once it is full; a new array. */
export type HjorthStream = (hop: Float64Array) => Float64Array | undefined;

/** Sums a channel keeps: Σ and Σ² of the signal, its first and its second differences. */
const SUMS_PER_CHANNEL = 6;

/**
 * Hjorth's activity (variance, unit²), mobility (√(var x′ / var x), per sample) and complexity (mobility of x′ over mobility of x) over a
 * sliding window
 * (Hjorth 1970, doi 10.1016/0013-4694(70)90143-4), from sums a hop. Differences reach back one and two samples before the window, where
 * there are any.
 * A flat channel has activity 0 and, by convention, mobility and complexity 0.
 */
export const hjorthStream = (nChannels: number, nHops: number): HjorthStream => {
  const row = new Float64Array(nChannels * SUMS_PER_CHANNEL + 3);
  const counts = row.length - 3;
  const windowSums = slidingSums(row.length, nHops);
  // offset of each channel (sums of squares of a 60 mV offset would lose digits), then the last sample and the last difference
  const offsets = new Float64Array(nChannels);
  const lastSample = new Float64Array(nChannels);
  const lastDifference = new Float64Array(nChannels);
  let nSeen = 0;

  const addChannel = (hop: Float64Array, c: number, nTimes: number) => {
    if (nSeen === 0) offsets[c] = hop[c * nTimes];
    const sums = row.subarray(c * SUMS_PER_CHANNEL, (c + 1) * SUMS_PER_CHANNEL);
    for (let t = 0; t < nTimes; t++) {
      const x = hop[c * nTimes + t] - offsets[c];
      const first = nSeen + t > 0 ? x - lastSample[c] : 0;
      const second = nSeen + t > 1 ? first - lastDifference[c] : 0;
      lastSample[c] = x;
      lastDifference[c] = first;
      sums[0] += x;
      sums[1] += x * x;
      sums[2] += first;
      sums[3] += first * first;
      sums[4] += second;
      sums[5] += second * second;
    }
  };

  return (hop) => {
    const nTimes = hop.length / nChannels;
    row.fill(0);
    if (nTimes > 0) for (let c = 0; c < nChannels; c++) addChannel(hop, c, nTimes);
    for (let back = 0; back < 3; back++) row[counts + back] = Math.max(0, nTimes - Math.max(0, back - nSeen));
    nSeen += nTimes;
    const sums = windowSums(row);
    if (!sums) return undefined;
    const values = new Float64Array(nChannels * 3);
    for (let c = 0; c < nChannels; c++) {
      const variance = (back: number) => {
        const n = sums[counts + back];
        const sum = sums[c * SUMS_PER_CHANNEL + 2 * back];
        return n > 0 ? Math.max(0, (sums[c * SUMS_PER_CHANNEL + 2 * back + 1] - (sum * sum) / n) / n) : 0;
      };
      const mobility = variance(0) > 0 ? Math.sqrt(variance(1) / variance(0)) : 0;
      const mobilityOfSlope = variance(1) > 0 ? Math.sqrt(variance(2) / variance(1)) : 0;
      values.set([variance(0), mobility, mobility > 0 ? mobilityOfSlope / mobility : 0], 3 * c);
    }
    return values;
  };
};
