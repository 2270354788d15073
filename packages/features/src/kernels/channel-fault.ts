/** What makes a channel useless at a glance: it does not move, or it sticks to an end of its range. */
export type ChannelFault = 'none' | 'flat' | 'railed';

/** A channel that moves less than this in a hop, µV peak to peak, is not connected: amplifier noise alone is more. */
export const FLAT_MICROVOLTS = 0.1;
/** Where this share of a hop's samples equals its highest or lowest value, the amplifier is clipping. */
const STUCK_SHARE = 0.25;
/** Fewer samples than this are not judged. */
const FEWEST_SAMPLES = 8;

/** Judges `nTimes` samples, µV, from `data[at]`. Says nothing (`none`) of fewer than 8 samples. */
export const channelFault = (data: Float64Array, at: number, nTimes: number): ChannelFault => {
  if (nTimes < FEWEST_SAMPLES) return 'none';
  let low = data[at];
  let high = low;
  let atLow = 0;
  let atHigh = 0;
  for (let t = at; t < at + nTimes; t++) {
    const x = data[t];
    if (x > high) {
      high = x;
      atHigh = 1;
    } else if (x === high) atHigh++;
    if (x < low) {
      low = x;
      atLow = 1;
    } else if (x === low) atLow++;
  }
  if (high - low < FLAT_MICROVOLTS) return 'flat';
  return Math.max(atLow, atHigh) > STUCK_SHARE * nTimes ? 'railed' : 'none';
};
