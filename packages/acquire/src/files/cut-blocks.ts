import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';

/** Which part of a recording, and how often. */
export interface Cut {
  /** Session time of the first sample that is played, s; the beginning when absent. */
  readonly fromSec?: number;
  /** Session time before which the last sample lies, s; the end when absent. */
  readonly toSec?: number;
  /** How many times in all; once when absent, `Infinity` until somebody stops it. */
  readonly times?: number;
}

/** How much later than its last sample a block may arrive, s: a radio link catches up after a stall. */
const mostLateSec = 30;

/** The samples with times in [fromSec, toSec), blocks cut where that is needed. Reads no further than it must. */
export async function* cutBlocks(
  blocks: AsyncIterable<SampleBlock>,
  { fromSec = Number.NEGATIVE_INFINITY, toSec = Number.POSITIVE_INFINITY }: Cut,
): AsyncGenerator<SampleBlock, void> {
  for await (const block of blocks) {
    if (block.arrivedAt > toSec + mostLateSec) return;
    const { signal, tmin, data } = block;
    const nTimes = nTimesOf(block);
    const before = (sec: number): number =>
      signal.sfreq > 0 ? Math.min(nTimes, Math.max(0, Math.ceil((sec - tmin) * signal.sfreq - 1e-6))) : tmin < sec ? nTimes : 0;
    const first = before(fromSec);
    const end = before(toSec);
    if (first === 0 && end === nTimes) yield block;
    else if (end > first) {
      const n = end - first;
      const kept = new Float64Array(signal.montage.channels.length * n);
      signal.montage.channels.forEach((_, c) => {
        kept.set(data.subarray(c * nTimes + first, c * nTimes + end), c * n);
      });
      yield { ...block, firstSample: block.firstSample + first, tmin: tmin + first / signal.sfreq, data: kept };
    }
  }
}

/**
 * Blocks over and over, `times` in all: each turn lies a whole number of seconds behind the one before, at least a second behind its end. That hole is
 * what keeps anything from being computed across the seam, and the whole seconds give every turn the same place on the grid. Ends at once where there are
 * no blocks.
 */
export async function* repeatedBlocks(blocks: () => AsyncIterable<SampleBlock>, times: number): AsyncGenerator<SampleBlock, void> {
  let turnSec = 0; // how far the turns lie apart
  const spans = new Map<Signal, { readonly first: number; readonly end: number }>(); // of the first turn, samples
  for (let turn = 0; turn < times; turn++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for await (const block of blocks()) {
      const { signal, tmin, arrivedAt, firstSample } = block;
      least = Math.min(least, tmin);
      most = Math.max(most, arrivedAt, tmin + (signal.sfreq > 0 ? nTimesOf(block) / signal.sfreq : 0));
      const { first, end } = spans.get(signal) ?? { first: firstSample, end: firstSample };
      if (turn === 0) spans.set(signal, { first, end: firstSample + nTimesOf(block) });
      const shiftSec = turn * turnSec;
      const atLeast = turn * (end - first + Math.floor(signal.sfreq)); // a device may send more samples than its rate promises
      const shiftSamples = signal.sfreq > 0 ? Math.max(Math.round(shiftSec * signal.sfreq), atLeast) : turn * 2 ** 32;
      yield turn === 0
        ? block
        : { ...block, firstSample: firstSample + shiftSamples, tmin: tmin + shiftSec, arrivedAt: arrivedAt + shiftSec };
    }
    if (most < least) return;
    if (turn === 0) turnSec = turnLengthSec(least, most);
  }
}

/** How far two turns lie apart, s, where a turn reaches from `fromSec` to `toSec`. */
export const turnLengthSec = (fromSec: number, toSec: number): number => Math.ceil(toSec - fromSec - 1e-6) + 1;
