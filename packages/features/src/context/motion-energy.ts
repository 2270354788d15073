import type { Feature } from '../feature.ts';
import { slidingSums } from '../kernels/sliding-sums.ts';
import { wholeMultiple } from '../kernels/whole-multiple.ts';

/** A hop whose magnitude varies by more than this, g, counts as movement; a wrist at rest on a table shows about 0.01 g. */
export const movingG = 0.05;

/**
 * How much the wearer moved over the last `windowSec`: (deviation g, jerk g/s, moving 1). `deviation` is the standard deviation of the
 * acceleration's magnitude, `jerk` the root mean square of the change of the acceleration vector, `moving` the share of hops whose own deviation exceeds
 * 0.05 g. Quality is 1 − moving: it is what to distrust skin conductance by, which moves with the electrodes.
 */
export const motionEnergy = ({
  windowSec = 10,
  everySec = 1,
}: {
  readonly windowSec?: number;
  readonly everySec?: number;
} = {}): Feature<'acceleration'> => ({
  kind: 'acceleration',
  describe: () => ({
    name: 'motion-energy',
    unit: 'mixed',
    axes: [{ name: 'feature', labels: ['deviation', 'jerk', 'moving'] }],
    recipe: { windowSec, movingG, 'unit of deviation': 'g', 'unit of jerk': 'g/s', 'unit of moving': '1' },
  }),
  open: (signal, hopSec) => {
    const everyHops = wholeMultiple('everySec of motion-energy', everySec, 'hopSec', hopSec);
    const nHops = wholeMultiple('windowSec of motion-energy', windowSec, 'hopSec', hopSec);
    const nChannels = signal.montage.channels.length;
    const sums = slidingSums(6, nHops);
    /** Samples, magnitude and its square less 1 g, steps, squared steps, moving. */
    const row = new Float64Array(6);
    const last = new Float64Array(nChannels).fill(Number.NaN);
    return ({ index, tmax, data }) => {
      const nTimes = data.length / nChannels;
      row.fill(0);
      for (let t = 0; t < nTimes; t++) {
        let [square, step] = [0, 0];
        for (let c = 0; c < nChannels; c++) {
          const value = data[c * nTimes + t];
          square += value * value;
          step += (value - last[c]) ** 2;
          last[c] = value;
        }
        // Around 1 g, so that squares of nearly equal numbers do not cancel.
        const magnitude = Math.sqrt(square) - 1;
        row[0]++;
        row[1] += magnitude;
        row[2] += magnitude * magnitude;
        if (Number.isNaN(step)) continue;
        row[3]++;
        row[4] += step;
      }
      row[5] = deviation(row[0], row[1], row[2]) > movingG ? 1 : 0;
      const window = sums(row);
      if (!window || index % everyHops !== 0) return undefined;
      const [n, sum, squares, steps, jumps, moving] = window;
      const jerk = steps > 0 ? Math.sqrt(jumps / steps) * signal.sfreq : 0;
      return {
        tmin: tmax - windowSec,
        values: Float64Array.of(deviation(n, sum, squares), jerk, moving / nHops),
        quality: 1 - moving / nHops,
      };
    };
  },
});

const deviation = (n: number, sum: number, squares: number): number => (n > 0 ? Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)) : 0);
