/** Cosines and sines of a transform of one length; made once. */
interface Twiddles {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

const twiddlesOf = (n: number): Twiddles => {
  const angle = (k: number) => (2 * Math.PI * k) / n;
  return {
    cos: Float64Array.from({ length: n / 2 }, (_, k) => Math.cos(angle(k))),
    sin: Float64Array.from({ length: n / 2 }, (_, k) => Math.sin(angle(k))),
  };
};

/**
 * In-place transform of complex numbers (re, im), the length a power of two (Cooley & Tukey 1965, doi 10.1090/S0025-5718-1965-0178586-1).
 */
const transform = (re: Float64Array, im: Float64Array, { cos, sin }: Twiddles): void => {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * stride];
        const s = sin[k * stride];
        const lower = start + k;
        const upper = lower + half;
        const x = re[upper] * c + im[upper] * s;
        const y = im[upper] * c - re[upper] * s;
        re[upper] = re[lower] - x;
        im[upper] = im[lower] - y;
        re[lower] += x;
        im[lower] += y;
      }
    }
  }
};

/** The smallest power of two that is not below `n`. */
export const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** |X[k]|² for k = 0 … n/2 of the real signal in `x` (padded with zeros to n), into `power` (n/2 + 1). */
export type PowerSpectrum = (x: Float64Array, power: Float64Array) => void;

/** A transform for signals of up to `n` samples, `n` a power of two; its work space is its own. */
export const powerSpectrum = (n: number): PowerSpectrum => {
  const twiddles = twiddlesOf(n);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  return (x, power) => {
    re.fill(0);
    im.fill(0);
    re.set(x);
    transform(re, im, twiddles);
    for (let k = 0; k <= n / 2; k++) power[k] = re[k] * re[k] + im[k] * im[k];
  };
};
