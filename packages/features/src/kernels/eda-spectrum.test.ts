import { describe, expect, test } from 'vitest';
import { edaRecording, edaReference, furthest } from '../../test/eda-signals.ts';
import { edaSpectrum, tvsymp } from './eda-spectrum.ts';
import { sampleEntropy } from './sample-entropy.ts';

const wrist = edaRecording('wrist');
const halves = Float64Array.from({ length: wrist.length / 2 }, (_, i) => (wrist[2 * i] + wrist[2 * i + 1]) / 2);
const tone = (hz: number, amplitude: number, n = 1200) =>
  Float64Array.from({ length: n }, (_, i) => 4 + amplitude * Math.sin((2 * Math.PI * hz * i) / 2));

describe('EDASymp', () => {
  test('and the narrow bands are those of scipy.signal.welch', () => {
    const { step, read } = edaSpectrum();
    for (const value of halves) step(value);
    const { sympathetic, normalised, narrow } = read();
    expect(Math.abs(sympathetic / edaReference.spectrum.sympathetic - 1)).toBeLessThan(1e-8);
    expect(Math.abs(normalised / edaReference.spectrum.normalised - 1)).toBeLessThan(1e-8);
    for (const [b, power] of edaReference.spectrum.narrow.entries()) expect(Math.abs(narrow[b] / power - 1)).toBeLessThan(1e-6);
  });

  test('is half the square of a tone in the band, and nothing of one beyond', () => {
    const of = (hz: number) => {
      const { step, read } = edaSpectrum();
      for (const value of tone(hz, 0.2)) step(value);
      return read();
    };
    expect(of(0.125).sympathetic).toBeCloseTo(0.02, 4);
    expect(of(0.125).normalised).toBeGreaterThan(0.99);
    expect(of(0.4).normalised).toBeLessThan(0.01);
  });

  test('of a constant is 0', () => {
    const { step, read } = edaSpectrum();
    for (let i = 0; i < 300; i++) step(2);
    expect(read()).toMatchObject({ sympathetic: 0, normalised: 0 });
  });
});

describe('TVSymp', () => {
  test('is the complex demodulation that SciPy filters', () => {
    const { step, output } = tvsymp();
    const rows = Array.from(halves, (value) => {
      step(value);
      return [...output];
    });
    const column = (c: number) => rows.map((row) => row[c]);
    expect(furthest(column(0), edaReference.tvsymp.amplitude)).toBeLessThan(1e-8);
    // the first value is 0 over 0
    expect(furthest(column(1).slice(1), edaReference.tvsymp.normalised.slice(1))).toBeLessThan(1e-6);
  });

  test('is the amplitude of a tone in its band, whatever the phase, and √2 normalised', () => {
    for (const hz of [0.13, 0.16, 0.2]) {
      const { step, output } = tvsymp();
      for (const value of tone(hz, 0.3, 6000)) step(value);
      expect(output[0]).toBeGreaterThan(0.28);
      expect(output[0]).toBeLessThan(0.32);
      expect(output[1]).toBeGreaterThan(1.3);
      expect(output[1]).toBeLessThan(1.5);
    }
  });

  test('does not hear the level', () => {
    const { step, output } = tvsymp();
    for (let i = 0; i < 2000; i++) step(8);
    expect([...output]).toEqual([0, 0]);
  });
});

describe('sample entropy', () => {
  test('is that of NeuroKit2', () => {
    const seconds = wrist.filter((_, i) => i % 4 === 3).subarray(0, 60);
    expect(sampleEntropy(seconds)).toBeCloseTo(edaReference.sampleEntropy, 9);
  });

  test('of a constant is 0, and does not change with scale', () => {
    expect(sampleEntropy(new Float64Array(50).fill(3))).toBe(0);
    const x = wrist.subarray(0, 60);
    expect(sampleEntropy(x.map((value) => 7 * value - 2))).toBeCloseTo(sampleEntropy(x), 12);
  });
});
