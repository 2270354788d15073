import { ConfigError } from '../errors.ts';

/** How many lines of a log: a whole number from 1 to 100,000. */
export const lineCount = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 100_000) return count;
  throw new ConfigError('bad-option', `Option --lines: expected a whole number from 1 to 100000, got '${text}'.`);
};
