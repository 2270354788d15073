import { FeatureError } from '../errors.ts';
import type { Feature, FeatureSpec } from '../feature.ts';
import { scalpPosition } from '../kernels/scalp-positions.ts';
import { bandDe } from './band-de.ts';
import { bandPower } from './band-power.ts';

/** Left and right channel of a pair. */
export type ChannelPair = readonly [left: string, right: string];

export interface AsymmetryOptions {
  /** `dasm`: left minus right; `rasm`: left over right (Duan, Zhu & Lu 2013, doi 10.1109/NER.2013.6695876). `dasm` when absent. */
  readonly method?: 'dasm' | 'rasm';
  /** All pairs of the montage (`homologousPairs`) when absent. */
  readonly pairs?: readonly ChannelPair[];
  /** A feature with axes (channel, band); `bandDe()` when absent. */
  readonly of?: Feature<'eeg'>;
}

/** A right side nearer to 0 than this makes no ratio: it is taken as this. */
const SMALLEST_DIVISOR = 1e-6;

/** Pairs of the 10-10 system found among the channels: an odd number on the left, the next even one on the right (F3 F4, TP9 TP10). */
export const homologousPairs = (channels: readonly string[]): ChannelPair[] =>
  channels.flatMap((left) => {
    const [, letters, digits] = /^([A-Za-z]+)(\d+)$/.exec(left) ?? [];
    if (digits === undefined || Number(digits) % 2 === 0 || !scalpPosition(left)) return [];
    const right = channels.find((channel) => channel.toUpperCase() === `${letters}${Number(digits) + 1}`.toUpperCase());
    return right === undefined ? [] : [[left, right] as const];
  });

const positions = (channels: readonly string[], pairs: readonly ChannelPair[] | undefined): (readonly [number, number])[] => {
  const wanted = pairs ?? homologousPairs(channels);
  const at = (channel: string) => {
    const position = channels.indexOf(channel);
    if (position >= 0) return position;
    throw new FeatureError(
      'bad-signal',
      `An asymmetry needs channel ${channel}, the signal has ${channels.join(', ')}. Choose other pairs.`,
    );
  };
  if (wanted.length === 0) {
    throw new FeatureError(
      'bad-signal',
      `An asymmetry needs a left and a right channel named as in the 10-20 system, the signal has ${channels.join(', ')}. Name the pairs.`,
    );
  }
  return wanted.map(([left, right]) => [at(left), at(right)] as const);
};

/** Left against right of a feature with axes (channel, band), as axes (pair, band) told by `combine`. */
const paired = (
  name: string,
  unit: (inner: FeatureSpec) => string,
  of: Feature<'eeg'>,
  pairs: readonly ChannelPair[] | undefined,
  combine: (left: number, right: number) => number,
): Feature<'eeg'> => ({
  kind: 'eeg',
  describe: (signal) => {
    const inner = of.describe(signal);
    const { channels } = signal.montage;
    const labels = positions(channels, pairs).map(([left, right]) => `${channels[left]}-${channels[right]}`);
    return { name, unit: unit(inner), axes: [{ name: 'pair', labels }, inner.axes[1]], recipe: { of: inner.name, ...inner.recipe } };
  },
  open: (signal, hopSec) => {
    const extract = of.open(signal, hopSec);
    const nBands = of.describe(signal).axes[1].labels.length;
    const at = positions(signal.montage.channels, pairs);
    return (hop) => {
      const inner = extract(hop);
      if (!inner) return undefined;
      const values = new Float64Array(at.length * nBands);
      for (const [p, [left, right]] of at.entries()) {
        for (let b = 0; b < nBands; b++)
          values[p * nBands + b] = combine(inner.values[left * nBands + b], inner.values[right * nBands + b]);
      }
      return { ...inner, values };
    };
  },
});

/**
 * Differential (DASM) or rational (RASM) asymmetry of channel pairs in every band: axes (pair, band). RASM of an entropy, which may be
 * near 0, is unbounded;
 * DASM of an entropy is half the log ratio of the powers. Throws `FeatureError('bad-signal')` where the montage lacks the pairs.
 */
export const asymmetry = ({ method = 'dasm', pairs, of = bandDe() }: AsymmetryOptions = {}): Feature<'eeg'> => {
  if (method === 'dasm')
    return paired(
      'dasm',
      ({ unit }) => unit,
      of,
      pairs,
      (left, right) => left - right,
    );
  const divisor = (right: number) => (Math.abs(right) < SMALLEST_DIVISOR ? (right < 0 ? -SMALLEST_DIVISOR : SMALLEST_DIVISOR) : right);
  return paired(
    'rasm',
    () => '1',
    of,
    pairs,
    (left, right) => left / divisor(right),
  );
};

export interface FrontalAlphaOptions {
  /** F3 and F4 when absent. */
  readonly pair?: ChannelPair;
  /** 4 s when absent. */
  readonly windowSec?: number;
}

/**
 * Frontal alpha asymmetry ln(right) − ln(left) of the power in 8–13 Hz (Allen, Coan & Nazarian 2004, doi 10.1016/j.biopsycho.2004.03.008):
 * axes (pair, band),
 * one value; positive where there is more alpha, that is less activity, on the right.
 */
export const frontalAlpha = ({ pair = ['F3', 'F4'], windowSec = 4 }: FrontalAlphaOptions = {}): Feature<'eeg'> => {
  const alpha = bandPower({ bands: [{ name: 'alpha', fmin: 8, fmax: 13 }], scale: 'decibel', windowSec });
  const natsPerDecibel = Math.LN10 / 10;
  return paired(
    'frontal-alpha',
    () => 'nat',
    alpha,
    [pair],
    (left, right) => (right - left) * natsPerDecibel,
  );
};
