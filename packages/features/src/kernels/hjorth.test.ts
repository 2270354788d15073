import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { congruential } from '../../test/signals.ts';
import { hjorthStream } from './hjorth.ts';

const golden: { hjorth: number[] } = JSON.parse(readFileSync(new URL('../../test/golden/eeg-power.json', import.meta.url), 'utf8'));
const x = congruential(5, 300).map((u) => 60000 + 30 * u);

it('has the activity, mobility and complexity of the definition on an offset of 60 mV, however the hops fall', () => {
  const cuts = [
    { edges: [0, 100, 200, 300], nHops: 2 },
    { edges: [0, 1, 100, 101, 102, 300], nHops: 3 },
  ];
  for (const { edges, nHops } of cuts) {
    const push = hjorthStream(1, nHops);
    const window = edges
      .slice(1)
      .map((end, i) => push(x.slice(edges[i], end)))
      .at(-1)!;
    for (const [i, value] of golden.hjorth.entries()) expect(Math.abs(window[i] / value - 1)).toBeLessThan(1e-9);
  }
});

it('gives zeros for a flat channel', () => {
  expect([...hjorthStream(1, 1)(new Float64Array(50).fill(3))!]).toEqual([0, 0, 0]);
});

it('gives a sine its angular frequency as mobility and complexity 1', () => {
  const w = 0.1;
  const [activity, mobility, complexity] = hjorthStream(1, 1)(Float64Array.from({ length: 20_000 }, (_, t) => 2 * Math.sin(w * t)))!;
  expect(activity).toBeCloseTo(2, 2);
  expect(mobility).toBeCloseTo(2 * Math.sin(w / 2), 4);
  expect(complexity).toBeCloseTo(1, 3);
});
