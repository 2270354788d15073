import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCALP_POSITIONS, scalpPosition } from './scalp-positions.ts';
import { splineWeights } from './spherical-spline.ts';

interface Golden {
  readonly positions: Record<string, number[]>;
  readonly cases: { good: string[]; bad: string[]; weights: number[][] }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../test/golden/eeg-interpolation.json', import.meta.url), 'utf8'));

it('has the weights of MNE within 1e-6', () => {
  for (const { good, bad, weights } of golden.cases) {
    for (const [i, name] of bad.entries()) {
      const got = splineWeights(
        good.map((one) => SCALP_POSITIONS[one]),
        SCALP_POSITIONS[name],
      );
      for (const [j, weight] of weights[i].entries()) expect(Math.abs(got[j] - weight)).toBeLessThan(1e-6);
      expect(got.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  }
});

it('keeps the table of positions the script makes', () => {
  expect(Object.keys(SCALP_POSITIONS)).toEqual(Object.keys(golden.positions));
  for (const [name, position] of Object.entries(golden.positions)) expect([...SCALP_POSITIONS[name]]).toEqual(position);
});

it('knows channels in any case and by their older names', () => {
  expect(scalpPosition('FP1')).toBe(SCALP_POSITIONS.Fp1);
  expect(scalpPosition('t3')).toBe(SCALP_POSITIONS.T7);
  expect(scalpPosition('EXG1')).toBeUndefined();
});
