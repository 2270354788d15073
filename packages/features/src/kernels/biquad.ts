import type { Section } from './sections.ts';

/**
 * State of a cascade for one channel: two numbers a section (transposed direct form II), laid out [s1, s2] section after section.
 * All zeros is a filter at rest.
 */
export type CascadeState = Float64Array;

/**
 * The state a cascade settles to under a constant input of 1 (`scipy.signal.sosfilt_zi`), shape (nSections, 2) row-major. Times the first
 * sample, it starts the filter without the transient of a step: real electrodes sit on offsets of tens of millivolts.
 */
export const sosInitialState = (sections: readonly Section[]): CascadeState => {
  const state = new Float64Array(2 * sections.length);
  let level = 1;
  for (const [i, { b0, b1, b2, a1, a2 }] of sections.entries()) {
    const output = (level * (b0 + b1 + b2)) / (1 + a1 + a2);
    state[2 * i] = output - b0 * level;
    state[2 * i + 1] = b2 * level - a2 * output;
    level = output;
  }
  return state;
};

/**
 * Filters `nTimes` samples from `input[inputAt]` into `output[outputAt]` (which may be the same array and place) and keeps `state`, two
 * numbers a
 * section from `stateAt`, for the next block. Cutting a signal into blocks anywhere gives bit for bit the same output.
 */
export const cascade = (
  sections: readonly Section[],
  state: CascadeState,
  stateAt: number,
  input: Float64Array,
  inputAt: number,
  output: Float64Array,
  outputAt: number,
  nTimes: number,
): void => {
  let from = input;
  let at = inputAt;
  for (let i = 0; i < sections.length; i++) {
    const { b0, b1, b2, a1, a2 } = sections[i];
    let s1 = state[stateAt + 2 * i];
    let s2 = state[stateAt + 2 * i + 1];
    for (let t = 0; t < nTimes; t++) {
      const x = from[at + t];
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      output[outputAt + t] = y;
    }
    state[stateAt + 2 * i] = s1;
    state[stateAt + 2 * i + 1] = s2;
    from = output;
    at = outputAt;
  }
};

/** The whole of `x` through the cascade from rest, or from `state` which is then carried on: `scipy.signal.sosfilt`. Gives a new array. */
export const sosfilt = (
  sections: readonly Section[],
  x: Float64Array,
  state: CascadeState = new Float64Array(2 * sections.length),
): Float64Array => {
  const y = new Float64Array(x.length);
  cascade(sections, state, 0, x, 0, y, 0, x.length);
  return y;
};

/** Power response |H(f)|² of a cascade. */
export const powerResponse = (sections: readonly Section[], frequency: number, sfreq: number): number => {
  const w = (2 * Math.PI * frequency) / sfreq;
  const magnitude2 = (c0: number, c1: number, c2: number) =>
    (c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w)) ** 2 + (c1 * Math.sin(w) + c2 * Math.sin(2 * w)) ** 2;
  return sections.reduce((power, { b0, b1, b2, a1, a2 }) => (power * magnitude2(b0, b1, b2)) / magnitude2(1, a1, a2), 1);
};
