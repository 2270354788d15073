import type { Signal } from '../signal.ts';

/** What stands before a channel's name, as EDF+ names its standard types where there is one (edfplus.info/specs/edftexts.html). */
const edfTypes: Readonly<Record<Signal['kind'], string>> = {
  eeg: 'EEG',
  eda: 'EDA',
  ppg: 'PPG',
  acceleration: 'ACC',
  gyroscope: 'GYRO',
  temperature: 'Temp',
  'heart-rate': 'HR',
  'inter-beat': 'IBI',
  auxiliary: 'AUX',
};

const edfUnits: Readonly<Record<string, string>> = { µV: 'uV', µS: 'uS', '°C': 'degC', '°/s': 'deg/s', 'a.u.': '' };

/** A unit in the header's ASCII. */
export const edfUnit = (unit: string): string => edfUnits[unit] ?? unit;

const labelBytes = 16;

/** Labels for the channels of several signals: type and name (`plain`: the name alone) in 16 characters of ASCII, all different. */
export const edfChannelLabels = (signals: readonly Signal[], labelled: 'typed' | 'plain'): readonly (readonly string[])[] => {
  const taken = new Set<string>();
  return signals.map(({ kind, montage }) =>
    montage.channels.map((name) => {
      const type = edfTypes[kind];
      const wanted = labelled === 'plain' || name.toUpperCase().startsWith(type.toUpperCase()) ? name : `${type} ${name}`;
      const base = edfAscii(wanted, labelBytes);
      let label = base;
      for (let n = 2; taken.has(label); n++) label = `${base.slice(0, labelBytes - 1 - `${n}`.length)} ${n}`;
      taken.add(label);
      return label;
    }),
  );
};

/** A text in printable ASCII, cut to `length`: accents are taken off, what is left over becomes `_`. */
export const edfAscii = (text: string, length: number): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/µ|μ/g, 'u')
    .replace(/[^ -~]/gu, '_')
    .slice(0, length)
    .trim();

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Start of a file as the header says it. EDF knows the years 1985 to 2084; any other, and an unknown one, is 1 January 1985, 0 h, said to be unknown. */
export const edfStart = (startedAt: number | undefined): { date: string; time: string; startdate: string; fractionSec: number } => {
  const exactSec = Math.round((startedAt ?? Number.NaN) * 1e6) / 1e6;
  const wholeSec = Math.floor(exactSec);
  const at = new Date(wholeSec * 1000);
  const year = at.getUTCFullYear();
  if (!(year >= 1985 && year <= 2084)) return { date: '01.01.85', time: '00.00.00', startdate: 'X', fractionSec: 0 };
  const two = (n: number) => `${n % 100}`.padStart(2, '0');
  return {
    date: [at.getUTCDate(), at.getUTCMonth() + 1, year].map(two).join('.'),
    time: [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join('.'),
    startdate: `${two(at.getUTCDate())}-${months[at.getUTCMonth()]}-${year}`,
    fractionSec: Math.round((exactSec - wholeSec) * 1e6) / 1e6,
  };
};

/** One part of the patient or recording field: no spaces inside, X where there is nothing. */
export const edfSubfield = (text: string | undefined, length: number): string => edfAscii(text ?? '', length).replace(/\s+/g, '_') || 'X';
