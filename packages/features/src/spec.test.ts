import { expect, it } from 'vitest';
import { eeg } from '../test/signals.ts';
import { bandDe } from './eeg/band-de.ts';
import { specDifferences } from './spec.ts';

const bits = bandDe({}).describe(eeg(2, 250));

it('finds no difference between a spec and its copy', () => {
  expect(specDifferences(bits, JSON.parse(JSON.stringify(bits)))).toEqual([]);
});

it('names every difference with what was expected and what was got', () => {
  const nats = bandDe({ logBase: 'e', windowSec: 4 }).describe(eeg(3, 250));
  expect(specDifferences(bits, nats)).toEqual([
    'unit: expected bit, got nat',
    'axis channel: expected E1 E2, got E1 E2 E3',
    'windowSec: expected 2, got 4',
    'logBase: expected 2, got e',
  ]);
});

it('names what one side lacks', () => {
  const { varianceFloor: _, ...recipe } = bits.recipe;
  expect(specDifferences(bits, { ...bits, recipe })).toEqual(['varianceFloor: expected 1e-8, got none']);
  expect(specDifferences({ ...bits, recipe }, bits)).toEqual(['varianceFloor: expected none, got 1e-8']);
  expect(specDifferences(bits, { ...bits, axes: [bits.axes[1], bits.axes[0]] })).toEqual([
    'axis: expected channel, got band',
    'axis: expected band, got channel',
  ]);
});
