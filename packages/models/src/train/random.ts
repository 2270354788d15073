/** Scrambles two 32-bit numbers into one, so that neighbouring seeds and steps start unrelated sequences. */
const mix = (a: number, b: number): number => {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  return (h ^ (h >>> 15)) >>> 0;
};

/**
 * A generator of numbers in [0, 1) that depends on `seed` and `stream` only: step 1 000 of a training draws the same numbers whether or not
 * steps 1–999 ran in this process, which is what makes a resumed training exact. (mulberry32, T. Ettinger 2017, public domain.)
 */
export const randomStream = (seed: number, stream: number): (() => number) => {
  let state = mix(seed, stream);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** The numbers 0 … n−1 in random order (Fisher–Yates). */
export const shuffled = (n: number, random: () => number): Int32Array => {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
};

/** A standard normal number (Box–Muller). */
export const randomNormal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
