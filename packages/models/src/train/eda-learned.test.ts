import { describe, expect, it } from 'vitest';
import { readCard } from '../load.ts';
import { rawTaus } from '../sudomotor.ts';
import { learnedFigures, learnedLaw } from './eda-learned.ts';

describe('the learned law', () => {
  it('is read from the weights in 1/s and levels', () => {
    const weights = new Map([
      ['sudomotor.raw', { shape: [3], data: Float32Array.from(rawTaus()) }],
      ['driver.sensitivity', { shape: [1], data: Float32Array.of(0) }],
    ]);
    const { decayRate, sensitivity } = learnedLaw(weights);
    expect(decayRate).toBeCloseTo(1 / 120, 6);
    expect(sensitivity).toBeCloseTo(Math.LN2, 6);
  });

  it('has the interval of the jackknife: wide where leaving one person out matters, none where nobody was left out', () => {
    const law = { decayRate: 0.01, sensitivity: 0.5 };
    const without = [0.4, 0.5, 0.6].map((sensitivity) => ({ decayRate: 0.01, sensitivity }));
    const [decay, sensitivity] = learnedFigures(law, 'p', { without });
    expect(decay.interval95).toEqual([0.01, 0.01]);
    // √(2/3 · (0.1² + 0.1²)) of deviation
    expect(sensitivity.interval95![1]).toBeCloseTo(0.5 + 1.96 * Math.sqrt(0.04 / 3), 10);
    expect(sensitivity.protocol).toContain('jackknife');
    const [alone] = learnedFigures(law, 'p');
    expect(alone.interval95).toBeUndefined();
    expect(alone.protocol).toBe('p');
  });

  it('is on the shipped cards with its units, and with its confidence where people were left out', () => {
    const learnedOn = (name: string) => readCard(name).evaluation.filter(({ metric }) => metric.startsWith('learned'));
    expect(learnedOn('eda-physics-simulated').map(({ metric }) => metric)).toEqual([
      'learned decay rate α₀ = 1/τ_tonic, 1/s',
      'learned emotional sensitivity β, levels of the window per unit of slow arousal',
    ]);
    const real = learnedOn('eda-stress-predict');
    expect(real).toHaveLength(3);
    expect(real[2].metric).toBe('learned time scale γ of the training people, 1');
    for (const { value, interval95 } of real) {
      expect(value).toBeGreaterThan(interval95![0]);
      expect(value).toBeLessThan(interval95![1]);
    }
  });
});
