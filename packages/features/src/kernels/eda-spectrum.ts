import { cascade } from './biquad.ts';
import { butterworth } from './butterworth.ts';
import { powerSpectrum } from './fft.ts';

/** Rate at which the spectrum of skin conductance is taken, Hz. */
export const spectrumSfreq = 2;
/** Length of the spectrum's window: 64 s, the least that resolves the band's lower edge. */
const size = 128;
/** Resolution, Hz: 1/64. */
const binHz = spectrumSfreq / size;
/** The sympathetic band, Hz. */
const sympatheticBand = [0.045, 0.25] as const;
/** Width and number of the narrow bands, Hz: 0–0.05, 0.05–0.10 … 0.45–0.50. */
const narrowHz = 0.05;
export const narrowBandCount = 10;

const highest = Math.ceil((narrowBandCount * narrowHz) / binHz);

/** Powers in one window. Written anew by every `read`. */
export interface EdaSpectrum {
  /** Takes one value, µS, two a second. */
  readonly step: (microsiemens: number) => void;
  /** Computes the powers of the last 64 s; what lies before the first value counts as 0 µS deviation. */
  readonly read: () => { readonly sympathetic: number; readonly normalised: number; readonly narrow: Float64Array };
}

/**
 * EDASymp (Posada-Quintero et al. 2016, doi 10.1007/s10439-016-1606-6): power between 0.045 and 0.25 Hz, µS², and its share of the whole, from a
 * 64 s Blackman periodogram of conductance at 2 Hz behind an 8th-order 0.01 Hz high-pass. Differs from the paper where it must run as data
 * arrives: the high-pass is causal, started at the first value, and the window is the last one instead of a Welch average over the record. The
 * narrow bands are 0.05 Hz wide, up to 0.5 Hz. Cost a value: one filter step; a reading: one transform of 128 values.
 */
export const edaSpectrum = (): EdaSpectrum => {
  const sections = butterworth({ type: 'highpass', order: 8, edge: 0.01, sfreq: spectrumSfreq });
  const state = new Float64Array(2 * sections.length);
  const sample = new Float64Array(1);
  const ring = new Float64Array(size);
  let count = 0;
  let first = 0;

  const windowed = new Float64Array(size);
  const squares = new Float64Array(size / 2 + 1);
  const transform = powerSpectrum(size);
  const narrow = new Float64Array(narrowBandCount);

  const step = (y: number): void => {
    if (count === 0) first = y;
    // The high-pass has no gain at 0 Hz, so taking the first value off is starting it settled there.
    sample[0] = y - first;
    cascade(sections, state, 0, sample, 0, sample, 0, 1);
    ring[count % size] = sample[0];
    count++;
  };

  const read = () => {
    let total = 0;
    for (let i = 0; i < size; i++) {
      windowed[i] = blackman[i] * ring[(count + i) % size];
      total += windowed[i] * windowed[i];
    }
    transform(windowed, squares);
    narrow.fill(0);
    let sympathetic = 0;
    for (let k = 0; k <= highest; k++) {
      const power = ((k === 0 ? 1 : 2) * squares[k]) / (size * blackmanPower);
      const f = k * binHz;
      if (f >= sympatheticBand[0] && f <= sympatheticBand[1]) sympathetic += power;
      const band = Math.floor(f / narrowHz);
      if (band < narrowBandCount) narrow[band] += power;
    }
    const whole = total / blackmanPower;
    return { sympathetic, normalised: whole > 0 ? sympathetic / whole : 0, narrow };
  };
  return { step, read };
};

/** Periodic, as `scipy.signal.welch` uses it. */
const blackman = Float64Array.from({ length: size }, (_, i) => {
  const angle = (2 * Math.PI * i) / size;
  return 0.42 - 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
});
const blackmanPower = blackman.reduce((sum, value) => sum + value * value, 0);

/** Centre and half width of the time-varying index's band, 0.08–0.24 Hz. */
const tvsympHz = 0.16;
const tvsympHalfWidthHz = 0.08;
/** Memory of its normalisation, s. */
const tvsympMemorySec = 300;

/** 25 values are exactly two turns of 0.16 Hz at 2 Hz. */
const turns = 25;
const turnAngle = Float64Array.from({ length: turns }, (_, i) => (2 * Math.PI * tvsympHz * i) / spectrumSfreq);
const turnCosine = turnAngle.map(Math.cos);
const turnSine = turnAngle.map(Math.sin);

/** A running TVSymp. `step` takes one value, µS, two a second, and allocates nothing. */
export interface Tvsymp {
  readonly step: (microsiemens: number) => void;
  /** After the last step: amplitude between 0.08 and 0.24 Hz, µS; the same in standard deviations of that band over about five minutes. */
  readonly output: Float64Array;
}

/**
 * TVSymp (Posada-Quintero et al. 2016, doi 10.1152/ajpregu.00180.2016) as data arrives: the instantaneous amplitude between 0.08 and 0.24 Hz by
 * complex demodulation, in units of that band's standard deviation. The published one demodulates at a variable frequency and normalises over the
 * whole record; here the centre is fixed at 0.16 Hz (4th-order low-pass 0.08 Hz) and the normalisation forgets over five minutes. A sine of amplitude a within
 * the band gives a µS, and √2 normalised.
 */
export const tvsymp = (): Tvsymp => {
  const sections = butterworth({ type: 'lowpass', order: 4, edge: tvsympHalfWidthHz, sfreq: spectrumSfreq });
  const highpass = butterworth({ type: 'highpass', order: 2, edge: 0.02, sfreq: spectrumSfreq });
  const state = new Float64Array(4 * sections.length);
  const levelState = new Float64Array(2 * highpass.length);
  const sample = new Float64Array(1);
  const output = new Float64Array(2);
  /** Discounted sum of squares, discounted count, first value. */
  const memory = new Float64Array(3);
  const keep = Math.exp(-1 / (tvsympMemorySec * spectrumSfreq));
  let count = 0;
  const step = (y: number): void => {
    if (count === 0) memory[2] = y;
    sample[0] = y - memory[2];
    // Without this the level, a thousand times larger than the band, would beat against the demodulation.
    cascade(highpass, levelState, 0, sample, 0, sample, 0, 1);
    const x = sample[0];
    const turn = count % turns;
    sample[0] = x * turnCosine[turn];
    cascade(sections, state, 0, sample, 0, sample, 0, 1);
    const re = sample[0];
    sample[0] = x * turnSine[turn];
    cascade(sections, state, 2 * sections.length, sample, 0, sample, 0, 1);
    const square = 4 * (re * re + sample[0] * sample[0]);
    memory[0] = keep * memory[0] + square / 2;
    memory[1] = keep * memory[1] + 1;
    output[0] = Math.sqrt(square);
    output[1] = memory[0] > 0 ? output[0] / Math.sqrt(memory[0] / memory[1]) : 0;
    count++;
  };
  return { step, output };
};
