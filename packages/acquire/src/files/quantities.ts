import type { AuxiliarySignal, SignalKind } from '../signal.ts';

/** The kinds of signal that mean something to features: all but `auxiliary`. */
export type MeasuredKind = Exclude<SignalKind, 'auxiliary'>;

interface Quantity {
  /** What files call it, folded to lower case. */
  readonly types: RegExp;
  readonly unit: string;
  /** Its units by their spellings, folded (lower case, µ as u), with the factor to ours. */
  readonly spelled: Readonly<Record<string, number>>;
}

const standardGravity = 9.80665;

const quantities: Readonly<Record<MeasuredKind, Quantity>> = {
  eeg: {
    types: /^eeg$/,
    unit: 'µV',
    spelled: { uv: 1, microvolt: 1, microvolts: 1, nv: 1e-3, mv: 1e3, millivolts: 1e3, v: 1e6, volts: 1e6 },
  },
  eda: {
    types: /^(eda|gsr|scl|sc|electrodermal.*|skin ?conductance)$/,
    unit: 'µS',
    spelled: { us: 1, microsiemens: 1, umho: 1, ns: 1e-3, nanosiemens: 1e-3, ms: 1e3, s: 1e6 },
  },
  ppg: { types: /^(ppg|bvp|pleth|plethysmograph)$/, unit: 'a.u.', spelled: { 'a.u.': 1, au: 1, '': 1 } },
  acceleration: {
    types: /^(acc|accel|acceleration|accelerometer)$/,
    unit: 'g',
    spelled: { g: 1, mg: 1e-3, ...perSecondSquared(1 / standardGravity) },
  },
  gyroscope: { types: /^(gyro|gyroscope)$/, unit: '°/s', spelled: { '°/s': 1, 'deg/s': 1, dps: 1, 'rad/s': 180 / Math.PI } },
  temperature: {
    types: /^(temp|temperature)$/,
    unit: '°C',
    spelled: { '°c': 1, c: 1, celsius: 1, degc: 1, 'deg c': 1, degreec: 1, 'degrees celsius': 1 },
  },
  'heart-rate': { types: /^(hr|heart-?rate)$/, unit: 'bpm', spelled: { bpm: 1, '1/min': 1, 'beats/min': 1 } },
  'inter-beat': { types: /^(ibi|rr|inter-?beat)$/, unit: 's', spelled: { s: 1, ms: 1e-3 } },
};

function perSecondSquared(factor: number): Record<string, number> {
  return Object.fromEntries(['m/s^2', 'm/s2', 'm/s²', 'm/(s^2)', 'm/(sec^2)'].map((spelling) => [spelling, factor]));
}

/** Units that only one kind has, as they are spelled: siemens need their capital, `us` are microseconds. */
const telling: readonly (readonly [RegExp, MeasuredKind])[] = [
  [/^([uµμnm]?S|microsiemens|nanosiemens|umho)$/, 'eda'],
  [/^(°C|degC|degreeC|deg C|celsius)$/i, 'temperature'],
  [/^(m?g|m\/\(?s(ec)?(\^?2|²)\)?)$/, 'acceleration'],
  [/^(°\/s|deg\/s|dps)$/, 'gyroscope'],
  [/^bpm$/i, 'heart-rate'],
];

const fold = (text: string): string => text.trim().toLowerCase().replace(/[µμ]/g, 'u');

/** The kind that files call by this word (`GSR`, `Accel`); undefined for any other. */
export const kindOfType = (type: string): MeasuredKind | undefined =>
  (Object.entries(quantities) as [MeasuredKind, Quantity][]).find(([, { types }]) => types.test(fold(type)))?.[0];

/** The kind that this unit alone tells of; undefined where several have it. */
export const kindOfUnit = (unit: string): MeasuredKind | undefined => telling.find(([spelling]) => spelling.test(unit.trim()))?.[1];

/** Factor from a unit to that of the kind; undefined for a unit the kind does not have. */
export const factorOf = (kind: MeasuredKind, unit: string): number | undefined => {
  const { spelled } = quantities[kind];
  return Object.hasOwn(spelled, fold(unit)) ? spelled[fold(unit)] : undefined;
};

/** The unit of a kind, as its signals have it. */
export const unitOfKind = (kind: MeasuredKind): string => quantities[kind].unit;

/** The unit in which an auxiliary signal gives values of this unit, and the factor to it: potentials in mV, what is not known as it is. */
export const auxiliaryUnit = (unit: string): { readonly unit: AuxiliarySignal['unit']; readonly scale: number } => {
  const folded = fold(unit);
  if (folded === 'v' || folded === 'volts') return { unit: 'V', scale: 1 };
  const factor = factorOf('eeg', unit);
  if (factor !== undefined) return { unit: 'mV', scale: factor === 1e3 ? 1 : factor / 1e3 };
  return { unit: folded === '%' ? '%' : 'a.u.', scale: 1 };
};
