import type { EdfNote, EdfPlan } from './edf-plan.ts';

/**
 * Annotations of EDF+ (Kemp and Olivan 2003, doi:10.1016/S1388-2457(03)00123-8): in a signal of their own, in each record a list of
 *
 *     +onset [\x15 duration] \x14 text \x14 \x00
 *
 * the first of which has no text and says when the record begins. Onsets count from the start time in the header.
 */
export interface EdfNotes {
  /** Bytes of annotations in every record. */
  readonly bytesPerRecord: number;
  /** The annotations of a record, filled up with zeros. Ask for every record once, in order. */
  readonly next: () => Uint8Array;
}

/** Longer texts are cut: every record must have room for the longest. */
const mostNoteBytes = 1000;

/** Lays the notes of a file into its records: each into the one it belongs to, or the next that has room. `fractionSec` is how far into a second the file begins. */
export const edfNotes = ({ notes, nRecords, recordSec, bits }: EdfPlan, fractionSec: number): EdfNotes => {
  const lists = notes.map((note) => ({
    record: Math.max(0, Math.min(nRecords - 1, Math.floor(note.atSec / recordSec))),
    bytes: noteBytes(note, fractionSec),
  }));
  const longest = lists.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
  const begins = (record: number) => new TextEncoder().encode(`+${seconds(record * recordSec + fractionSec)}\x14\x14\0`);
  const begin = begins(nRecords).length + 1;
  const perSample = bits / 8;
  let room = longest + 30;
  while (leftOver(lists, nRecords, room) > 0) room *= 2;
  const bytesPerRecord = Math.ceil((begin + room) / (2 * perSample)) * 2 * perSample;

  let record = 0;
  let i = 0;
  return {
    bytesPerRecord,
    next: () => {
      const area = new Uint8Array(bytesPerRecord);
      const head = begins(record);
      area.set(head);
      let at = head.length;
      for (; i < lists.length && lists[i]!.record <= record && at - head.length + lists[i]!.bytes.length <= room; i++) {
        area.set(lists[i]!.bytes, at);
        at += lists[i]!.bytes.length;
      }
      record++;
      return area;
    },
  };
};

/** How many notes find no place in the records. */
const leftOver = (lists: readonly { readonly record: number; readonly bytes: Uint8Array }[], nRecords: number, room: number): number => {
  let i = 0;
  for (let record = 0; record < nRecords && i < lists.length; record++) {
    for (let used = 0; i < lists.length && lists[i]!.record <= record && used + lists[i]!.bytes.length <= room; i++)
      used += lists[i]!.bytes.length;
  }
  return lists.length - i;
};

const noteBytes = ({ atSec, durationSec, text }: EdfNote, fractionSec: number): Uint8Array => {
  const onset = atSec + fractionSec;
  const duration = durationSec === undefined ? '' : `\x15${seconds(durationSec)}`;
  const sign = onset < 0 ? '-' : '+';
  return new TextEncoder().encode(`${sign}${seconds(Math.abs(onset))}${duration}\x14${noteText(text)}\x14\0`);
};

/** A text as an annotation can hold it: control characters become spaces, cut to 1,000 bytes of UTF-8 between characters. */
const noteText = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these separate annotations
  const clean = text.replace(/[\u0000-\u001f]+/g, ' ').trim() || 'mark';
  if (Buffer.byteLength(clean) <= mostNoteBytes) return clean;
  const cut = Buffer.from(clean).subarray(0, mostNoteBytes - 3);
  return `${new TextDecoder().decode(cut).replace(/\ufffd$/, '')}…`;
};

/** Seconds to a tenth of a microsecond, without an exponent and without zeros at the end. */
const seconds = (sec: number): string => `${Number(sec.toFixed(7)).toFixed(7)}`.replace(/\.?0+$/, '');
