import { powerBetween, type Spectrum } from './welch.ts';

/** What can be wrong with a channel, worst first: where several are equally bad the first is named. */
export const CHANNEL_FAULTS = ['railed', 'flat', 'off-head', 'line-noise', 'drift', 'muscle'] as const;
export type ChannelFaultName = (typeof CHANNEL_FAULTS)[number];

/** What is known of one channel's window, besides its spectrum. */
export interface ChannelCourse {
  /** Shares of the window's hops in which it was flat, and railed. */
  readonly flat: number;
  readonly railed: number;
  /** Range of its hop means, µV. */
  readonly wander: number;
}

/** 0 at `good`, 1 at `bad`, straight between. */
const ramp = (value: number, good: number, bad: number): number => Math.min(1, Math.max(0, (value - good) / (bad - good)));

/**
 * Power in 70–95 Hz where the spectrum reaches that far, in 30–45 Hz otherwise, and the rms, µV, at which that is muscle: from and fully.
 */
const muscleOf = (spectrum: Spectrum, channel: number): number => {
  const highest = spectrum.step * (spectrum.nFrequencies - 1);
  const [fmin, fmax, from, fully] = highest >= 100 ? [70, 95, 8, 30] : [30, 45, 8, 30];
  return ramp(Math.sqrt(powerBetween(spectrum, channel, fmin, fmax)), from, fully);
};

/**
 * How bad a channel is in each respect of `CHANNEL_FAULTS`, 0 (not at all) to 1. The respects are those of PREP (Bigdely-Shamlo et al. 2015,
 * doi 10.3389/fninf.2015.00016) that one channel shows by itself; the thresholds were set on real and simulated recordings at rest:
 *
 * - flat, railed: the share of hops, full at a half.
 * - line-noise: rms within 1 Hz of 50 or 60 Hz, from 100 to 1,000 µV. A notch removes it and the bands below 45 Hz hardly feel it, so a
 *   clean recording in an
 *   unshielded room (60 to 350 µV) is not called bad.
 * - drift: hop means wandering from 150 to 1,500 µV within the window; drying electrodes do, the filters remove less.
 * - muscle: rms in 70–95 Hz (30–45 Hz at low rates) from 8 to 30 µV; brain and amplifier stay below 6, a clenched jaw gives 30 to 60.
 * - off-head: rms in 1–40 Hz from 100 to 400 µV (rest is below 50, blinks below 100), or line noise from 1,500 to 5,000 µV: an electrode
 *   in the air is an antenna.
 */
export const channelFaults = (
  spectrum: Spectrum,
  channel: number,
  { flat, railed, wander }: ChannelCourse,
): Record<ChannelFaultName, number> => {
  const signal = Math.sqrt(powerBetween(spectrum, channel, 1, 40));
  const line = Math.sqrt(Math.max(powerBetween(spectrum, channel, 49, 51), powerBetween(spectrum, channel, 59, 61)));
  return {
    railed: ramp(railed, 0, 0.5),
    flat: ramp(flat, 0, 0.5),
    'off-head': Math.max(ramp(signal, 100, 400), ramp(line, 1500, 5000)),
    'line-noise': ramp(line, 100, 1000),
    drift: ramp(wander, 150, 1500),
    muscle: muscleOf(spectrum, channel),
  };
};
