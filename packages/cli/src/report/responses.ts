import { nTimesOf, type SampleBlock, type Signal } from '@affect-edge/acquire';
import { type EdaSite, edaLimits, minScrMicrosiemens, scrDetector } from '@affect-edge/features';

/** A skin conductance response of the session. */
export interface Response {
  readonly onsetSec: number;
  readonly peakSec: number;
  readonly amplitudeMicrosiemens: number;
}

/** What is drawn and written one by one; beyond that only counted. */
const mostKept = 5000;
const binsPerSec = 4;

/**
 * The responses in a signal of skin conductance, found in means of a quarter second by `scrDetector` with the site's smallest amplitude. A gap, and
 * conductance no skin has, ends whatever was going on.
 */
export const responses = (signal: Signal, site: EdaSite) => {
  const { floorMicrosiemens, ceilingMicrosiemens } = edaLimits[site];
  const perBin = Math.max(1, Math.round(signal.sfreq / binsPerSec));
  const binSec = perBin / signal.sfreq;
  const detector = scrDetector({ sfreq: 1 / binSec, minAmplitudeMicrosiemens: minScrMicrosiemens[site] });
  const found: Response[] = [];
  let count = 0;
  let newestPeakSec = Number.NEGATIVE_INFINITY; // on the detector's axis
  let zeroSec = Number.NaN; // session time of the detector's first bin
  let expected = Number.NaN;
  let [sum, n] = [0, 0];

  const look = (): void => {
    for (const { onsetSec, peakSec, amplitude } of detector.responses(newestPeakSec + binSec / 2)) {
      newestPeakSec = peakSec;
      count += 1;
      if (found.length >= mostKept) continue;
      const at = (sec: number): number => Number((zeroSec + sec).toFixed(2));
      found.push({ onsetSec: at(onsetSec), peakSec: at(peakSec), amplitudeMicrosiemens: Number(amplitude.toFixed(4)) });
    }
  };
  return {
    add: (block: SampleBlock): void => {
      const nTimes = nTimesOf(block);
      if (block.firstSample !== expected) {
        if (!Number.isNaN(expected)) detector.step(Number.NaN);
        [sum, n] = [0, 0];
        zeroSec = block.tmin - detector.nowSec();
      }
      expected = block.firstSample + nTimes;
      for (let t = 0; t < nTimes; t++) {
        sum += block.data[t];
        if (++n < perBin) continue;
        const mean = sum / n;
        detector.step(mean < floorMicrosiemens || mean > ceilingMicrosiemens ? Number.NaN : mean);
        [sum, n] = [0, 0];
      }
      look();
    },
    read: () => ({ count, found, smallestMicrosiemens: minScrMicrosiemens[site] }),
  };
};
