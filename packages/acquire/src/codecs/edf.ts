import { AcquireError } from '../errors.ts';

/**
 * The header of an EDF or BDF file (Kemp et al. 1992, doi:10.1016/0013-4694(92)90009-7; EDF+: Kemp and Olivan 2003; BDF:
 * biosemi.com/faq/file_format.htm): 256 bytes, and 256 for every signal, in ASCII, padded with blanks.
 *
 *     0 version '0', or FF 'BIOSEMI' · 8 patient (80) · 88 recording (80) · 168 dd.mm.yy · 176 hh.mm.ss · 184 header bytes (8)
 *     192 'EDF+C', 'EDF+D', 'BDF+C', '24BIT' (44) · 236 number of records, -1 while recording (8) · 244 seconds a record (8) · 252 number of signals (4)
 *     then, all signals one after the other: label (16), transducer (80), unit, physical minimum and maximum, digital minimum and maximum (8 each),
 *     filters (80), samples a record (8), reserved (32)
 *     records: of each signal in turn its samples, 16 bits (EDF) or 24 bits (BDF), little endian
 */
export interface EdfSignal {
  readonly label: string;
  readonly transducer: string;
  readonly unit: string;
  /** x = physicalMin + (n − digitalMin) · scale; undefined where the header gives no usable ranges. */
  readonly scale?: number;
  readonly physicalMin: number;
  readonly digitalMin: number;
  /** Samples a record. */
  readonly perRecord: number;
  /** Where its samples begin in a record, and how many bytes they take. */
  readonly offset: number;
  readonly nBytes: number;
  /** Texts instead of samples. */
  readonly isAnnotations: boolean;
}

export interface EdfHeader {
  readonly bytesPerSample: 2 | 3;
  /** `C` for EDF+ and BDF+ without interruptions, `D` with; empty for plain EDF and BDF. */
  readonly plus: '' | 'C' | 'D';
  readonly patient: string;
  readonly recording: string;
  /** Unix time of the start, s, taking its local time for UTC, as MNE does; absent where the header does not know. */
  readonly startedAt?: number;
  readonly headerBytes: number;
  /** As the header says; -1 for a file that was not closed. */
  readonly nRecords: number;
  /** Duration of a record, s; 0 in a file of annotations only. */
  readonly recordSec: number;
  readonly recordBytes: number;
  readonly signals: readonly EdfSignal[];
}

const maxSignals = 4096;
const maxRecordBytes = 2 ** 25;

/** Bytes of the header that begins with these 256; undefined where they are of no EDF or BDF file. */
export const edfHeaderBytes = (head: Buffer): number | undefined => {
  if (head.length < 256 || !isEdf(head.toString('latin1', 0, 8))) return undefined;
  const nSignals = numberIn(head, 252, 4);
  return Number.isInteger(nSignals) && nSignals > 0 && nSignals <= maxSignals ? 256 * (nSignals + 1) : undefined;
};

/** Whether a file that begins so is EDF or BDF. */
export const isEdf = (head: string): boolean => /^(0 {7}|\xffBIOSEMI)/.test(head);

/** Reads the header. Throws `AcquireError('bad-file')` where a field that is needed cannot be understood. */
export const readEdfHeader = (path: string, head: Buffer): EdfHeader => {
  const fail = (detail: string) => new AcquireError('bad-file', `'${path}' is no EDF or BDF file that can be read: ${detail}.`);
  const headerBytes = edfHeaderBytes(head);
  if (headerBytes === undefined) throw fail('its header does not begin as one, or names no signals');
  if (head.length < headerBytes) throw fail(`it ends after ${head.length} bytes, in its header of ${headerBytes}`);
  const said = numberIn(head, 184, 8);
  if (said !== headerBytes) throw fail(`its header says it has ${said} bytes, but ${headerBytes / 256 - 1} signals need ${headerBytes}`);
  const bytesPerSample = head[0] === 0xff ? 3 : 2;
  const kind = /^[EB]DF\+([CD])/.exec(textIn(head, 192, 44));
  const nRecords = numberIn(head, 236, 8);
  const recordSec = numberIn(head, 244, 8);
  if (!Number.isInteger(nRecords) || nRecords < -1) throw fail(`its number of records is '${textIn(head, 236, 8)}'`);
  if (!(recordSec >= 0 && recordSec <= 1e6)) throw fail(`the duration of its records is '${textIn(head, 244, 8)}'`);
  const nSignals = headerBytes / 256 - 1;
  let before = 256;
  const column = (width: number): number => {
    before += width * nSignals;
    return before - width * nSignals;
  };
  const [labels, transducers, units] = [column(16), column(80), column(8)];
  const [physicalMins, physicalMaxs, digitalMins, digitalMaxs] = [column(8), column(8), column(8), column(8)];
  column(80);
  const counts = column(8);
  let offset = 0;
  const signals = Array.from({ length: nSignals }, (_, s): EdfSignal => {
    const label = textIn(head, labels + 16 * s, 16);
    const perRecord = numberIn(head, counts + 8 * s, 8);
    if (!Number.isInteger(perRecord) || perRecord < 0 || perRecord > maxRecordBytes)
      throw fail(`signal '${label}' has ${perRecord} samples a record`);
    const physicalMin = numberIn(head, physicalMins + 8 * s, 8);
    const digitalMin = numberIn(head, digitalMins + 8 * s, 8);
    const scale = (numberIn(head, physicalMaxs + 8 * s, 8) - physicalMin) / (numberIn(head, digitalMaxs + 8 * s, 8) - digitalMin);
    const isScaled = Number.isFinite(scale) && scale !== 0;
    const nBytes = perRecord * bytesPerSample;
    offset += nBytes;
    return {
      label,
      transducer: textIn(head, transducers + 80 * s, 80),
      unit: textIn(head, units + 8 * s, 8),
      ...(isScaled && { scale }),
      physicalMin: isScaled ? physicalMin : 0,
      digitalMin: isScaled ? digitalMin : 0,
      perRecord,
      offset: offset - nBytes,
      nBytes,
      isAnnotations: kind !== null && /^(EDF|BDF) Annotations$/.test(label),
    };
  });
  if (offset === 0 || offset > maxRecordBytes) throw fail(`its records have ${offset} bytes`);
  if (recordSec === 0 && signals.some(({ isAnnotations, perRecord }) => !isAnnotations && perRecord > 0))
    throw fail('its records last 0 s');
  const startedAt = startOf(textIn(head, 168, 8), textIn(head, 176, 8), textIn(head, 88, 80));
  return {
    bytesPerSample,
    plus: (kind?.[1] ?? '') as '' | 'C' | 'D',
    patient: textIn(head, 8, 80),
    recording: textIn(head, 88, 80),
    ...(startedAt !== undefined && { startedAt }),
    headerBytes,
    nRecords,
    recordSec,
    recordBytes: offset,
    signals,
  };
};

/** A field as text: UTF-8 where it is (the format asks for ASCII; many writers do not care), otherwise Latin-1. */
const textIn = (head: Buffer, from: number, width: number): string => {
  const bytes = head.subarray(from, from + width);
  const utf8 = bytes.toString('utf8');
  const text = utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8;
  return text.replace(/\0.*$/s, '').trim();
};

/** A field as a number; some writers use a decimal comma. NaN where it is none. */
const numberIn = (head: Buffer, from: number, width: number): number => {
  const text = textIn(head, from, width).replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
};

const startOf = (date: string, time: string, recording: string): number | undefined => {
  const day = /^(\d\d)\D(\d\d)\D(\d\d)$/.exec(date);
  const clock = /^(\d\d)\D(\d\d)\D(\d\d)$/.exec(time);
  if (day === null || clock === null) return undefined;
  const startdate = /^Startdate (?:(X)( |$)|\d\d-[A-Z]{3}-(\d{4}))/i.exec(recording);
  if (startdate?.[1] !== undefined && date === '01.01.85') return undefined; // the format's way to say that nobody knows
  const two = Number(day[3]);
  const year = startdate?.[3] !== undefined ? Number(startdate[3]) : two >= 85 ? 1900 + two : 2000 + two;
  const [d, month] = [Number(day[1]), Number(day[2])];
  const [h, m, s] = [Number(clock[1]), Number(clock[2]), Number(clock[3])];
  if (d < 1 || d > 31 || month < 1 || month > 12 || h > 23 || m > 59 || s > 59) return undefined;
  return Date.UTC(year, month - 1, d, h, m, s) / 1000;
};
