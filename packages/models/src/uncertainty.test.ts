import { describe, expect, it } from 'vitest';
import type { ModelOutput } from './model.ts';
import { type OutputUncertainty, uncertaintyOf } from './uncertainty.ts';

const output = (uncertainty?: OutputUncertainty, range: [number, number] = [0, 1]): ModelOutput => ({
  name: 'x',
  unit: '1',
  range,
  meaning: 'A number.',
  ...(uncertainty && { uncertainty }),
});

describe('the interval of a value', () => {
  it('is none where the card tells none', () => expect(uncertaintyOf(output(), 0.5)).toBeUndefined());

  it('of a probability is that of its stretch; an edge belongs to the stretch above it', () => {
    const p = output({
      kind: 'frequency',
      edges: [0.3, 0.7],
      intervals: [
        [0, 0.2],
        [0.3, 0.6],
        [0.5, 0.9],
      ],
      protocol: 'made up',
    });
    expect([0, 0.29, 0.3, 0.69, 0.7, 1].map((value) => uncertaintyOf(p, value))).toEqual([
      [0, 0.2],
      [0, 0.2],
      [0.3, 0.6],
      [0.3, 0.6],
      [0.5, 0.9],
      [0.5, 0.9],
    ]);
  });

  it('of a quantity lies around it, by an error or by a factor, and within the range', () => {
    const error = output({ kind: 'error', edges: [], intervals: [[-0.25, 0.5]], protocol: 'made up' });
    expect(uncertaintyOf(error, 0.5)).toEqual([0.25, 1]);
    expect(uncertaintyOf(error, 0.125)).toEqual([0, 0.625]);
    const factor = output({ kind: 'relative-error', edges: [], intervals: [[0.5, 1.25]], protocol: 'made up' }, [0, 60]);
    expect(uncertaintyOf(factor, 8)).toEqual([4, 10]);
    expect(uncertaintyOf(factor, 56)).toEqual([28, 60]);
  });
});
