import type { EegSignal } from '@affect-edge/acquire';
import { type Band, bandsText, RBTRANSFORMER_CODE_BANDS } from '../bands.ts';
import type { Epoch } from '../epoch.ts';
import type { Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { type BandpassCoefficients, bandpassCoefficients, bandpassSums, settleBandpass } from '../kernels/bandpass-sums.ts';
import { checkEdges } from '../kernels/butterworth.ts';
import { channelFault } from '../kernels/channel-fault.ts';
import { differentialEntropy, ENTROPY_UNITS, type LogBase } from '../kernels/differential-entropy.ts';
import { slidingSums } from '../kernels/sliding-sums.ts';

export interface BandDeOptions {
  /** Those of RBTransformer's code when absent. */
  readonly bands?: readonly Band[];
  /** 2 s when absent; a whole multiple of the hop. */
  readonly windowSec?: number;
  /** Order of the Butterworth prototype; 5 when absent. */
  readonly order?: number;
  /** 2 (bits) when absent. */
  readonly logBase?: LogBase;
  /** What the number of samples is reduced by in the variance; 0 when absent. */
  readonly ddof?: 0 | 1;
  /**
   * How the filters start. `steady` (when absent): as if the first sample had been there for ever, so that an electrode's offset of tens
   * of millivolts
   * makes no transient. `zero`: at rest.
   */
  readonly initial?: 'steady' | 'zero';
}

/** Variances below this, µV² (0.1 nV rms), are told as this, so that a flat channel gives a number: -11.24 bit. */
export const VARIANCE_FLOOR = 1e-8;

/** Reads `key` of the first sample's channel for every filter: one settled state a channel and band. */
const settled = (hop: Epoch<EegSignal>, nChannels: number, nBands: number, order: number): Float64Array => {
  const state = new Float64Array(nChannels * nBands * 2 * order);
  const nTimes = hop.data.length / nChannels;
  for (let c = 0; c < nChannels; c++) {
    for (let b = 0; b < nBands; b++) settleBandpass(state, (c * nBands + b) * 2 * order, order, hop.data[c * nTimes]);
  }
  return state;
};

/**
 * Differential entropy of every channel in every band, streaming: axes (channel, band), in bits or nats of µV.
 *
 * Each channel runs through one causal Butterworth band-pass a band whose state is never reset while the signal goes on; the variance over
 * the window is
 * made of sums a hop. So the cost a sample depends on neither the window nor the overlap, and there is no start-up transient inside a
 * window (which
 * lowers torcheeg's values by up to 0.3 bit: `bandDeRestart` is that recipe). The first window holds the filter's start; 1 % is
 * left of it after 0.9 s (theta at order 5), so it is given.
 *
 * A flat channel gives the entropy of the floor, `VARIANCE_FLOOR`. Quality: the share of channels that were neither flat nor railed in any
 * hop of the window.
 * Throws `FeatureError`: `bad-signal` where a band does not fit below half the sampling frequency, `bad-option` where the window is no whole number of hops.
 */
export const bandDe = (options: BandDeOptions = {}): Feature<'eeg'> => {
  const { bands = RBTRANSFORMER_CODE_BANDS, windowSec = 2, order = 5, logBase = 2, ddof = 0, initial = 'steady' } = options;
  const nBands = bands.length;
  const designs = new Map<number, BandpassCoefficients[]>();
  const designFor = (sfreq: number): BandpassCoefficients[] => {
    const design = designs.get(sfreq) ?? bands.map(({ fmin, fmax }) => bandpassCoefficients(order, fmin, fmax, sfreq));
    designs.set(sfreq, design);
    return design;
  };

  return {
    kind: 'eeg',
    describe: (signal) => {
      for (const { fmin, fmax } of bands) checkEdges('bandpass', [fmin, fmax], signal.sfreq);
      return {
        name: 'band-de',
        unit: ENTROPY_UNITS[logBase],
        axes: [
          { name: 'channel', labels: signal.montage.channels },
          { name: 'band', labels: bands.map(({ name }) => name) },
        ],
        recipe: {
          bands: bandsText(bands),
          filter: 'butterworth',
          order,
          state: 'continuous',
          initial,
          windowSec,
          ddof,
          logBase,
          varianceFloor: VARIANCE_FLOOR,
        },
      };
    },
    open: (signal, hopSec) => {
      const design = designFor(signal.sfreq);
      const nChannels = signal.montage.channels.length;
      const nFeatures = nChannels * nBands;
      // a row: sum and sum of squares of every feature, a fault for every channel, the number of samples
      const row = new Float64Array(2 * nFeatures + nChannels + 1);
      const windowSums = slidingSums(row.length, wholeHops(windowSec, hopSec, 'band-de'));
      let state: Float64Array | undefined;

      return (hop): Extracted | undefined => {
        const { data } = hop;
        const nTimes = data.length / nChannels;
        if (!state && nTimes > 0) {
          state = initial === 'steady' ? settled(hop, nChannels, nBands, order) : new Float64Array(nFeatures * 2 * order);
        }
        for (let c = 0; c < nChannels; c++) {
          for (let b = 0; b < nBands; b++) {
            const f = c * nBands + b;
            if (state) bandpassSums(design[b], state, f * 2 * order, data, c * nTimes, nTimes, row, 2 * f);
          }
          row[2 * nFeatures + c] = channelFault(data, c * nTimes, nTimes) === 'none' ? 0 : 1;
        }
        row[row.length - 1] = nTimes;
        const sums = windowSums(row);
        if (!sums) return undefined;

        const values = new Float64Array(nFeatures);
        const n = sums[row.length - 1];
        for (let f = 0; f < nFeatures; f++) {
          const variance = (sums[2 * f + 1] - (sums[2 * f] * sums[2 * f]) / n) / (n - ddof);
          values[f] = differentialEntropy(Math.max(variance, VARIANCE_FLOOR), logBase);
        }
        let nGood = 0;
        for (let c = 0; c < nChannels; c++) if (sums[2 * nFeatures + c] === 0) nGood++;
        return { tmin: hop.tmax - windowSec, values, quality: nGood / nChannels };
      };
    },
  };
};
