/** One second-order section, `a0 = 1`: y[n] = b0·x[n] + b1·x[n-1] + b2·x[n-2] − a1·y[n-1] − a2·y[n-2]. */
export interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** A filter as its zeros and poles (conjugates both listed) and gain. */
export interface Roots {
  readonly zeros: readonly Complex[];
  readonly poles: readonly Complex[];
  readonly gain: number;
}

/** A real root (`im` 0) or, where `im` > 0, a conjugate pair told by its upper half. */
interface Root {
  readonly re: number;
  readonly im: number;
}

const tolerance = 100 * Number.EPSILON;
const isReal = (root: Root): boolean => root.im === 0;
const distance = (a: Root, b: Root): number => Math.hypot(a.re - b.re, a.im - b.im);

/** Real roots singly and conjugate pairs by their upper half, pairs first, each group in ascending order. */
const halved = (roots: readonly Complex[]): Root[] => {
  const reals = roots.filter(({ re, im }) => Math.abs(im) <= tolerance * Math.hypot(re, im)).map(({ re }) => ({ re, im: 0 }));
  const upper = roots.filter(({ re, im }) => im > tolerance * Math.hypot(re, im)).map(({ re, im }) => ({ re, im }));
  return [...upper.sort((a, b) => a.re - b.re || a.im - b.im), ...reals.sort((a, b) => a.re - b.re)];
};

/** Removes and gives the root with the smallest `cost`, the first of equals. */
const take = (roots: Root[], cost: (root: Root) => number, eligible: (root: Root) => boolean = () => true): Root | undefined => {
  let best = -1;
  for (let i = 0; i < roots.length; i++) {
    if (eligible(roots[i]) && (best < 0 || cost(roots[i]) < cost(roots[best]))) best = i;
  }
  return best < 0 ? undefined : roots.splice(best, 1)[0];
};

/** Monic coefficients [1, c1, c2] of the polynomial with one pair, or up to two real roots. */
const monic = (roots: readonly Root[]): [number, number, number] => {
  const [first, second] = roots;
  if (first === undefined) return [1, 0, 0];
  if (!isReal(first)) return [1, -2 * first.re, first.re ** 2 + first.im ** 2];
  if (second === undefined) return [1, -first.re, 0];
  return [1, -first.re - second.re, first.re * second.re];
};

/**
 * Groups roots into second-order sections: repeatedly the pole nearest the unit circle with the zero nearest to it, the most resonant
 * section
 * last, the gain in the first. This is the published rule of `scipy.signal.zpk2sos(pairing='nearest')`, so that coefficients can be
 * compared.
 */
export const pairSections = ({ zeros, poles, gain }: Roots): Section[] => {
  const openPoles = halved(poles);
  const openZeros = halved(zeros);
  // an odd number of roots gets one pole and one zero at the origin, which cancel
  if (poles.length % 2 === 1) {
    openPoles.push({ re: 0, im: 0 });
    openZeros.push({ re: 0, im: 0 });
  }
  const worst = (pole: Root) => Math.abs(1 - Math.hypot(pole.re, pole.im));
  const sections: Section[] = [];
  while (openPoles.length > 0) {
    const pole = take(openPoles, worst)!;
    const nearest = (zero: Root) => distance(pole, zero);
    const lastRealPoleWaits = openPoles.filter(isReal).length === 1 && openZeros.filter(isReal).length === 1;
    const mustBePair = !isReal(pole) && openPoles.length + 1 === openZeros.length && lastRealPoleWaits;
    const partner = isReal(pole) ? take(openPoles, worst, isReal) : undefined;
    const zero = take(openZeros, nearest, mustBePair ? (candidate) => !isReal(candidate) : undefined);
    const second = zero && isReal(zero) ? take(openZeros, nearest, isReal) : undefined;
    const [b0, b1, b2] = monic([zero, second].filter((root) => root !== undefined));
    const [, a1, a2] = monic([pole, partner].filter((root) => root !== undefined));
    sections.unshift({ b0, b1, b2, a1, a2 });
  }
  const [{ b0, b1, b2, a1, a2 }, ...others] = sections;
  return [{ b0: gain * b0, b1: gain * b1, b2: gain * b2, a1, a2 }, ...others];
};
