/**
 * Adds a row and gives the sums over the last `nHops` rows, each `nRows` numbers, once there are that many. The array given is used again.
 */
export type SlidingSums = (row: Float64Array) => Float64Array | undefined;

/**
 * Sums over a sliding window in constant time a row, whatever the window, and without ever subtracting: a running sum that adds the new
 * and subtracts the
 * old drifts for ever. The rows of the last full cycle are kept as suffix sums, those of the running one as a prefix sum; the window is
 * one of each
 * (the two-stack queue, told by Tangwongsan et al. 2015, doi 10.14778/2752939.2752940).
 */
export const slidingSums = (nRows: number, nHops: number): SlidingSums => {
  const stored = new Float64Array(nRows * nHops);
  const prefix = new Float64Array(nRows);
  const window = new Float64Array(nRows);
  let position = 0;
  let isFull = false;
  return (row) => {
    if (position === 0) prefix.fill(0);
    const next = (position + 1) * nRows;
    const hasSuffix = isFull && position + 1 < nHops;
    for (let i = 0; i < nRows; i++) {
      stored[position * nRows + i] = row[i];
      prefix[i] += row[i];
      window[i] = hasSuffix ? prefix[i] + stored[next + i] : prefix[i];
    }
    position++;
    if (position === nHops) {
      for (let i = stored.length - nRows - 1; i >= 0; i--) stored[i] += stored[i + nRows];
      position = 0;
      isFull = true;
    }
    return isFull ? window : undefined;
  };
};
