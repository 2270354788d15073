import { edfStart, edfSubfield } from '../files/edf-words.ts';
import type { EdfPlan } from './edf-plan.ts';

/** Who and when, as far as the header says it. */
export interface EdfAbout {
  /** Unix time of the first sample, s; absent where nobody knows. */
  readonly startedAt?: number;
  /** A code for who wore the sensors. */
  readonly subject?: string;
}

/** Where the number of records lies in the header: -1 while the file is being written. */
export const recordCountAt = 236;

/**
 * The header of an EDF+C or BDF+C file (edfplus.info/specs/edfplus.html, biosemi.com/faq/file_format.htm): 256 bytes, and 256 for every signal, in ASCII.
 *
 *     0 version '0', or FF 'BIOSEMI' · 8 patient (80) · 88 recording (80) · 168 date · 176 time · 184 header bytes
 *     192 'EDF+C' (44) · 236 number of records · 244 seconds a record · 252 number of signals (4)
 *     then, all signals one after the other: label (16), transducer (80), unit, physical and digital minimum and maximum (8 each), filters (80), samples a
 *     record (8), reserved (32)
 */
export const edfHeader = (plan: EdfPlan, { startedAt, subject }: EdfAbout, notesBytes: number): Uint8Array => {
  const { bits, tracks, duration } = plan;
  const { date, time, startdate } = edfStart(startedAt);
  const half = 2 ** (bits - 1);
  const type = bits === 16 ? 'EDF' : 'BDF';
  const signals = [
    ...tracks.flatMap(({ columns, perRecord, survey }) =>
      columns.map(({ label, unit, scale }) => ({ label, unit, ...scale, perRecord, from: survey.signal.montage.reference })),
    ),
    {
      label: `${type} Annotations`,
      unit: '',
      physicalMin: '-1',
      physicalMax: '1',
      digitalMin: -half,
      digitalMax: half - 1,
      perRecord: (notesBytes * 8) / bits,
      from: 'n/a',
    },
  ];
  const each = (width: number, field: (signal: (typeof signals)[number]) => string | number) =>
    signals.map((signal) => fixed(field(signal), width)).join('');
  const text = [
    fixed(bits === 16 ? '0' : '\xffBIOSEMI', 8),
    fixed(`${edfSubfield(subject, 40)} X X X`, 80),
    fixed(`Startdate ${startdate} X X affect-edge`, 80),
    date,
    time,
    fixed(256 * (signals.length + 1), 8),
    fixed(`${type}+C`, 44),
    fixed(-1, 8),
    fixed(duration, 8),
    fixed(signals.length, 4),
    each(16, ({ label }) => label),
    each(80, ({ from }) => (from === 'n/a' ? '' : `against ${edfSubfield(from, 60)}`)),
    each(8, ({ unit }) => unit),
    each(8, ({ physicalMin }) => physicalMin),
    each(8, ({ physicalMax }) => physicalMax),
    each(8, ({ digitalMin }) => digitalMin),
    each(8, ({ digitalMax }) => digitalMax),
    each(80, () => ''),
    each(8, ({ perRecord }) => perRecord),
    each(32, () => ''),
  ].join('');
  return Buffer.from(text, 'latin1');
};

const fixed = (value: string | number, width: number): string => `${value}`.slice(0, width).padEnd(width);
