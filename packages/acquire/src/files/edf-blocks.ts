import type { EdfHeader } from '../codecs/edf.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { type ColumnSignal, mostHeld } from './column-signals.ts';
import type { EdfGap } from './edf-marks.ts';

/** Turns records into blocks of a second at most. */
export interface EdfBlocks {
  /** Takes a whole record; `onset` is when it begins, s from the start in the header, where it says so itself (EDF+D). */
  readonly add: (record: Uint8Array, onset: number | undefined) => void;
  readonly take: () => SampleBlock[];
  readonly end: () => void;
}

/** Decodes records one after the other: several short ones to a block, a long one to several. Holds as many as last a second, or one. */
export const edfBlocks = (header: EdfHeader, parts: readonly ColumnSignal[], gaps: readonly EdfGap[], report: Reporter): EdfBlocks => {
  const { recordSec } = header;
  const perRecord = parts.reduce((sum, { columns }) => sum + columns.length * header.signals[columns[0]!]!.perRecord, 0);
  const perBatch = Math.max(1, Math.min(Math.floor(1 / recordSec + 1e-9), Math.floor(mostHeld / perRecord)) || 1);
  const tracks = parts.map((part) => {
    const { perRecord } = header.signals[part.columns[0]!]!;
    const { id, sfreq } = part.signal;
    const holes = gaps
      .filter(({ signal }) => signal === id || signal.endsWith(`-${id}`))
      .map(({ atSec, durationSec }) => [Math.round(atSec * sfreq), Math.round((atSec + durationSec) * sfreq)] as const)
      .sort((a, b) => a[0] - b[0]);
    return {
      part,
      perRecord,
      held: new Float64Array(part.columns.length * perRecord * perBatch),
      holes,
      hole: 0,
      next: Number.NaN,
      index: 0,
    };
  });
  let blocks: SampleBlock[] = [];
  let nHeld = 0; // records
  let batchSec = 0;
  let expectedSec = 0;
  let startSec = Number.NaN;
  let arrived = Number.NEGATIVE_INFINITY;

  const emit = (track: (typeof tracks)[number], made: SampleBlock[], from: number, to: number) => {
    const { signal } = track.part;
    const stride = track.perRecord * perBatch;
    const nChannels = signal.montage.channels.length;
    const firstSample = track.index + from;
    const tmin = batchSec + from / signal.sfreq;
    if (firstSample > track.next)
      report({ kind: 'gap', signal: signal.id, lost: firstSample - track.next, exact: true, beforeSample: firstSample, atSec: tmin });
    track.next = track.index + to;
    const data = new Float64Array(nChannels * (to - from));
    for (let c = 0; c < nChannels; c++) data.set(track.held.subarray(c * stride + from, c * stride + to), c * (to - from));
    made.push({ signal, firstSample, tmin, arrivedAt: batchSec + to / signal.sfreq, data });
  };

  const flush = () => {
    const made: SampleBlock[] = [];
    for (const track of tracks) {
      const n = nHeld * track.perRecord;
      const step = Math.max(1, Math.floor(track.part.signal.sfreq));
      for (let from = 0; from < n; ) {
        while (track.hole < track.holes.length && track.holes[track.hole]![1] <= track.index + from) track.hole++;
        const [holeFrom = Number.POSITIVE_INFINITY, holeTo = 0] = track.holes[track.hole] ?? [];
        if (holeFrom <= track.index + from) {
          from = Math.min(n, holeTo - track.index);
          continue;
        }
        const to = Math.min(n, from + step, holeFrom - track.index);
        emit(track, made, from, to);
        from = to;
      }
      track.index += n;
    }
    made.sort((a, b) => a.arrivedAt - b.arrivedAt);
    for (const block of made) {
      arrived = Math.max(arrived, block.arrivedAt);
      blocks.push(block.arrivedAt < arrived ? { ...block, arrivedAt: arrived } : block);
    }
    batchSec += nHeld * recordSec;
    nHeld = 0;
  };

  return {
    add: (record, onset) => {
      if (onset !== undefined) {
        if (Number.isNaN(startSec)) startSec = onset < 1 && onset >= 0 ? onset : 0;
        const atSec = onset - startSec;
        const late = tracks.map(({ part }) => Math.round((atSec - expectedSec) * part.signal.sfreq));
        if (Math.max(0, ...late) > 0 && atSec - expectedSec < 1e8) {
          flush();
          tracks.forEach((track, p) => {
            track.index += late[p]!;
          });
          batchSec = atSec;
          expectedSec = atSec;
        }
      }
      for (const { part, perRecord, held } of tracks) {
        part.columns.forEach((s, c) => {
          const signal = header.signals[s]!;
          const into = held.subarray((c * perBatch + nHeld) * perRecord, (c * perBatch + nHeld + 1) * perRecord);
          decode(
            record,
            signal.offset,
            header.bytesPerSample,
            into,
            (signal.scale ?? 1) * part.scales[c]!,
            signal.digitalMin,
            signal.physicalMin * part.scales[c]!,
          );
        });
      }
      expectedSec += recordSec;
      if (++nHeld === perBatch) flush();
    },
    take: () => {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    end: flush,
  };
};

const decode = (
  record: Uint8Array,
  offset: number,
  width: 2 | 3,
  into: Float64Array,
  factor: number,
  least: number,
  base: number,
): void => {
  let at = offset;
  for (let t = 0; t < into.length; t++, at += width) {
    const value =
      width === 2
        ? ((record[at]! | (record[at + 1]! << 8)) << 16) >> 16
        : ((record[at]! | (record[at + 1]! << 8) | (record[at + 2]! << 16)) << 8) >> 8;
    into[t] = base + (value - least) * factor;
  }
};
