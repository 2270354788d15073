import type { Axis, FeatureSpec } from './feature.ts';

const axisDifferences = (expected: Axis, got: Axis): string[] => {
  if (expected.name !== got.name) return [`axis: expected ${expected.name}, got ${got.name}`];
  if (expected.labels.join('\0') === got.labels.join('\0')) return [];
  return [`axis ${expected.name}: expected ${expected.labels.join(' ')}, got ${got.labels.join(' ')}`];
};

/**
 * What differs between two specs, one line each: `unit: expected bit, got nat`. Empty where they describe the same feature. Numbers of a
 * recipe are
 * compared exactly: they are settings, not measurements.
 */
export const specDifferences = (expected: FeatureSpec, got: FeatureSpec): string[] => {
  const differences: string[] = [];
  const compare = (what: string, wanted: string | number | undefined, found: string | number | undefined) => {
    if (wanted !== found) differences.push(`${what}: expected ${wanted ?? 'none'}, got ${found ?? 'none'}`);
  };
  compare('name', expected.name, got.name);
  compare('unit', expected.unit, got.unit);
  compare('number of axes', expected.axes.length, got.axes.length);
  if (expected.axes.length === got.axes.length) {
    differences.push(...expected.axes.flatMap((axis, i) => axisDifferences(axis, got.axes[i])));
  }
  const keys = new Set([...Object.keys(expected.recipe), ...Object.keys(got.recipe)]);
  for (const key of keys) compare(key, expected.recipe[key], got.recipe[key]);
  return differences;
};
