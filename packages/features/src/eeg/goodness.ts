import { channelFault } from '../kernels/channel-fault.ts';
import { slidingSums } from '../kernels/sliding-sums.ts';

/**
 * Adds a hop (nChannels, nTimes) and gives the share of channels that were neither flat nor railed in any hop of the window; undefined
 * until it is full.
 */
export type Goodness = (hop: Float64Array) => number | undefined;

/** The quality that goes with any EEG feature: it says that the electrodes were there, not that the head was still. */
export const goodChannels = (nChannels: number, nHops: number): Goodness => {
  const faults = new Float64Array(nChannels);
  const windowSums = slidingSums(nChannels, nHops);
  return (hop) => {
    const nTimes = hop.length / nChannels;
    for (let c = 0; c < nChannels; c++) faults[c] = channelFault(hop, c * nTimes, nTimes) === 'none' ? 0 : 1;
    const sums = windowSums(faults);
    return sums && sums.filter((count) => count === 0).length / nChannels;
  };
};
