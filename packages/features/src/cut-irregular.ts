import { nTimesOf, type Reporter, type Signal } from '@affect-edge/acquire';
import type { Cutter, Epoch } from './epoch.ts';
import { ROUNDING_SEC } from './grid.ts';

/** A pause longer than this, s, is a gap: no heart beats that slowly. */
const LONGEST_PAUSE_SEC = 10;

/** Samples of an irregular signal with their times, oldest first. */
interface Timed {
  readonly time: number;
  readonly values: Float64Array;
}

/**
 * Cuts one irregular signal (`sfreq` 0: beats, intervals) into epochs with `times`. An epoch is complete when a sample arrives that lies
 * behind its
 * end; epochs without a sample are given too. A pause of more than 10 s or lost samples are a gap; a sample older than the last is dropped
 * and reported.
 */
export const beatCutter = (hopSec: number, nHops: number, report: Reporter): Cutter => {
  let signal: Signal | undefined;
  let kept: Timed[] = [];
  let nextSample = 0;
  let lastTime = 0;
  let opened = 0;
  let index = Number.NEGATIVE_INFINITY;

  const epochAt = (k: number): Epoch => {
    const start = (k - nHops) * hopSec - ROUNDING_SEC;
    kept = kept.filter(({ time }) => time >= start);
    const inside = kept.filter(({ time }) => time < k * hopSec - ROUNDING_SEC);
    const nChannels = signal!.montage.channels.length;
    const data = new Float64Array(nChannels * inside.length);
    for (const [t, { values }] of inside.entries()) {
      for (let c = 0; c < nChannels; c++) data[c * inside.length + t] = values[c];
    }
    const times = Float64Array.from(inside, ({ time }) => time);
    return { signal: signal!, index: k, tmin: times[0] ?? (k - nHops) * hopSec, tmax: k * hopSec, data, times };
  };

  return (block, emit) => {
    if (nTimesOf(block) === 0) return;
    const time = block.tmin;
    const isNew = block.signal !== signal || block.firstSample !== nextSample || time > lastTime + LONGEST_PAUSE_SEC;
    if (signal !== undefined && time < lastTime) {
      report({ kind: 'dropped', stage: 'epochs', what: `late samples of ${block.signal.id}`, count: 1 });
      return;
    }
    if (isNew) {
      signal = block.signal;
      kept = [];
      // the first hop that begins at or after the first sample, and never one right after the last, so that the jump is seen
      index = Math.max(Math.ceil((time - ROUNDING_SEC) / hopSec) + 1, index + 1);
      opened = index;
    }
    for (; time >= index * hopSec - ROUNDING_SEC; index++) {
      const epoch = epochAt(index);
      if (index - opened >= nHops - 1) emit(epoch);
    }
    kept.push({ time, values: block.data.slice() });
    nextSample = block.firstSample + 1;
    lastTime = time;
  };
};
