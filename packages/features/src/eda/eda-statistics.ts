import type { Feature } from '../feature.ts';
import { slidingWindow } from '../kernels/sliding-window.ts';
import { statisticLabels, statistics } from '../kernels/statistics.ts';
import { kalmanPhasic, kalmanTonic, sudomotorKalman } from '../kernels/sudomotor-kalman.ts';
import { binsPerSec, checkEdaSignal, type EdaWindow, edaBins } from './bins.ts';

const nStatistics = statisticLabels.length;

/**
 * (component, statistic): what FLIRT computes of the tonic and the phasic part over the last minute (`statistics`), four values a second, the parts by
 * `sudomotorKalman`. Sums and counts are over those values. Units follow the statistic: µS, µS² for the energy, 1 for shapes and counts. Quality
 * is the share of the window that can be trusted.
 */
export const edaStatistics = ({
  windowSec = 60,
  everySec = 15,
  minSec = windowSec,
  site = 'wrist',
}: Partial<EdaWindow> = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: (signal) => {
    checkEdaSignal(signal);
    return {
      name: 'eda-statistics',
      unit: 'mixed',
      axes: [
        { name: 'component', labels: ['tonic', 'phasic'] },
        { name: 'statistic', labels: statisticLabels },
      ],
      recipe: { windowSec, site, method: 'sudomotor-kalman' },
    };
  },
  open: (signal, hopSec) => {
    const nBins = windowSec * binsPerSec;
    const filter = sudomotorKalman({ sfreq: binsPerSec });
    const [tonic, phasic] = [slidingWindow(nBins), slidingWindow(nBins)];
    const bins = edaBins(signal, hopSec, { windowSec, everySec, minSec, site }, (level, broken) => {
      filter.step(level, broken === 0);
      const known = !Number.isNaN(filter.output[kalmanTonic]);
      tonic.push(known ? filter.output[kalmanTonic] : level);
      phasic.push(known ? filter.output[kalmanPhasic] : 0);
    });
    const work = new Float64Array(nBins);
    return (hop) => {
      if (!bins.push(hop)) return undefined;
      const values = new Float64Array(2 * nStatistics);
      statistics(tonic.view(), work, values.subarray(0, nStatistics));
      statistics(phasic.view(), work, values.subarray(nStatistics));
      return { tmin: hop.tmax - windowSec, values, quality: bins.valid(work) };
    };
  },
});
