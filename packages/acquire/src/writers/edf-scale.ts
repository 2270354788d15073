import { AcquireError } from '../errors.ts';
import type { Signal } from '../signal.ts';

/** How a channel's values become the whole numbers of an EDF or BDF file, and back: x = physicalMin + (n − digitalMin) · quantum. */
export interface EdfScale {
  /** As they stand in the header, at most 8 characters. */
  readonly physicalMin: string;
  readonly physicalMax: string;
  readonly digitalMin: number;
  readonly digitalMax: number;
  /** One step of the whole number, in the signal's unit; no value is off by more than half of it. */
  readonly quantum: number;
}

/** What a 16-bit file may round away, in the signal's unit: far below what the sensors resolve. Where it would be more, 24 bits are needed. */
export const finestQuantum: Readonly<Record<Signal['kind'], number>> = {
  eeg: 0.1,
  eda: 5e-4,
  ppg: 0,
  acceleration: 5e-4,
  gyroscope: 0.01,
  temperature: 5e-3,
  'heart-rate': 0.01,
  'inter-beat': 5e-4,
  auxiliary: 0,
};

/** How far a value may lie from a whole multiple of a converter's step and still be one. */
const onGrid = 0.01;

/**
 * The scale of a channel whose values reach from `min` to `max` in `bits` bits; `step` is that of the converter, 0 where there is none to be seen. The range is that of the data, widened
 * to what eight characters can say, so that nothing is clipped and the quantum is as fine as it can be. Where that is not fine enough to tell
 * two readings of the sensor's converter apart (a railed electrode at full scale), the converter's own steps are used, if the header can
 * say them: then every sample is exact (the lowest reading of all, −2²³, then lies one below the digital minimum of the header). A flat channel gets a range of ±1 around it. Throws `bad-option` for values that eight characters cannot say.
 */
export const edfScale = (min: number, max: number, step: number, bits: 16 | 24): EdfScale => {
  const half = 2 ** (bits - 1);
  const widen = max > min ? 0 : 1;
  const fitted = scale(edfNumber(min - widen, 'down'), edfNumber(max + widen, 'up'), -half, half - 1);
  if (fitted.quantum <= step / 2 || step === 0) return fitted;
  const text = edfNumber(step * (half - 1), 'nearest');
  const exact = scale(`-${text}`, text, 1 - half, half - 1);
  const isExact = [min, max, step].every((value) => {
    const n = value / exact.quantum;
    return Math.abs(n - Math.round(n)) < onGrid && Math.round(n) >= -half && Math.round(n) < half;
  });
  return text.length < 8 && isExact ? exact : fitted;
};

const scale = (physicalMin: string, physicalMax: string, digitalMin: number, digitalMax: number): EdfScale => ({
  physicalMin,
  physicalMax,
  digitalMin,
  digitalMax,
  quantum: (Number(physicalMax) - Number(physicalMin)) / (digitalMax - digitalMin),
});

/** A number in at most 8 characters without an exponent, with as many decimals as there is room for, not above (`down`) or not below (`up`) the value. */
export const edfNumber = (value: number, towards: 'down' | 'up' | 'nearest'): string => {
  const round = { down: Math.floor, up: Math.ceil, nearest: Math.round }[towards];
  for (let decimals = 6; decimals >= 0; decimals--) {
    const power = 10 ** decimals;
    const text = trimmed((round(value * power) / power).toFixed(decimals));
    if (text.length > 8) continue;
    const said = Number(text);
    if ((towards === 'down' && said > value) || (towards === 'up' && said < value)) continue;
    return text;
  }
  throw new AcquireError(
    'bad-option',
    `EDF and BDF cannot say ${value}: a range has at most 8 characters. Convert to XDF or CSV, or leave that signal out.`,
  );
};

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
