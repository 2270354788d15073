import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';
import type { EdfPlan, EdfTrack } from './edf-plan.ts';

/** Bytes of records that may be open at once: how far one signal may lag behind another. */
const windowBytes = 8 * 2 ** 20;
const mostOpenRecords = 1024;

interface Filling {
  readonly track: EdfTrack;
  readonly nChannels: number;
  /** Factor and summand from a value to its whole number, and where a channel's samples begin in a record, bytes. */
  readonly factor: Float64Array;
  readonly summand: Float64Array;
  readonly least: number;
  readonly most: number;
  readonly offsets: Int32Array;
  /** The last whole number of each channel: what a hole is filled with. */
  readonly held: Int32Array;
  /** Slots up to here hold a number. */
  filled: number;
}

/**
 * The records of an EDF or BDF file that are being filled: a window of them in memory (8 MB), given away as soon as every signal has filled them, or when
 * one signal is so far ahead of another that the window is full: what comes for a record after that is left out, and told.
 */
export const edfRecords = (plan: EdfPlan, notesBytes: number) => {
  const width = plan.bits / 8;
  const half = 2 ** (plan.bits - 1);
  let offset = 0;
  const fillings = new Map<Signal, Filling>(
    plan.tracks.map((track) => {
      const { columns, perRecord, survey } = track;
      const factor = Float64Array.from(columns, ({ scale }) => 1 / scale.quantum);
      const summand = Float64Array.from(columns, ({ scale }, c) => scale.digitalMin - Number(scale.physicalMin) * factor[c]!);
      const offsets = Int32Array.from(columns, () => {
        offset += perRecord * width;
        return offset - perRecord * width;
      });
      const held = Int32Array.from(columns, (_, c) => Math.round((survey.first[c] || 0) * factor[c]! + summand[c]!));
      return [survey.signal, { track, nChannels: columns.length, factor, summand, least: -half, most: half - 1, offsets, held, filled: 0 }];
    }),
  );
  const recordBytes = offset + notesBytes;
  const nOpen = Math.max(4, Math.min(mostOpenRecords, Math.floor(windowBytes / recordBytes)));
  const open = Buffer.alloc(nOpen * recordBytes);
  let base = 0; // first open record
  let nLeftOut = 0;
  let nNotFinite = 0;

  const place = (filling: Filling, c: number, slot: number, value: number) => {
    const { perRecord } = filling.track;
    const record = Math.floor(slot / perRecord);
    const at = (record % nOpen) * recordBytes + filling.offsets[c]! + (slot - record * perRecord) * width;
    open[at] = value;
    open[at + 1] = value >> 8;
    if (width === 3) open[at + 2] = value >> 16;
  };
  const hold = (filling: Filling, end: number) => {
    for (let c = 0; c < filling.nChannels; c++)
      for (let slot = filling.filled; slot < end; slot++) place(filling, c, slot, filling.held[c]!);
    filling.filled = Math.max(filling.filled, end);
  };
  /** Gives away the records before `end`. */
  const give = function* (end: number, next: () => Uint8Array): Generator<Uint8Array, void> {
    while (base < end) {
      const from = base % nOpen;
      const n = Math.min(end - base, nOpen - from);
      for (const filling of fillings.values()) hold(filling, (base + n) * filling.track.perRecord);
      for (let r = 0; r < n; r++) open.set(next(), (from + r + 1) * recordBytes - notesBytes);
      base += n;
      yield open.subarray(from * recordBytes, (from + n) * recordBytes);
    }
  };
  const pending: { filling: Filling; block: SampleBlock; slot: number }[] = [];

  /** Takes the samples of a block from column `from` on, as far as there are open records; gives the column it came to. */
  const take = (filling: Filling, { data }: SampleBlock, firstSlot: number, from: number, nTimes: number): number => {
    const { perRecord } = filling.track;
    const end = Math.min(nTimes, (base + nOpen) * perRecord - firstSlot);
    hold(filling, Math.min(firstSlot + from, (base + nOpen) * perRecord));
    for (let c = 0; c < filling.nChannels; c++) {
      const factor = filling.factor[c]!;
      const summand = filling.summand[c]!;
      let value = filling.held[c]!;
      for (let t = from; t < end; ) {
        const slot = firstSlot + t;
        const record = Math.floor(slot / perRecord);
        const stop = Math.min(end, (record + 1) * perRecord - firstSlot);
        let at = (record % nOpen) * recordBytes + filling.offsets[c]! + (slot - record * perRecord) * width;
        for (; t < stop; t++, at += width) {
          const number = Math.round(data[c * nTimes + t]! * factor + summand);
          if (number >= filling.least && number <= filling.most) value = number;
          else nNotFinite++;
          open[at] = value;
          open[at + 1] = value >> 8;
          if (width === 3) open[at + 2] = value >> 16;
        }
      }
      filling.held[c] = value;
    }
    if (end > from) filling.filled = Math.max(filling.filled, firstSlot + end);
    return Math.max(from, end);
  };

  return {
    add: (block: SampleBlock): void => {
      const filling = fillings.get(block.signal);
      if (filling !== undefined) {
        pending.push({ filling, block, slot: filling.track.startSlot + block.firstSample - filling.track.survey.origin });
      }
    },
    /** What can be written now: the bytes are good until the next call. */
    whole: function* (next: () => Uint8Array): Generator<Uint8Array, void> {
      for (const { filling, block, slot } of pending) {
        const nTimes = nTimesOf(block);
        const end = Math.min(nTimes, plan.nRecords * filling.track.perRecord - slot);
        let t = Math.max(0, filling.filled - slot);
        nLeftOut += Math.min(t, nTimes) + nTimes - end;
        while (t < end) {
          t = take(filling, block, slot, t, nTimes);
          if (t >= end) break;
          const wanted = Math.floor((slot + t) / filling.track.perRecord);
          yield* give(Math.min(plan.nRecords, wanted - nOpen + 1 + (nOpen >> 1)), next);
        }
      }
      pending.length = 0;
      let full = plan.nRecords;
      for (const { filled, track } of fillings.values()) full = Math.min(full, Math.floor(filled / track.perRecord));
      if (full - base >= Math.min(32, nOpen >> 1)) yield* give(full, next);
    },
    rest: (next: () => Uint8Array): Generator<Uint8Array, void> => give(plan.nRecords, next),
    remarks: (): string[] => [
      ...(nLeftOut > 0 ? [`${nLeftOut} samples came twice, too late or after what was planned, and were left out`] : []),
      ...(nNotFinite > 0 ? [`${nNotFinite} values that are no numbers were replaced by the one before`] : []),
    ],
  };
};
