import { type SampleClock, sampleClock } from '../clock.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { type ColumnSignal, mostHeld } from './column-signals.ts';

/** Collects rows of numbers, all columns of all signals at one instant, and gives them as blocks of a second. */
export interface RowBlocks {
  /**
   * Adds one row, (nColumns), in the file's units; it is copied. NaN is a value that is missing: its signal has a hole there. `atSec` is
   * the row's own time where the file has times, NaN where it has none.
   */
  readonly add: (row: Float64Array, atSec: number) => void;
  /** Rows that are known to be missing before the next one. */
  readonly lose: (count: number, exact: boolean) => void;
  /** The blocks that are ready, oldest first; they are forgotten here. */
  readonly take: () => SampleBlock[];
  /** No row follows: what is left becomes blocks too. */
  readonly end: () => void;
}

export interface RowLayout {
  readonly parts: readonly ColumnSignal[];
  readonly nColumns: number;
  /** Hz; the same for all signals. */
  readonly sfreq: number;
  /**
   * `counted`: row n lies at n / sfreq. `stamped`: rows have exact times, and one that comes later than it should follows on lost ones; a
   * clock that was set back is a step of the clock, and time goes on. `jittery`: times are
   * those of arrival, in bursts; they are smoothed as those of a live device, and what stays late is a loss.
   */
  readonly times: 'counted' | 'stamped' | 'jittery';
}

/** A row later than this, in samples, is not merely uneven: rows are missing before it. */
const lateSamples = 1.5;

/** A writer for the rows of a text file. State is the caller's: one per reading. */
export const rowBlocks = ({ parts, nColumns, sfreq, times }: RowLayout, report: Reporter): RowBlocks => {
  const perBlock = Math.max(1, Math.min(Math.floor(sfreq), Math.floor(mostHeld / nColumns)));
  const rows = new Float64Array(perBlock * nColumns);
  const clock: SampleClock | undefined =
    times === 'jittery' ? sampleClock({ signal: parts[0]!.signal.id, sfreq, rateTolerance: 0.02, report }) : undefined;
  const next = parts.map(() => Number.NaN); // index that follows on each signal's last sample
  let blocks: SampleBlock[] = [];
  let nRows = 0;
  let firstRow = 0; // index of the first row held
  let firstSec = 0; // and its time
  let lastSec = Number.NaN; // of the last row, where rows have times
  let setBackSec = 0; // by how much the clock of the rows was set back, so far
  let exactly = true;
  let arrived = Number.NEGATIVE_INFINITY;

  /** The value of a row in the unit of its signal. */
  const converted = ({ columns, scales, convert }: ColumnSignal, row: number, c: number): number => {
    const value = rows[row * nColumns + columns[c]!]!;
    const own = convert?.[c];
    return own === undefined ? value * scales[c]! : own(value);
  };

  const emitPart = (part: ColumnSignal, p: number, from: number, to: number, arrivedAt: number) => {
    const { signal, columns } = part;
    const n = to - from;
    const firstSample = firstRow + from;
    const tmin = firstSec + from / sfreq;
    if (firstSample > next[p]!) {
      report({ kind: 'gap', signal: signal.id, lost: firstSample - next[p]!, exact: exactly, beforeSample: firstSample, atSec: tmin });
    }
    next[p] = firstSample + n;
    const data = new Float64Array(columns.length * n);
    for (let c = 0; c < columns.length; c++) for (let t = 0; t < n; t++) data[c * n + t] = converted(part, from + t, c);
    blocks.push({ signal, firstSample, tmin, arrivedAt, data });
  };

  /** Nothing is missing; a number too large for the unit of its signal (1e308 of a larger one) is as good as missing. */
  const isWhole = (row: number, part: ColumnSignal): boolean => {
    for (let c = 0; c < part.columns.length; c++) if (!Number.isFinite(converted(part, row, c))) return false;
    return true;
  };

  const flush = () => {
    if (nRows === 0) return;
    if (clock !== undefined) {
      const placed = clock.place(nRows, lastSec);
      if (placed.firstSample !== firstRow) next.fill(Number.NaN); // the clock has told of the loss
      firstRow = placed.firstSample;
      firstSec = placed.tmin;
    }
    arrived = Math.max(arrived, firstSec + nRows / sfreq);
    parts.forEach((part, p) => {
      for (let from = 0; from < nRows; ) {
        let to = from;
        while (to < nRows && isWhole(to, part)) to++;
        if (to > from) emitPart(part, p, from, to, arrived);
        from = to + 1;
      }
    });
    firstRow += nRows;
    firstSec += nRows / sfreq;
    nRows = 0;
    exactly = true;
  };

  return {
    add: (row, stampSec) => {
      let atSec = stampSec + setBackSec;
      if (times === 'stamped' && !Number.isNaN(lastSec)) {
        const late = (atSec - lastSec) * sfreq;
        if (late < -lateSamples) {
          const bySec = atSec - lastSec - 1 / sfreq;
          report({ kind: 'clock-step', signal: parts[0]!.signal.id, bySec, atSec: lastSec });
          setBackSec -= bySec;
          atSec -= bySec;
        } else if (late > lateSamples) {
          flush();
          firstRow += Math.round(late) - 1;
          exactly = false;
        }
      }
      if (nRows === 0 && times === 'stamped') firstSec = atSec;
      lastSec = atSec;
      rows.set(row, nRows * nColumns);
      if (++nRows === perBlock) flush();
    },
    lose: (count, exact) => {
      flush();
      firstRow += count;
      if (times === 'counted') firstSec = firstRow / sfreq;
      if (clock !== undefined) clock.skip(count, exact);
      else lastSec = times === 'stamped' ? lastSec + count / sfreq : lastSec;
      exactly &&= exact;
    },
    take: () => {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    end: flush,
  };
};
