import { AcquireError } from './errors.ts';
import { didYouMean } from './names.ts';

/** Reads the options of one device; every method throws `AcquireError('bad-option')` naming option, expectation and what was got. */
export interface OptionReader {
  /** A number (or text that is one) within [min, max]; `fallback` where the option is absent, an error where there is no fallback. */
  readonly number: (name: string, limits: { min: number; max: number; fallback?: number }) => number;
  /** One of the given words. */
  readonly choice: <T extends string>(name: string, choices: readonly T[], fallback?: T) => T;
  readonly text: (name: string, fallback?: string) => string;
  readonly flag: (name: string, fallback: boolean) => boolean;
  /** A list of names (an array, or text with commas): exactly `fallback.length` of them, all different. */
  readonly channels: (name: string, fallback: readonly string[]) => readonly string[];
  /** A list of names, at least one, all different. */
  readonly names: (name: string) => readonly string[];
  /** A list of numbers (an array, a single number, or text with commas), each accepted by `allowed`; one number stands for all `length`. */
  readonly numbers: (name: string, length: number, allowed: readonly number[], fallback: number) => readonly number[];
  readonly has: (name: string) => boolean;
  /** An error for this option, for what the readers above cannot check. */
  readonly wrong: (name: string, expected: string) => AcquireError;
}

/** A reader of `options` for `device`; throws for an option that is not among `known` (the device's `options` table). */
export const optionReader = (
  device: string,
  known: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>> = {},
): OptionReader => {
  const names = Object.keys(known);
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const list = names.length > 0 ? `Known options are ${names.join(', ')}.` : 'It has no options.';
    throw new AcquireError('bad-option', `Device '${device}' has no option '${name}'. ${list}${didYouMean(name, names)}`);
  }
  const wrong = (name: string, expected: string) => {
    const got = options[name] === undefined ? 'nothing' : JSON.stringify(options[name]);
    return new AcquireError(
      'bad-option',
      `Option '${name}' of device '${device}': expected ${expected}, got ${got}. ${known[name] ?? ''}`.trim(),
    );
  };
  const list = (name: string): unknown[] => {
    const value = options[name];
    if (Array.isArray(value)) return value;
    return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [value];
  };

  return {
    has: (name) => options[name] !== undefined,
    wrong,
    number: (name, { min, max, fallback }) => {
      if (options[name] === undefined && fallback !== undefined) return fallback;
      const value = asNumber(options[name]);
      if (!(value >= min && value <= max)) throw wrong(name, `a number from ${min} to ${max}`);
      return value;
    },
    choice: (name, choices, fallback) => {
      const value = options[name] ?? fallback;
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw wrong(name, `one of ${choices.join(', ')}`);
      return found;
    },
    text: (name, fallback) => {
      const value = options[name] ?? fallback;
      if (typeof value !== 'string' || value === '') throw wrong(name, 'a text');
      return value;
    },
    flag: (name, fallback) => {
      const value = options[name] ?? fallback;
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw wrong(name, 'true or false');
    },
    channels: (name, fallback) => {
      if (options[name] === undefined) return fallback;
      const value = list(name);
      if (!areNames(value) || value.length !== fallback.length) throw wrong(name, `${fallback.length} different channel names`);
      return value;
    },
    names: (name) => {
      const value = list(name);
      if (!areNames(value) || value.length === 0) throw wrong(name, 'different names');
      return value;
    },
    numbers: (name, length, allowed, fallback) => {
      if (options[name] === undefined) return new Array<number>(length).fill(fallback);
      const value = list(name).map(asNumber);
      const all = value.length === 1 ? new Array<number>(length).fill(value[0]!) : value;
      if (all.length !== length || !all.every((n) => allowed.includes(n))) {
        throw wrong(name, `one number or ${length} numbers out of ${allowed.join(', ')}`);
      }
      return all;
    },
  };
};

const areNames = (value: readonly unknown[]): value is string[] =>
  value.every((part) => typeof part === 'string' && part !== '') && new Set(value).size === value.length;

const asNumber = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
};
