import type { EdfHeader } from '../codecs/edf.ts';
import { readEdfAnnotations } from '../codecs/edf-annotations.ts';
import { isPacked } from './bytes-of.ts';
import { recordParts } from './record-parts.ts';
import type { Mark } from './recording.ts';

/** A stretch in which nothing was measured and the file holds filling. */
export interface EdfGap {
  readonly signal: string;
  readonly atSec: number;
  readonly durationSec: number;
}

export interface EdfMarks {
  /** In order of time, s from the first record's beginning. */
  readonly marks: readonly Mark[];
  /** When the first record begins, s from the start in the header: less than a second. */
  readonly startSec: number;
  /** Filled stretches, in files of this program only. */
  readonly gaps: readonly EdfGap[];
}

/** More than this is no list of events. */
const mostMarks = 1_000_000;
/** The trigger lines of a BioSemi; the bits above them tell of the amplifier itself. */
const triggerBits = 0xffff;

/**
 * Everything in a file's annotations and Status channel. Reads only those where the file allows it. Lists that cannot be understood are
 * left to the reader of the records to tell.
 */
export const readEdfMarks = async (path: string, header: EdfHeader, isStatus: (signal: number) => boolean): Promise<EdfMarks> => {
  const { signals, headerBytes, recordBytes, recordSec, recording, plus } = header;
  const texts = signals.filter(({ isAnnotations }) => isAnnotations);
  const status = signals.find((_, s) => isStatus(s));
  const marks: Mark[] = [];
  const gaps: EdfGap[] = [];
  if (texts.length === 0 && status === undefined) return { marks, startSec: 0, gaps };
  const isOurs = /\baffect-edge$/.test(recording);
  let startSec = Number.NaN;
  let last = -1;
  let record = 0;
  let beginsAt = 0;
  for await (const [first, ...rest] of recordParts(
    path,
    headerBytes,
    recordBytes,
    status === undefined ? texts : [...texts, status],
    await isPacked(path),
  )) {
    const pieces = [first!, ...rest];
    texts.forEach((_, i) => {
      const { onset, annotations } = readEdfAnnotations(pieces[i]!);
      if (i === 0) {
        if (Number.isNaN(startSec)) startSec = onset !== undefined && onset >= 0 && onset < 1 ? onset : 0;
        beginsAt = plus === 'D' && onset !== undefined ? onset - startSec : record * recordSec;
      }
      for (const { onset: at, durationSec, text } of annotations) {
        const filled = isOurs && durationSec !== undefined ? /^(?:BAD_)?gap (\S+)$/.exec(text) : null;
        if (filled !== null) gaps.push({ signal: filled[1]!, atSec: at - startSec, durationSec: durationSec! });
        else if (marks.length < mostMarks) marks.push({ atSec: at - startSec, text });
      }
    });
    if (texts.length === 0) beginsAt = record * recordSec;
    if (status !== undefined) {
      const bytes = pieces.at(-1)!;
      for (let i = 0; i < status.perRecord; i++) {
        const code = (bytes[3 * i]! | (bytes[3 * i + 1]! << 8)) & triggerBits;
        if (code !== last && last >= 0 && code !== 0 && marks.length < mostMarks) {
          marks.push({ atSec: beginsAt + (i / status.perRecord) * recordSec, text: `${code}` });
        }
        last = code;
      }
    }
    record++;
  }
  return { marks: marks.sort((a, b) => a.atSec - b.atSec), startSec: startSec || 0, gaps };
};
