import type { Feature } from '../feature.ts';
import { wholeMultiple } from '../kernels/whole-multiple.ts';

/** Skin on a worn sensor lies between these, °C (Kleckner et al. 2018, doi 10.1109/TBME.2017.2758643). */
const wornBetween = [30, 40] as const;

/**
 * Skin temperature over the last minute: (mean °C, slope °C/min), the slope by least squares over the means of the hops. Hops without a
 * sample are left out. The first channel is used. Quality is the share of hops between 30 and 40 °C: outside, the sensor is not worn.
 */
export const skinTemperature = ({
  windowSec = 60,
  everySec = 5,
}: {
  readonly windowSec?: number;
  readonly everySec?: number;
} = {}): Feature<'temperature'> => ({
  kind: 'temperature',
  describe: () => ({
    name: 'skin-temperature',
    unit: 'mixed',
    axes: [{ name: 'feature', labels: ['mean', 'slope'] }],
    recipe: { windowSec, 'unit of mean': '°C', 'unit of slope': '°C/min' },
  }),
  open: (signal, hopSec) => {
    const everyHops = wholeMultiple('everySec of skin-temperature', everySec, 'hopSec', hopSec);
    const nHops = wholeMultiple('windowSec of skin-temperature', windowSec, 'hopSec', hopSec);
    const means = new Float64Array(nHops).fill(Number.NaN);
    let count = 0;
    return ({ index, tmax, data }) => {
      const nTimes = data.length / signal.montage.channels.length;
      let sum = 0;
      for (let t = 0; t < nTimes; t++) sum += data[t];
      means[count % nHops] = sum / nTimes;
      count++;
      if (count < nHops || index % everyHops !== 0) return undefined;
      let [n, time, level, worn] = [0, 0, 0, 0];
      const known = (k: number) => means[(count + k) % nHops];
      for (let k = 0; k < nHops; k++) {
        const value = known(k);
        if (Number.isNaN(value)) continue;
        n++;
        time += k;
        level += value;
        if (value >= wornBetween[0] && value <= wornBetween[1]) worn++;
      }
      if (n === 0) return undefined;
      let [both, spread] = [0, 0];
      for (let k = 0; k < nHops; k++) {
        if (Number.isNaN(known(k))) continue;
        both += (k - time / n) * (known(k) - level / n);
        spread += (k - time / n) ** 2;
      }
      const slope = spread > 0 ? ((both / spread) * 60) / hopSec : 0;
      return { tmin: tmax - windowSec, values: Float64Array.of(level / n, slope), quality: worn / nHops };
    };
  },
});
