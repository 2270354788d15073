import type { EegSignal } from '@affect-edge/acquire';
import { FeatureError } from '../errors.ts';
import { scalpPosition } from '../kernels/scalp-positions.ts';
import { splineWeights } from '../kernels/spherical-spline.ts';
import type { SignalFilter } from './condition.ts';

/** A bad row and the weight of every other row in what replaces it. */
interface Replacement {
  readonly bad: number;
  readonly sources: readonly { readonly row: number; readonly weight: number }[];
}

const replacements = ({ montage }: EegSignal, bad: readonly string[]): Replacement[] => {
  const missing = bad.find((name) => !montage.channels.includes(name));
  if (missing !== undefined) {
    throw new FeatureError('bad-signal', `Channel ${missing} is to be interpolated, the signal has ${montage.channels.join(', ')}.`);
  }
  const placed = montage.channels.flatMap((name, row) => {
    const at = scalpPosition(name);
    return at && !bad.includes(name) ? [{ row, at }] : [];
  });
  return bad.map((name) => {
    const to = scalpPosition(name);
    if (!to || placed.length < 3) {
      const why = to ? `at least 3 good channels with 10-10 names, got ${placed.length}` : 'a channel with a 10-10 name';
      throw new FeatureError('bad-signal', `Interpolating ${name} needs ${why}. Name the montage's channels or leave it out.`);
    }
    const weights = splineWeights(
      placed.map(({ at }) => at),
      to,
    );
    return { bad: montage.channels.indexOf(name), sources: placed.map(({ row }, i) => ({ row, weight: weights[i] })) };
  });
};

/**
 * Replaces the channels named in `bad` by spherical-spline interpolation of the others (`kernels/spherical-spline`). Throws
 * `FeatureError('bad-signal')` where a name is
 * not in the montage or fewer than three good channels have known places.
 */
export const interpolate = ({ bad }: { readonly bad: readonly string[] }): SignalFilter<'eeg'> => ({
  kind: 'eeg',
  name: `interpolate ${bad.join(', ')}`,
  describe: (signal) => signal,
  open: (signal) => {
    const found = replacements(signal, bad);
    return ({ data }) => {
      const nTimes = data.length / signal.montage.channels.length;
      for (const { bad: to, sources } of found) {
        data.fill(0, to * nTimes, (to + 1) * nTimes);
        for (const { row, weight } of sources) {
          for (let t = 0; t < nTimes; t++) data[to * nTimes + t] += weight * data[row * nTimes + t];
        }
      }
      return data;
    };
  },
});
