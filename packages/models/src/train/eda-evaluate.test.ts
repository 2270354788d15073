import { describe, expect, it } from 'vitest';
import { edaFigures } from './eda-evaluate.ts';
import type { EdaExamples } from './eda-physics.ts';

/** Windows of three people, four each; nobody knows what the last one did. */
const person = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
const stress = Float32Array.from(person, (p, i) => (p === 2 ? Number.NaN : i % 2));
const nRows = person.length;
const examples: EdaExamples = {
  nRows,
  course: Float32Array.from({ length: nRows * 8 }, (_, i) => 1 + (i % 5)),
  person,
  stress,
  arousal: new Float32Array(nRows).fill(Number.NaN),
  future: Float32Array.from({ length: nRows * 4 }, (_, i) => 2 + (i % 3)),
};

describe('the figures of a card', () => {
  it('are over the people of whom the answer is known, and are numbers', () => {
    const right = Float32Array.from(stress, (value) => (value === 1 ? 0.9 : 0.1));
    const predictions = { stress: right, arousal: new Float32Array(nRows), forecasts: new Float32Array(nRows * 4).fill(2) };
    const figures = edaFigures(examples, predictions, 'made up', { rival: right });
    for (const { metric, value, baselines } of figures.slice(0, 2)) {
      expect(value, metric).toBe(1);
      expect(baselines.rival, metric).toBe(1);
      expect(Number.isFinite(baselines.majority), metric).toBe(true);
    }
  });
});
