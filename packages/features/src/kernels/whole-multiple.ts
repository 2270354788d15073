import { FeatureError } from '../errors.ts';

/**
 * How often `unit` seconds go into `value` seconds.
 *
 * @throws FeatureError `bad-option`, naming both, when that is not a whole number of at least 1.
 */
export const wholeMultiple = (name: string, value: number, unitName: string, unit: number): number => {
  const ratio = Math.round(value / unit);
  if (!(ratio >= 1 && Math.abs(value / unit - ratio) < 1e-6)) {
    throw new FeatureError('bad-option', `${name} must be a whole multiple of ${unitName} (${unit} s), got ${value} s.`);
  }
  return ratio;
};
