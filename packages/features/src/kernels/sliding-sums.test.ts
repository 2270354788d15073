import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slidingSums } from './sliding-sums.ts';

it('is the sum of the last rows, whatever the window', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 40 }), (nHops, values) => {
      const push = slidingSums(2, nHops);
      for (let k = 0; k < values.length; k++) {
        const got = push(Float64Array.of(values[k], 2 * values[k]));
        const window = values.slice(Math.max(0, k - nHops + 1), k + 1).reduce((a, b) => a + b, 0);
        expect(got ? [...got] : undefined).toEqual(k >= nHops - 1 ? [window, 2 * window] : undefined);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

it('forgets a huge value as soon as it left the window', () => {
  const push = slidingSums(1, 3);
  for (const value of [1e300, 1, 1]) push(Float64Array.of(value));
  expect([...push(Float64Array.of(1))!]).toEqual([3]);
});
