import type { SampleClock } from './clock.ts';
import type { SampleBlock, Signal } from './signal.ts';

/** Collects decoded samples and hands them out as blocks: one per unbroken run of the device's counter. */
export interface BlockWriter {
  /**
   * Adds one sample: `row` holds the channels of all signals one after the other and is copied. `counter` is the device's counter at this
   * sample, where it has one. NaN stands for "not measured yet": a signal's samples at the beginning of a run that hold one are left out.
   */
  readonly add: (row: ArrayLike<number>, counter?: number) => void;
  /** The next `count` (1 when absent) samples are known to be lost, or to be of no use: they leave a hole. For what no counter shows. */
  readonly lose: (count?: number, exact?: boolean) => void;
  /** Gives what was added since the last call. Call it at the end of each chunk that brought samples; `arrivedAt` is the chunk's, s. */
  readonly flush: (arrivedAt: number, emit: (block: SampleBlock) => void) => void;
}

/** How the counter moves from one sample to the next. */
export interface Counting {
  readonly modulus: number;
  readonly countsPerSample?: number;
}

/**
 * A writer for signals sampled together (one clock, one row per instant). Every block is freshly allocated; nothing else is, once the scratch
 * has grown to the largest chunk.
 *
 * @example
 * const out = blockWriter([eeg], sampleClock({ signal: eeg.id, sfreq: eeg.sfreq, modulus: 256, report }), { modulus: 256 });
 * out.add(row, frame[1]);  …  out.flush(chunk.arrivedAt, (block) => subscriber.next(block));
 */
export const blockWriter = (signals: readonly Signal[], clock: SampleClock, counting?: Counting): BlockWriter => {
  const widths = signals.map((signal) => signal.montage.channels.length);
  const width = widths.reduce((sum, n) => sum + n, 0);
  const step = counting?.countsPerSample ?? 1;
  let rows = new Float64Array(width * 64);
  let nRows = 0;
  const runs: { first: number; counter: number | undefined; lostBefore: number; exact: boolean }[] = [];
  let lost = 0;
  let exactly = true;
  let expected = Number.NaN;

  const firstKnown = (first: number, end: number, column: number, n: number): number => {
    for (let row = first; row < end; row++) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += rows[row * width + column + c]!;
      if (!Number.isNaN(sum)) return row;
    }
    return end;
  };

  const emitRun = (first: number, end: number, counter: number | undefined, arrivedAt: number, emit: (block: SampleBlock) => void) => {
    const nTimes = end - first;
    const { firstSample, tmin } = clock.place(nTimes, arrivedAt, counter);
    let column = 0;
    for (let s = 0; s < signals.length; s++) {
      const signal = signals[s]!;
      const from = firstKnown(first, end, column, widths[s]!);
      const n = end - from;
      const data = new Float64Array(widths[s]! * n);
      for (let c = 0; c < widths[s]!; c++, column++) {
        for (let t = 0; t < n; t++) data[c * n + t] = rows[(from + t) * width + column]!;
      }
      const lead = from - first;
      if (n > 0) emit({ signal, firstSample: firstSample + lead, tmin: tmin + lead / signal.sfreq, arrivedAt, data });
    }
  };

  return {
    add: (row, counter) => {
      if ((nRows + 1) * width > rows.length) {
        const larger = new Float64Array(2 * rows.length);
        larger.set(rows);
        rows = larger;
      }
      for (let i = 0; i < width; i++) rows[nRows * width + i] = row[i]!;
      const jumped = counting !== undefined && counter !== undefined && !(Math.abs(counter - expected) < step / 2);
      if (nRows === 0 || jumped || lost > 0) {
        runs.push({ first: nRows, counter, lostBefore: lost, exact: exactly });
        lost = 0;
        exactly = true;
      }
      if (counting !== undefined && counter !== undefined) expected = (counter + step) % counting.modulus;
      nRows++;
    },
    lose: (count = 1, exact = true) => {
      lost += count;
      exactly &&= exact;
    },
    flush: (arrivedAt, emit) => {
      for (let r = 0; r < runs.length; r++) {
        if (runs[r]!.lostBefore > 0) clock.skip(runs[r]!.lostBefore, runs[r]!.exact);
        emitRun(runs[r]!.first, runs[r + 1]?.first ?? nRows, runs[r]!.counter, arrivedAt, emit);
      }
      runs.length = 0;
      nRows = 0;
    },
  };
};
