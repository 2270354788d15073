import type { Feature } from '../feature.ts';
import type { EdaSite } from '../kernels/eda-rules.ts';
import { edaSpectrum, spectrumSfreq, tvsymp } from '../kernels/eda-spectrum.ts';
import { scrDetector } from '../kernels/scr-detector.ts';
import { slidingWindow } from '../kernels/sliding-window.ts';
import { kalmanBurst, kalmanPhasic, kalmanTonic, sudomotorKalman } from '../kernels/sudomotor-kalman.ts';
import { binsPerSec, checkEdaSignal, type EdaWindow, edaBins } from './bins.ts';
import { type EdaTableInput, edaTable } from './table.ts';

/** Smallest response that counts, µS: the usual palmar criterion, and a fifth of it where conductance is several times lower. */
export const minScrMicrosiemens: Readonly<Record<EdaSite, number>> = { palm: 0.05, wrist: 0.01 };

/**
 * The features of skin conductance an analyst expects, over the last minute by default; names, units and meaning in `edaTable`. The values have
 * several units: `spec.unit` is `mixed` and the recipe names the unit of each label.
 *
 * Everything incremental (bins of a quarter second, tonic and phasic by `sudomotorKalman`, responses by `scrDetector` on the conductance itself)
 * happens as samples arrive; `everySec` only decides how often the table is read off. A feature that does not exist in a window (the mean
 * amplitude of no responses) is 0. Quality is the share of the window that can be trusted.
 */
export const edaFeatures = ({
  windowSec = 60,
  everySec = 5,
  minSec = windowSec,
  site = 'wrist',
}: Partial<EdaWindow> = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: (signal) => {
    checkEdaSignal(signal);
    return {
      name: 'eda-features',
      unit: 'mixed',
      axes: [{ name: 'feature', labels: edaTable.map(({ label }) => label) }],
      recipe: {
        windowSec,
        site,
        method: 'sudomotor-kalman',
        spectrumWindowSec: 64,
        minScrMicrosiemens: minScrMicrosiemens[site],
        ...Object.fromEntries(edaTable.map(({ label, unit }) => [`unit of ${label}`, unit])),
      },
    };
  },
  open: (signal, hopSec) => {
    const nBins = windowSec * binsPerSec;
    const filter = sudomotorKalman({ sfreq: binsPerSec });
    const detector = scrDetector({ sfreq: binsPerSec, minAmplitudeMicrosiemens: minScrMicrosiemens[site] });
    const spectrum = edaSpectrum();
    const sympathetic = tvsymp();
    const [tonic, phasic, burst, index] = [nBins, nBins, nBins, nBins].map(slidingWindow);
    let count = 0;
    const half = new Float64Array(1);
    const believed = Float64Array.of(Number.NaN);
    const bins = edaBins(signal, hopSec, { windowSec, everySec, minSec, site }, (level, broken) => {
      filter.step(level, broken === 0);
      detector.step(broken === 0 ? level : Number.NaN);
      const known = !Number.isNaN(filter.output[kalmanTonic]);
      tonic.push(known ? filter.output[kalmanTonic] : level);
      phasic.push(known ? filter.output[kalmanPhasic] : 0);
      burst.push(known ? filter.output[kalmanBurst] : 0);
      // The spectrum's slow filters ring for ten minutes after the step of putting a sensor on: they begin with, and hold, what can be believed.
      if (broken === 0) believed[0] = level;
      // Pairs of bins make the half seconds of the spectrum.
      if (!Number.isNaN(believed[0])) {
        half[0] += believed[0] / binsPerSpectrum;
        if (++count % binsPerSpectrum === 0) {
          spectrum.step(half[0]);
          sympathetic.step(half[0]);
          half[0] = 0;
        }
      }
      index.push(sympathetic.output[1]);
    });
    const valid = new Float64Array(nBins);
    return (hop) => {
      if (!bins.push(hop)) return undefined;
      const quality = bins.valid(valid);
      const input: EdaTableInput = {
        windowSec,
        microsiemens: bins.microsiemens(),
        tonic: tonic.view(),
        phasic: phasic.view(),
        burst: burst.view(),
        responses: detector.responses(detector.nowSec() - windowSec),
        spectrum: spectrum.read(),
        tvsymp: index.view(),
      };
      const values = new Float64Array(edaTable.length);
      for (let i = 0; i < values.length; i++) values[i] = edaTable[i].of(input);
      return { tmin: hop.tmax - windowSec, values, quality };
    };
  },
});

const binsPerSpectrum = binsPerSec / spectrumSfreq;
