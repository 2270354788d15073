import { ConfigError } from '../errors.ts';

/** Reads a whole number above 0. Throws `ConfigError('bad-option')` for anything else. */
export const wholeNumber =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < 1) {
      throw new ConfigError('bad-option', `Option ${option}: expected a whole number above 0, got '${text}'.`);
    }
    return value;
  };

/** Days by which dates are moved back. */
export const daysBack = wholeNumber('--days-back');

/** Frequency of the mains, Hz. */
export const mainsHz = (text: string): number => {
  if (text !== '50' && text !== '60') throw new ConfigError('bad-option', `Option --mains: expected 50 or 60, got '${text}'.`);
  return Number(text);
};
