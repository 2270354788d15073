import type { AuxiliarySignal, Signal } from '../signal.ts';
import type { XdfStream } from './xdf-header.ts';

/** A signal made of some channels of a stream. */
export interface XdfPart {
  readonly signal: Signal;
  /** Columns of the stream, in the signal's row order, and the factor from the stream's unit to the signal's. */
  readonly columns: readonly number[];
  readonly scale: number;
  /** Why the channels could not be taken for what their type says, where that is so. */
  readonly remark?: string;
}

type Kind = Exclude<Signal['kind'], 'auxiliary'>;

/** Units by their spellings, folded (lower case, µ as u), with the factor to ours. */
const kinds: Readonly<Record<Kind, { readonly types: RegExp; readonly unit: string; readonly spelled: Readonly<Record<string, number>> }>> =
  {
    eeg: {
      types: /^eeg$/,
      unit: 'µV',
      spelled: { uv: 1, microvolt: 1, microvolts: 1, nv: 1e-3, mv: 1e3, millivolts: 1e3, v: 1e6, volts: 1e6 },
    },
    eda: {
      types: /^(eda|gsr|scl|electrodermal.*)$/,
      unit: 'µS',
      spelled: { us: 1, microsiemens: 1, ns: 1e-3, nanosiemens: 1e-3, ms: 1e3, s: 1e6 },
    },
    ppg: { types: /^(ppg|bvp)$/, unit: 'a.u.', spelled: { 'a.u.': 1, au: 1, '': 1 } },
    acceleration: {
      types: /^(acc|accel|acceleration|accelerometer)$/,
      unit: 'g',
      spelled: { g: 1, mg: 1e-3, 'm/s^2': 1 / 9.80665, 'm/s2': 1 / 9.80665, 'm/s²': 1 / 9.80665 },
    },
    gyroscope: { types: /^(gyro|gyroscope)$/, unit: '°/s', spelled: { '°/s': 1, 'deg/s': 1, dps: 1, 'rad/s': 180 / Math.PI } },
    temperature: { types: /^(temp|temperature)$/, unit: '°C', spelled: { '°c': 1, c: 1, celsius: 1, degc: 1 } },
    'heart-rate': { types: /^(hr|heart-?rate)$/, unit: 'bpm', spelled: { bpm: 1, '1/min': 1 } },
    'inter-beat': { types: /^(ibi|rr|inter-?beat)$/, unit: 's', spelled: { s: 1, ms: 1e-3 } },
  };

const fold = (unit: string): string => unit.trim().toLowerCase().replace(/[µμ]/g, 'u');

/**
 * The signals of a stream of numbers: channels of one type and unit are one signal. A type or unit that is not known (an EEG whose unit nobody
 * wrote) becomes `auxiliary` in arbitrary units, with a remark, so that nothing is lost and nothing is guessed. `sfreq` is the rate the samples truly have.
 */
export const xdfParts = (stream: XdfStream, sfreq: number, taken: Set<string>): readonly XdfPart[] => {
  const groups = new Map<string, number[]>();
  stream.channels.forEach(({ type, unit }, c) => {
    const key = `${(type || stream.type).toLowerCase()}\n${fold(unit)}`;
    groups.set(key, [...(groups.get(key) ?? []), c]);
  });
  return [...groups].map(([key, columns]) => {
    const [type, unit] = key.split('\n') as [string, string];
    const [kind, known] = Object.entries(kinds).find(([, { types }]) => types.test(type)) ?? [];
    const scale = known?.spelled[unit];
    const montage = { channels: distinct(columns.map((c) => stream.channels[c]!.label)), reference: stream.reference };
    const id = freeId(stream.own?.role === 'signal' ? stream.own.signalId : (kind ?? stream.name) || `stream-${stream.id}`, taken);
    if (known !== undefined && scale !== undefined) {
      return { signal: { id, kind, unit: known.unit, sfreq, montage } as Signal, columns, scale };
    }
    const auxiliary: AuxiliarySignal = { id, kind: 'auxiliary', unit: auxiliaryUnit(unit), sfreq, montage };
    const what = known === undefined ? `of type '${type}'` : `of type '${type}' without a unit we know ('${unit}')`;
    return {
      signal: auxiliary,
      columns,
      scale: 1,
      remark: `stream '${stream.name}', ${columns.length} channels ${what}: read as auxiliary`,
    };
  });
};

const auxiliaryUnit = (unit: string): AuxiliarySignal['unit'] =>
  unit === 'mv' || unit === 'millivolts' ? 'mV' : unit === 'v' || unit === 'volts' ? 'V' : unit === '%' ? '%' : 'a.u.';

const freeId = (wanted: string, taken: Set<string>): string => {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
};

const distinct = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name) => freeId(name, taken));
};
