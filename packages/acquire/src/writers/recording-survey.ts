import type { Recording } from '../files/recording.ts';
import { ignoreReports, type Reporter } from '../report.ts';
import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';

/** Consecutive samples that are missing, counted from the signal's first one. */
export interface Hole {
  readonly first: number;
  readonly count: number;
}

/** A sample of an irregular signal. */
export interface Event {
  readonly atSec: number;
  /** (nChannels) */
  readonly values: readonly number[];
}

/** What a signal holds, found by reading it through. Indices are `firstSample` counted from the signal's first sample. */
export interface SignalSurvey {
  readonly signal: Signal;
  /** Samples that are there. */
  readonly nSamples: number;
  /** Samples from the first to the last, holes counted in. */
  readonly span: number;
  /** Where counting begins: `firstSample` of the first block. */
  readonly origin: number;
  /** Time of the first and of the last sample, s. */
  readonly firstSec: number;
  readonly lastSec: number;
  readonly holes: readonly Hole[];
  /** (nChannels) each, of the finite samples: extremes and the first one. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly first: Float64Array;
  /** (nChannels): the step of the converter whose readings these are; 0 where values lie on no grid, infinite where they never change. */
  readonly step: Float64Array;
  /** Values that are not finite. */
  readonly nNotFinite: number;
  /** Pairs of index and time, s, at most 4,096 of them, in order: how the signal's own clock ran. */
  readonly knots: readonly (readonly [index: number, sec: number])[];
  /** The samples of an irregular signal; undefined for a regular one, and for one that has too many to be events. */
  readonly events?: readonly Event[];
}

const mostKnots = 4096;
const mostEvents = 100_000;
/** Changes from sample to sample that must be whole multiples of the smallest of all for it to be a converter's step, and how nearly. */
const nChanges = 64;
const nearlyWhole = 0.02;

/**
 * Reads a recording through once: ranges, holes and clocks of its signals, in the order of `recording.signals`, those without a sample left out.
 * Memory grows with the holes and not with the samples. `seen` hears the time of every block. Throws what reading throws.
 */
export const surveyRecording = async (
  recording: Recording,
  seen: (block: SampleBlock) => void = () => {},
  report: Reporter = ignoreReports,
): Promise<readonly SignalSurvey[]> => {
  const tracks = new Map<Signal, ReturnType<typeof track>>();
  for await (const block of recording.blocks(report)) {
    let one = tracks.get(block.signal);
    if (one === undefined) {
      one = track(block);
      tracks.set(block.signal, one);
    }
    one.see(block);
    seen(block);
  }
  return recording.signals.flatMap((signal) => tracks.get(signal)?.end() ?? []);
};

const track = (begin: SampleBlock) => {
  const { signal, firstSample: origin, tmin: firstSec } = begin;
  const nChannels = signal.montage.channels.length;
  const min = new Float64Array(nChannels).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(nChannels).fill(Number.NEGATIVE_INFINITY);
  const step = new Float64Array(nChannels).fill(Number.POSITIVE_INFINITY);
  const changes = Array.from({ length: nChannels }, (): number[] => []);
  const first = new Float64Array(nChannels).fill(Number.NaN);
  const holes: Hole[] = [];
  let knots: [number, number][] = [];
  let spacingSec = 10;
  let events: Event[] | undefined = signal.sfreq === 0 ? [] : undefined;
  let nSamples = 0;
  let nNotFinite = 0;
  let next = 0;
  let lastSec = firstSec;

  const knot = (index: number, sec: number) => {
    knots.push([index, sec]);
    if (knots.length < mostKnots) return;
    knots = knots.filter((_, k) => k % 2 === 0);
    spacingSec *= 2;
  };
  return {
    see: (block: SampleBlock): void => {
      const { tmin, data } = block;
      const nTimes = nTimesOf(block);
      if (nTimes === 0) return;
      const index = block.firstSample - origin;
      if (index > next) holes.push({ first: next, count: index - next });
      if (knots.length === 0 || index > next || tmin - knots.at(-1)![1] >= spacingSec) knot(index, tmin);
      next = Math.max(next, index + nTimes);
      lastSec = Math.max(lastSec, signal.sfreq > 0 ? tmin + (nTimes - 1) / signal.sfreq : tmin);
      nSamples += nTimes;
      for (let c = 0; c < nChannels; c++) nNotFinite += extend(data, c * nTimes, nTimes, c, min, max, step, first, changes[c]!);
      if (events === undefined) return;
      for (let t = 0; t < nTimes; t++)
        events.push({ atSec: tmin, values: Array.from({ length: nChannels }, (_, c) => data[c * nTimes + t]!) });
      if (events.length > mostEvents) events = undefined;
    },
    end: (): SignalSurvey => ({
      signal,
      nSamples,
      span: next,
      origin,
      firstSec,
      lastSec,
      holes,
      min,
      max,
      first,
      step: step.map((least, c) => (changes[c]!.every((change) => isMultiple(change, least)) ? least : 0)),
      nNotFinite,
      knots,
      ...(events !== undefined && { events }),
    }),
  };
};

/** Takes one channel of a block into its extremes; gives how many of its values are not finite. */
const extend = (
  data: Float64Array,
  from: number,
  nTimes: number,
  c: number,
  min: Float64Array,
  max: Float64Array,
  step: Float64Array,
  first: Float64Array,
  changes: number[],
): number => {
  let low = min[c]!;
  let high = max[c]!;
  let least = step[c]!;
  let before = Number.NaN;
  let nNotFinite = 0;
  for (let i = from; i < from + nTimes; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) {
      nNotFinite++;
      continue;
    }
    if (value < low) low = value;
    if (value > high) high = value;
    const moved = Math.abs(value - before);
    if (moved > 0) {
      if (moved < least) least = moved;
      if (changes.length < nChanges) changes.push(moved);
    }
    before = value;
    if (Number.isNaN(first[c]!)) first[c] = value;
  }
  min[c] = low;
  max[c] = high;
  step[c] = least;
  return nNotFinite;
};

const isMultiple = (change: number, step: number): boolean => Math.abs(change / step - Math.round(change / step)) < nearlyWhole;
