import { nTimesOf, type Reporter, type SampleBlock, type Signal } from '@affect-edge/acquire';
import type { Cutter, Epoch } from './epoch.ts';
import { type SampleGrid, sampleGrid } from './grid.ts';

/** The hop being filled: samples `start` to `end` (exclusive), fixed when it is opened. */
interface OpenHop {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly tmin: number;
  readonly data: Float64Array;
}

/** Lays the hops of a window side by side: the concatenation along time, channel by channel. */
const joined = (hops: readonly Epoch[]): Epoch => {
  const last = hops[hops.length - 1];
  const nChannels = last.signal.montage.channels.length;
  const nTimes = hops.reduce((sum, hop) => sum + hop.data.length / nChannels, 0);
  const data = new Float64Array(nChannels * nTimes);
  let at = 0;
  for (const hop of hops) {
    const n = hop.data.length / nChannels;
    for (let c = 0; c < nChannels; c++) data.set(hop.data.subarray(c * n, (c + 1) * n), c * nTimes + at);
    at += n;
  }
  return { signal: last.signal, index: last.index, tmin: hops[0].tmin, tmax: last.tmax, data };
};

/** Keeps the last `nHops` hops and gives the window they make once there are that many without a jump. */
const windower = (nHops: number): ((hop: Epoch) => Epoch | undefined) => {
  if (nHops === 1) return (hop) => hop;
  const hops: Epoch[] = [];
  return (hop) => {
    if (hops.length > 0 && hop.index !== hops[hops.length - 1].index + 1) hops.length = 0;
    hops.push(hop);
    if (hops.length > nHops) hops.shift();
    return hops.length === nHops ? joined(hops) : undefined;
  };
};

/** Cuts one regular signal (`sfreq` > 0) into epochs; see `epochs` for what it does about gaps, late samples and clock corrections. */
export const hopCutter = (hopSec: number, nHops: number, report: Reporter): Cutter => {
  let signal: Signal | undefined;
  let grid: SampleGrid;
  let nextSample = 0;
  let lastIndex = Number.NEGATIVE_INFINITY;
  let hop: OpenHop;
  let window = windower(nHops);

  const open = (index: number, start: number): OpenHop => {
    const end = Math.max(start, grid.firstSampleOf(index));
    const data = new Float64Array((end - start) * signal!.montage.channels.length);
    const tmin = end > start ? grid.timeOf(start) : (index - 1) * hopSec;
    return { index, start, end, tmin, data };
  };

  /** Starts afresh at a block: the first hop with no sample missing, and never one right after the last, so that the jump is seen. */
  const restart = (block: SampleBlock) => {
    signal = block.signal;
    grid = sampleGrid(signal.sfreq, hopSec, block.firstSample, block.tmin);
    nextSample = block.firstSample;
    window = windower(nHops);
    let index = Math.max(Math.floor(block.tmin / hopSec), lastIndex + 2);
    // a hop that holds no sample before the first one either says nothing: begin with one that holds some
    while (grid.firstSampleOf(index - 1) < nextSample || grid.firstSampleOf(index) <= nextSample) index++;
    hop = open(index, grid.firstSampleOf(index - 1));
  };

  /** How many samples at the block's start are to be left out because they came before. */
  const lateSamples = (block: SampleBlock, nTimes: number): number => {
    const late = nextSample - block.firstSample;
    // a count that fell back while time went on is a source that began anew
    if (block.signal !== signal || late < 0 || (late > 0 && block.tmin >= grid.timeOf(nextSample))) {
      restart(block);
      return 0;
    }
    if (late === 0) {
      if (Math.abs(grid.follow(block.firstSample, block.tmin)) > hopSec) restart(block);
      return 0;
    }
    const dropped = Math.min(late, nTimes);
    report({ kind: 'dropped', stage: 'epochs', what: `late samples of ${signal.id}`, count: dropped });
    return dropped;
  };

  return (block, emit) => {
    const nTimes = nTimesOf(block);
    if (nTimes === 0) return;
    if (!signal) restart(block);
    const nChannels = block.signal.montage.channels.length;
    let at = lateSamples(block, nTimes);
    while (at < nTimes) {
      const take = Math.min(nTimes - at, Math.max(nextSample < hop.start ? hop.start - nextSample : hop.end - nextSample, 0));
      if (nextSample >= hop.start && take > 0) {
        const width = hop.end - hop.start;
        const offset = nextSample - hop.start;
        for (let c = 0; c < nChannels; c++) {
          hop.data.set(block.data.subarray(c * nTimes + at, c * nTimes + at + take), c * width + offset);
        }
      }
      at += take;
      nextSample += take;
      // an empty hop closes together with the one before it
      while (nextSample >= hop.end) {
        const epoch = window({ signal: block.signal, index: hop.index, tmin: hop.tmin, tmax: hop.index * hopSec, data: hop.data });
        lastIndex = hop.index;
        hop = open(hop.index + 1, hop.end);
        if (epoch) emit(epoch);
      }
    }
  };
};
