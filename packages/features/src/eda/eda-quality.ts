import type { Feature } from '../feature.ts';
import { edaFlat, edaMissing, edaOutOfRange, edaTooSteep } from '../kernels/eda-rules.ts';
import { checkEdaSignal, type EdaWindow, edaBins } from './bins.ts';

/** Why skin conductance may not be trusted, in the order of `edaQuality`'s values after `trusted`. */
export const edaReasons = ['range', 'slope', 'flat', 'missing'] as const;
export type EdaReason = (typeof edaReasons)[number];

/** Their bits, in the same order. */
const bits = [edaOutOfRange, edaTooSteep, edaFlat, edaMissing];

/**
 * How far skin conductance can be trusted, and why not: (trusted, range, slope, flat, missing), each a share of the window. `trusted` is what lies further
 * than 5 s from any broken rule, and the vector's quality; the others are the shares that break the rule themselves: outside the site's range, steeper than
 * 10 µS/s, without any change for 5 s (no contact), without samples. The rules are those of Kleckner et al. (2018), doi 10.1109/TBME.2017.2758643, with
 * a contact rule and a lower floor for the wrist; its temperature rule is the quality of `skinTemperature`, motion that of `motionEnergy`.
 */
export const edaQuality = ({
  windowSec = 60,
  everySec = 1,
  minSec = everySec,
  site = 'wrist',
}: Partial<EdaWindow> = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: (signal) => {
    checkEdaSignal(signal);
    return {
      name: 'eda-quality',
      unit: '1',
      axes: [{ name: 'share', labels: ['trusted', ...edaReasons] }],
      recipe: { windowSec, site },
    };
  },
  open: (signal, hopSec) => {
    const bins = edaBins(signal, hopSec, { windowSec, everySec, minSec, site });
    const valid = new Float64Array(bins.nBins);
    return (hop) => {
      if (!bins.push(hop)) return undefined;
      const trusted = bins.valid(valid);
      const broken = bins.broken();
      const values = new Float64Array(1 + bits.length);
      values[0] = trusted;
      for (let i = 0; i < broken.length; i++) {
        if (broken[i] === 0) continue;
        for (let r = 0; r < bits.length; r++) if ((broken[i] & bits[r]) !== 0) values[r + 1] += 1 / broken.length;
      }
      return { tmin: hop.tmax - windowSec, values, quality: trusted };
    };
  },
});

/** The reason with the largest share in the values of an `edaQuality` vector, `undefined` where no rule is broken. For a person. */
export const edaReason = (values: Float64Array): EdaReason | undefined => {
  const shares = Array.from(values).slice(1);
  const worst = Math.max(...shares);
  return worst > 0 ? edaReasons[shares.indexOf(worst)] : undefined;
};
