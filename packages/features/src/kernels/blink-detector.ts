import { runningLevel } from './running-level.ts';

/** Takes band-passed frontal samples, µV; gives the blinks that ended in them and how many samples these lasted. */
export type BlinkDetector = (x: Float64Array) => { readonly count: number; readonly samples: number };

/** A blink is an excursion of at least this, µV; alpha waves and noise stay below. */
const SMALLEST_MICROVOLTS = 40;
/**
 * … and of this many running standard deviations: BLINKER (Kleifges et al. 2017, doi 10.3389/fnins.2017.00012) begins with 1.5; raised, as
 * nothing later sorts out.
 */
const DEVIATIONS = 2.5;
/** Time beyond the threshold, s: shorter is a spike or muscle, longer a movement of the eyes or the head (BLINKER: at least 0.05 s). */
const SHORTEST_SEC = 0.05;
const LONGEST_SEC = 0.5;
/** A dip below the threshold shorter than this, s, is noise. */
const DIP_SEC = 0.03;
/** After this much quiet, s, the next excursion says anew which way blinks go. */
const APART_SEC = 0.25;
/** How much a sample inside a train counts in the running deviation. */
const TRAIN_WEIGHT = 0.1;
/** Memory of the running deviation, s. */
const MEMORY_SEC = 30;

/**
 * Finds blinks online: excursions beyond a threshold that follows the running deviation, either way, because boards differ in which input
 * is the positive one (OpenBCI logs
 * show blinks downwards). Band-passed, a blink swings back beyond zero; so of a train only the excursions the way of its first are
 * counted. The
 * deviation learns from samples clipped to the threshold. A blink is told 0.03 s after its end. Cutting changes nothing.
 */
export const blinkDetector = (sfreq: number): BlinkDetector => {
  const level = runningLevel(MEMORY_SEC);
  /** Which way the train's blinks go, 0 between trains. */
  let way = 0;
  let beyond = 0;
  let dip = 0;
  let quiet = 0;
  return (x) => {
    let count = 0;
    let samples = 0;
    for (const value of x) {
      const threshold = Math.max(SMALLEST_MICROVOLTS, DEVIATIONS * level.deviation());
      // a train of blinks teaches little, so that it does not hide itself; not nothing, so that loud noise is learned in the end
      level.learn(Math.max(-threshold, Math.min(threshold, value)), (way === 0 ? 1 : TRAIN_WEIGHT) / sfreq);
      const side = Math.abs(value) > threshold ? Math.sign(value) : 0;
      quiet = side === 0 ? quiet + 1 : 0;
      if (quiet > APART_SEC * sfreq) way = 0;
      if (way === 0) way = side;
      if (side !== 0 && side === way) {
        beyond += 1 + (beyond > 0 ? dip : 0);
        dip = 0;
      } else if (beyond > 0 && ++dip > DIP_SEC * sfreq) {
        if (beyond >= SHORTEST_SEC * sfreq && beyond <= LONGEST_SEC * sfreq) {
          count++;
          samples += beyond;
        }
        beyond = 0;
        dip = 0;
      }
    }
    return { count, samples };
  };
};
