import { nTimesOf, type SampleBlock, type Signal } from '@affect-edge/acquire';
import type { Trace } from './protocol.ts';

/** What the page draws: the most points a second that a curve on a screen needs, and steps a unit (0.01 µV, 0.0001 µS). */
const drawn: Readonly<Record<Trace['kind'], { readonly rate: number; readonly steps: number }>> = {
  eeg: { rate: 128, steps: 1e2 },
  eda: { rate: 8, steps: 1e4 },
};
const isDrawn = (kind: Signal['kind']): kind is Trace['kind'] => Object.hasOwn(drawn, kind);

/** A trace that can still grow. */
export interface GrowingTrace extends Trace {
  readonly rows: number[][];
}

/**
 * Thins one signal for the screen: means of as many samples as it takes to stay below the screen's rate, groups kept across blocks. Gives
 * undefined for kinds the page does not draw. A gap begins a new trace.
 *
 * @returns a function that takes the next block and appends to `traces`, its newest entry last.
 */
export const thinner = (signal: Signal): ((block: SampleBlock, traces: GrowingTrace[]) => void) | undefined => {
  const { kind } = signal;
  if (!isDrawn(kind) || signal.sfreq <= 0) return undefined;
  const { rate, steps } = drawn[kind];
  const nChannels = signal.montage.channels.length;
  const stride = Math.ceil(signal.sfreq / rate);
  const stepSec = stride / signal.sfreq;
  const sums = new Float64Array(nChannels);
  let count = 0;
  let groupStart = 0;
  let expected = 0;
  return (block, traces) => {
    const nTimes = nTimesOf(block);
    if (block.firstSample !== expected) count = 0;
    const broken = block.firstSample !== expected;
    expected = block.firstSample + nTimes;
    let trace = broken ? undefined : traces.at(-1);
    for (let t = 0; t < nTimes; t++) {
      if (count === 0) {
        sums.fill(0);
        groupStart = block.tmin + t / signal.sfreq;
      }
      for (let c = 0; c < nChannels; c++) sums[c] += block.data[c * nTimes + t];
      count += 1;
      if (count < stride) continue;
      count = 0;
      if (trace === undefined) {
        const { id, unit, montage } = signal;
        const fromSec = groupStart + (stepSec - 1 / signal.sfreq) / 2;
        trace = {
          signal: id,
          kind,
          unit,
          channels: montage.channels,
          fromSec,
          stepSec,
          rows: montage.channels.map(() => []),
        };
        traces.push(trace);
      }
      for (let c = 0; c < nChannels; c++) trace.rows[c].push(Math.round((sums[c] / stride) * steps) / steps);
    }
  };
};

/** Time just after a trace's last sample, s. */
export const endOf = (trace: Trace): number => trace.fromSec + trace.rows[0].length * trace.stepSec;

/** Drops what ended more than `keepSec` before `nowSec`, sample by sample. */
export const trim = (traces: GrowingTrace[], nowSec: number, keepSec: number): void => {
  while (traces.length > 0 && endOf(traces[0]) < nowSec - keepSec) traces.shift();
  const first = traces[0];
  if (first === undefined) return;
  const surplus = Math.floor((nowSec - keepSec - first.fromSec) / first.stepSec);
  if (surplus <= 0) return;
  traces[0] = { ...first, fromSec: first.fromSec + surplus * first.stepSec, rows: first.rows.map((row) => row.slice(surplus)) };
};

/** One list without needless seams: a trace that goes on where the last one ended becomes part of it. */
export const joined = (traces: readonly Trace[]): GrowingTrace[] => {
  const out: GrowingTrace[] = [];
  for (const trace of traces) {
    const last = out.at(-1);
    if (last !== undefined && last.signal === trace.signal && Math.abs(endOf(last) - trace.fromSec) < trace.stepSec / 2) {
      trace.rows.forEach((row, c) => {
        for (const value of row) last.rows[c].push(value);
      });
    } else out.push({ ...trace, rows: trace.rows.map((row) => [...row]) });
  }
  return out;
};
