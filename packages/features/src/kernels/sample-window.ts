/** Adds the samples of a hop, (nChannels, nTimes), and gives those of the window, (nChannels, all its times), once it is full. */
export type SampleWindow = (hop: Float64Array) => Float64Array | undefined;

/** The last `nHops` hops side by side, for features that need the raw window. A new array each time: its length may differ by a sample. */
export const sampleWindow = (nChannels: number, nHops: number): SampleWindow => {
  const hops: Float64Array[] = [];
  return (hop) => {
    hops.push(hop);
    if (hops.length > nHops) hops.shift();
    if (hops.length < nHops) return undefined;
    const nTimes = hops.reduce((sum, { length }) => sum + length, 0) / nChannels;
    const data = new Float64Array(nChannels * nTimes);
    let at = 0;
    for (const part of hops) {
      const n = part.length / nChannels;
      for (let c = 0; c < nChannels; c++) data.set(part.subarray(c * n, (c + 1) * n), c * nTimes + at);
      at += n;
    }
    return data;
  };
};
