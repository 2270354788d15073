import type { Reporter, SampleBlock, Signal } from '@affect-edge/acquire';
import { ignoreReports } from '@affect-edge/acquire';
import { Observable, type OperatorFunction } from 'rxjs';
import { beatCutter } from './cut-irregular.ts';
import { hopCutter } from './cut-regular.ts';
import { FeatureError } from './errors.ts';
import { wholeHops } from './grid.ts';

/**
 * A stretch of one signal that ends on the common grid: epoch k ends at `k · hopSec` of session time, for every signal alike, whatever its
 * rate, and uses nothing later. No epoch is made across a gap: the first whole one after it follows, and the jump of `index` tells every
 * stage
 * behind that the signal was interrupted.
 */
export interface Epoch<S extends Signal = Signal> {
  readonly signal: S;
  readonly index: number;
  /** Session time of the first sample, s; of the start of the stretch where it holds no sample. */
  readonly tmin: number;
  /** Session time of the epoch's end, `index · hopSec`, s. */
  readonly tmax: number;
  /**
   * (nChannels, nTimes), row-major, in `signal.unit`. `nTimes` differs from epoch to epoch where `sfreq · hopSec` is not whole (7, 8, 7,
   * 8) or the
   * clock is corrected, and is 0 where the hop is shorter than a sample.
   */
  readonly data: Float64Array;
  /** Session time of every sample, s; only for irregular signals (`sfreq` 0), whose samples cannot be placed otherwise. */
  readonly times?: Float64Array;
}

/** Gives the epochs that a block completes, in order. */
export type Cutter = (block: SampleBlock, emit: (epoch: Epoch) => void) => void;

export interface EpochOptions {
  /** Distance between two epochs, s. */
  readonly hopSec: number;
  /** Length of an epoch, s, a whole multiple of `hopSec`; one hop when absent, which is what features expect. */
  readonly windowSec?: number;
}

/**
 * Cuts every signal that comes through at the common grid `k · hopSec`.
 *
 * The first hop, which is partial, is discarded, and so is one that a gap breaks. Samples that were seen before (late or doubled) are
 * dropped and reported. A
 * clock correction below half a sample moves no sample to another epoch; a step of more than a hop counts as a gap. However the samples
 * are cut
 * into blocks, the epochs are identical. State: one hop (and the window) for each signal id, local to the subscription.
 *
 * Throws `FeatureError('bad-option')` where `windowSec` is no whole multiple of `hopSec`.
 */
export const epochs = (options: EpochOptions, report: Reporter = ignoreReports): OperatorFunction<SampleBlock, Epoch> => {
  const { hopSec, windowSec = hopSec } = options;
  if (!(hopSec > 0)) throw new FeatureError('bad-option', `hopSec must be a time above 0 s, got ${hopSec}.`);
  const nHops = wholeHops(windowSec, hopSec, 'epochs');
  return (blocks$) =>
    new Observable((subscriber) => {
      const cutters = new Map<string, Cutter>();
      return blocks$.subscribe({
        next: (block) => {
          let cut = cutters.get(block.signal.id);
          if (!cut) {
            cut = block.signal.sfreq > 0 ? hopCutter(hopSec, nHops, report) : beatCutter(hopSec, nHops, report);
            cutters.set(block.signal.id, cut);
          }
          cut(block, (epoch) => subscriber.next(epoch));
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
};
