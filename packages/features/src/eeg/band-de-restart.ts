import { type Band, bandsText, RBTRANSFORMER_CODE_BANDS } from '../bands.ts';
import { FeatureError } from '../errors.ts';
import type { Extracted, Feature } from '../feature.ts';
import { wholeHops } from '../grid.ts';
import { bandpassCoefficients } from '../kernels/bandpass-sums.ts';
import { checkEdges } from '../kernels/butterworth.ts';
import { channelFault } from '../kernels/channel-fault.ts';
import { ENTROPY_UNITS, type LogBase } from '../kernels/differential-entropy.ts';
import { type BaselineMethod, type RestartRecipe, restartDe, type ZScore } from '../kernels/restart-de.ts';
import { sampleWindow } from '../kernels/sample-window.ts';
import { VARIANCE_FLOOR } from './band-de.ts';

export interface BandDeRestartOptions {
  /** Those of RBTransformer's code when absent. */
  readonly bands?: readonly Band[];
  /** 4 s when absent (512 samples at 128 Hz); a whole multiple of the hop. */
  readonly windowSec?: number;
  /** Order of the Butterworth prototype; 5 when absent. */
  readonly order?: number;
  /** 2 (bits) when absent. */
  readonly logBase?: LogBase;
  /** What the number of samples is reduced by in the variance; 0 when absent. */
  readonly ddof?: 0 | 1;
  /** `global` when absent: RBTransformer's code. Its paper says `per-channel`; torcheeg does `none`. */
  readonly zScore?: ZScore;
  /** Subtracted from every window: (nChannels, nBands), made by `baselineDe` with the same recipe. None when absent. */
  readonly baseline?: { readonly method: BaselineMethod; readonly values: Float64Array };
}

/** The numbers of a restart recipe at one sampling frequency, for `restartDe` and `baselineDe`. */
export const restartRecipe = (options: BandDeRestartOptions, sfreq: number): RestartRecipe => {
  const { bands = RBTRANSFORMER_CODE_BANDS, order = 5, logBase = 2, ddof = 0, zScore = 'global' } = options;
  const filters = bands.map(({ fmin, fmax }) => bandpassCoefficients(order, fmin, fmax, sfreq));
  return { filters, zScore, ddof, logBase, varianceFloor: VARIANCE_FLOOR };
};

/**
 * Differential entropy of each window by itself, as torcheeg and RBTransformer compute it: axes (channel, band). Only for parity with
 * models trained that way:
 * the filters start from rest in every window, which lowers the values (theta by 0.3 bit in a window of 1 s), and every overlap is
 * filtered again.
 *
 * A flat channel gives the entropy of the floor. Quality: the share of channels neither flat nor railed. Throws
 * `FeatureError`: `bad-signal` where a band
 * does not fit below half the sampling frequency, `bad-option` where the window is no whole number of hops or the baseline has another shape.
 */
export const bandDeRestart = (options: BandDeRestartOptions = {}): Feature<'eeg'> => {
  const { bands = RBTRANSFORMER_CODE_BANDS, windowSec = 4, order = 5, logBase = 2, ddof = 0, zScore = 'global', baseline } = options;
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
          state: 'restart',
          initial: 'zero',
          windowSec,
          ddof,
          logBase,
          varianceFloor: VARIANCE_FLOOR,
          zScore,
          baseline: baseline?.method ?? 'none',
        },
      };
    },
    open: (signal, hopSec) => {
      const nChannels = signal.montage.channels.length;
      const recipe = restartRecipe(options, signal.sfreq);
      const window = sampleWindow(nChannels, wholeHops(windowSec, hopSec, 'band-de'));
      const nValues = nChannels * bands.length;
      if (baseline && baseline.values.length !== nValues) {
        throw new FeatureError(
          'bad-option',
          `The baseline of band-de must hold ${nValues} values (${nChannels} channels × ${bands.length} bands), got ${baseline.values.length}. Make it from the same montage.`,
        );
      }
      return (hop): Extracted | undefined => {
        const data = window(hop.data);
        if (!data) return undefined;
        const values = restartDe(data, nChannels, recipe);
        if (baseline) for (let i = 0; i < nValues; i++) values[i] -= baseline.values[i];
        const nTimes = data.length / nChannels;
        let nGood = 0;
        for (let c = 0; c < nChannels; c++) if (channelFault(data, c * nTimes, nTimes) === 'none') nGood++;
        return { tmin: hop.tmax - windowSec, values, quality: nGood / nChannels };
      };
    },
  };
};
