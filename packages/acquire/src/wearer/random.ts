/** Repeatable random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** Zero mean, unit variance, triangular: as good as normal where a filter follows, at a tenth of the price. */
  readonly noise: () => number;
}

/**
 * Random numbers from `seed`, the same on every machine; `stream` gives independent sequences of one seed. sfc32, the small fast counting
 * generator of PractRand (C. Doty-Humphrey, public domain): 128 bits of state, a period of at least 2³².
 */
export const random = (seed: number, stream: string): Random => {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = hash(stream);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i++) next(); // until the seed has reached every bit
  const uniform = () => next() / 2 ** 32;

  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    noise: () => {
      const bits = next();
      return ((bits & 0xffff) + (bits >>> 16) - 0xffff) * triangular;
    },
  };
};

/** The sum of two 16-bit uniform numbers has the variance 2 · (2³² − 1) / 12. */
const triangular = Math.sqrt(6 / (2 ** 32 - 1));

/** FNV-1a, 32 bit. */
const hash = (text: string): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
};
