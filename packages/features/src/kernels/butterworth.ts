import { FeatureError } from '../errors.ts';
import { type ComplexNumber, complex } from './complex.ts';
import { pairSections, type Roots, type Section } from './sections.ts';

/** What to design: `order` is the order of the low-pass prototype, so a band-pass or band-stop has twice as many poles (as in SciPy). */
export type ButterworthDesign =
  | { readonly type: 'lowpass' | 'highpass'; readonly order: number; readonly edge: number; readonly sfreq: number }
  | {
      readonly type: 'bandpass' | 'bandstop';
      readonly order: number;
      readonly fmin: number;
      readonly fmax: number;
      readonly sfreq: number;
    };

const product = (values: readonly ComplexNumber[]): ComplexNumber => values.reduce((a, b) => a.mul(b), complex(1));

/** Zeros and poles on which can be calculated. */
interface Design extends Roots {
  readonly zeros: readonly ComplexNumber[];
  readonly poles: readonly ComplexNumber[];
}

/** Left-half-plane poles of the analogue Butterworth low-pass with its -3 dB point at 1 rad/s (Butterworth, Wireless Engineer 7, 1930). */
const prototypePoles = (order: number): ComplexNumber[] =>
  Array.from({ length: order }, (_, k) => {
    const angle = (Math.PI * (2 * k - order + 1)) / (2 * order);
    // exactly real where it must be: an odd order has one real pole
    return 2 * k === order - 1 ? complex(-1) : complex(-Math.cos(angle), -Math.sin(angle));
  });

/** Low-pass prototype → the analogue filter of the wanted type; edges in rad/s. */
const transformed = (poles: ComplexNumber[], type: ButterworthDesign['type'], edges: readonly number[]): Design => {
  const order = poles.length;
  const [w1, w2] = [edges[0], edges.at(-1)!];
  if (type === 'lowpass') return { zeros: [], poles: poles.map((p) => p.mul(complex(w1))), gain: w1 ** order };
  const negated = poles.map((p) => p.mul(complex(-1)));
  const inverse = complex(1).div(product(negated)).re;
  if (type === 'highpass') return { zeros: poles.map(() => complex(0)), poles: poles.map((p) => complex(w1).div(p)), gain: inverse };
  const bandwidth = complex(w2 - w1);
  const centre = Math.sqrt(w1 * w2);
  const half = poles.map((p) => (type === 'bandpass' ? p.mul(bandwidth) : bandwidth.div(p)).mul(complex(0.5)));
  const spread = half.map((h) =>
    h
      .mul(h)
      .sub(complex(centre ** 2))
      .sqrt(),
  );
  const both = [...half.map((h, i) => h.add(spread[i])), ...half.map((h, i) => h.sub(spread[i]))];
  if (type === 'bandpass') return { zeros: poles.map(() => complex(0)), poles: both, gain: (w2 - w1) ** order };
  const zeros = [...poles.map(() => complex(0, centre)), ...poles.map(() => complex(0, -centre))];
  return { zeros, poles: both, gain: inverse };
};

/** Analogue → digital by the bilinear transform at a sampling frequency of 2 (period ½), edges pre-warped by the caller. */
const bilinear = ({ zeros, poles, gain }: Design): Design => {
  const four = complex(4);
  const map = (s: ComplexNumber) => four.add(s).div(four.sub(s));
  const atInfinity = Array.from({ length: poles.length - zeros.length }, () => complex(-1));
  const scale = product(zeros.map((z) => four.sub(z))).div(product(poles.map((p) => four.sub(p))));
  return { zeros: [...zeros.map(map), ...atInfinity], poles: poles.map(map), gain: gain * scale.re };
};

/**
 * Throws `FeatureError` for edges (Hz) that a filter cannot have at this rate: `bad-option` where they are not 0 < fmin < fmax, `bad-signal` where one lies at
 * half the sampling frequency or above.
 */
export const checkEdges = (type: ButterworthDesign['type'], edges: readonly number[], sfreq: number): void => {
  const ascend = edges.every((edge, i) => edge > (i === 0 ? 0 : edges[i - 1]));
  if (ascend && edges.every((edge) => edge < sfreq / 2)) return;
  const range = `0 < ${edges.length === 2 ? 'fmin < fmax' : 'edge'} < ${sfreq / 2} Hz (half the sampling frequency)`;
  throw new FeatureError(
    ascend ? 'bad-signal' : 'bad-option',
    `A ${type} at ${edges.join('–')} Hz cannot be made at ${sfreq} Hz: expected ${range}. Choose other edges or a faster signal.`,
  );
};

/**
 * A digital Butterworth filter as second-order sections, the section nearest the unit circle last, the gain in the first: the same design,
 * pairing and order as `scipy.signal.butter(order, edges, type, fs=sfreq, output='sos')`. Complex arithmetic in double precision, at
 * set-up only.
 * Throws `FeatureError('bad-option')` where the order is no positive integer, and what `checkEdges` throws.
 */
export const butterworth = (design: ButterworthDesign): Section[] => {
  const { type, order, sfreq } = design;
  const edges = 'edge' in design ? [design.edge] : [design.fmin, design.fmax];
  if (!Number.isInteger(order) || order < 1) {
    throw new FeatureError('bad-option', `A Butterworth filter needs a whole order of at least 1, got ${order}.`);
  }
  checkEdges(type, edges, sfreq);
  const warped = edges.map((edge) => 4 * Math.tan((Math.PI * edge) / sfreq));
  return pairSections(bilinear(transformed(prototypePoles(order), type, warped)));
};
