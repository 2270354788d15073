import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { congruential } from '../../test/signals.ts';
import { cascade, powerResponse, sosfilt, sosInitialState } from './biquad.ts';
import { type ButterworthDesign, butterworth } from './butterworth.ts';
import { notch } from './notch.ts';

interface Golden {
  readonly designs: { design: ButterworthDesign; sos: number[][] }[];
  readonly states: { design: ButterworthDesign; zi: number[] }[];
  readonly filtered: { design: ButterworthDesign; y: number[] }[];
  readonly notches: { frequency: number; q: number; sfreq: number; b: number[]; a: number[] }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../test/golden/eeg-filters.json', import.meta.url), 'utf8'));
const furthest = (got: ArrayLike<number>, expected: ArrayLike<number>) =>
  Array.from(got, (value, i) => Math.abs(value - expected[i])).reduce(
    (a, b) => Math.max(a, b),
    got.length === expected.length ? 0 : Infinity,
  );

describe('butterworth', () => {
  it('has the coefficients, the pairing and the order of scipy.signal.butter', () => {
    expect(golden.designs.length).toBeGreaterThan(200);
    for (const { design, sos } of golden.designs) {
      const rows = butterworth(design).map(({ b0, b1, b2, a1, a2 }) => [b0, b1, b2, 1, a1, a2]);
      expect(rows.length).toBe(sos.length);
      for (const [i, row] of rows.entries()) {
        // the gain may be 1e-12: compare relative to the largest of the row
        const scale = Math.max(...sos[i].slice(0, 3).map(Math.abs));
        expect(furthest(row.slice(0, 3), sos[i].slice(0, 3)) / scale, JSON.stringify(design)).toBeLessThan(1e-10);
        expect(furthest(row.slice(3), sos[i].slice(3)), JSON.stringify(design)).toBeLessThan(1e-12);
      }
    }
  });

  it('passes its middle, halves the power at its edges and stops the rest', () => {
    const sections = butterworth({ type: 'bandpass', order: 5, fmin: 8, fmax: 14, sfreq: 250 });
    expect(powerResponse(sections, Math.sqrt(8 * 14), 250)).toBeCloseTo(1, 6);
    expect(powerResponse(sections, 8, 250)).toBeCloseTo(0.5, 9);
    expect(powerResponse(sections, 14, 250)).toBeCloseTo(0.5, 9);
    expect(powerResponse(sections, 4, 250)).toBeLessThan(1e-4);
    expect(powerResponse(sections, 0, 250)).toBe(0);
  });

  it('says what it expected where a band does not fit the sampling frequency', () => {
    expect(() => butterworth({ type: 'bandpass', order: 5, fmin: 31, fmax: 49, sfreq: 64 })).toThrow(
      'A bandpass at 31–49 Hz cannot be made at 64 Hz: expected 0 < fmin < fmax < 32 Hz',
    );
    expect(() => butterworth({ type: 'bandpass', order: 5, fmin: 9, fmax: 8, sfreq: 128 })).toThrow('fmin < fmax');
    expect(() => butterworth({ type: 'lowpass', order: 2.5, edge: 9, sfreq: 128 })).toThrow('whole order');
  });
});

describe('sosInitialState', () => {
  it('is scipy.signal.sosfilt_zi', () => {
    for (const { design, zi } of golden.states) {
      const state = sosInitialState(butterworth(design));
      const scale = Math.max(1, ...zi.map(Math.abs));
      expect(furthest(state, zi) / scale, JSON.stringify(design)).toBeLessThan(1e-9);
    }
  });
});

describe('cascade', () => {
  it('filters as scipy.signal.sosfilt does, from a settled state on an offset of 60 mV', () => {
    const x = congruential(1, 300).map((u) => 60000 + 50 * u);
    for (const { design, y } of golden.filtered) {
      const sections = butterworth(design);
      const state = sosInitialState(sections).map((s) => s * x[0]);
      expect(furthest(sosfilt(sections, x, state), y), JSON.stringify(design)).toBeLessThan(1e-7);
    }
  });

  it('gives bit for bit the same wherever the signal is cut', () => {
    const sections = butterworth({ type: 'bandpass', order: 4, fmin: 1, fmax: 45, sfreq: 250 });
    const x = congruential(3, 200);
    const whole = sosfilt(sections, x);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 200];
        const state = new Float64Array(2 * sections.length);
        const y = new Float64Array(200);
        for (let i = 1; i < edges.length; i++) cascade(sections, state, 0, x, edges[i - 1], y, edges[i - 1], edges[i] - edges[i - 1]);
        expect(y).toEqual(whole);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('notch', () => {
  it('has the coefficients of scipy.signal.iirnotch', () => {
    for (const { frequency, q, sfreq, b, a } of golden.notches) {
      const { b0, b1, b2, a1, a2 } = notch(frequency, q, sfreq);
      expect(furthest([b0, b1, b2, 1, a1, a2], [...b, ...a])).toBeLessThan(1e-12);
    }
  });
});
