import { cascade, sosInitialState } from './biquad.ts';
import { butterworth } from './butterworth.ts';

/** Finds the beats of a pulse wave as its samples arrive. */
export interface PulseBeats {
  /** Takes one sample, any unit, larger where the vessel is fuller. Gives the time of a beat's crest, s from the first sample, or NaN. */
  readonly step: (value: number) => number;
}

/** Width of a systolic crest and of a whole beat, s; offset of the threshold as a share of the mean square; shortest distance of crests, s. */
const crestSec = 0.111;
const beatSec = 0.667;
const offset = 0.02;
const refractorySec = 0.3;
/** Memory of the mean square, s. */
const memorySec = 10;

/**
 * Crests of the photoplethysmogram by two moving averages (Elgendi et al. 2013, doi 10.1371/journal.pone.0076585, with its constants): the
 * band-passed positive half, squared, counts as a crest where its short average exceeds its long one. To run as samples arrive, the band-pass
 * (0.5–8 Hz) is causal, its delay of about a tenth of a second being the same for every beat, and the mean square is forgotten over 10 s. A beat is given about half
 * a second after it happened.
 */
export const pulseBeats = (sfreq: number): PulseBeats => {
  const sections = butterworth({ type: 'bandpass', order: 2, fmin: 0.5, fmax: Math.min(8, 0.45 * sfreq), sfreq });
  const settled = sosInitialState(sections);
  const state = new Float64Array(settled.length);
  const crest = Math.max(1, Math.round(crestSec * sfreq)) | 1;
  const beat = Math.max(3, Math.round(beatSec * sfreq)) | 1;
  const half = (beat - 1) / 2;
  const squares = new Float64Array(beat);
  const sample = new Float64Array(1);
  const keep = Math.exp(-1 / (memorySec * sfreq));
  /** Discounted sum and count of the squares; height of the running crest, how far its top lies from its sample. */
  const memory = new Float64Array(4);
  let count = 0;
  let crestAt = 0;
  let width = 0;
  let last = Number.NEGATIVE_INFINITY;

  const average = (newest: number, length: number): number => {
    let sum = 0;
    for (let j = 0; j < length; j++) sum += squares[(newest - j) % beat];
    return sum / length;
  };

  const step = (value: number): number => {
    sample[0] = value;
    if (count === 0) for (let i = 0; i < settled.length; i++) state[i] = settled[i] * value;
    cascade(sections, state, 0, sample, 0, sample, 0, 1);
    const square = sample[0] > 0 ? sample[0] * sample[0] : 0;
    squares[count % beat] = square;
    memory[0] = keep * memory[0] + square;
    memory[1] = keep * memory[1] + 1;
    const newest = count++;
    if (newest < beat - 1) return Number.NaN;
    // Both averages are centred on the middle of the ring, half a long one ago.
    const middle = newest - half;
    const threshold = average(newest, beat) + (offset * memory[0]) / memory[1];
    if (average(middle + (crest - 1) / 2, crest) > threshold) {
      const height = squares[middle % beat];
      if (width === 0 || height > memory[2]) {
        memory[2] = height;
        memory[3] = parabolaTop(squares[(middle - 1) % beat], height, squares[(middle + 1) % beat]);
        crestAt = middle;
      }
      width++;
      return Number.NaN;
    }
    const isBeat = width >= crest && crestAt - last >= refractorySec * sfreq;
    width = 0;
    if (!isBeat) return Number.NaN;
    last = crestAt;
    return (crestAt + memory[3]) / sfreq;
  };
  return { step };
};

/** Where the parabola through three neighbouring samples has its top, in samples from the middle one: a beat falls between samples. */
const parabolaTop = (before: number, at: number, after: number): number => {
  const bend = before - 2 * at + after;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
};
