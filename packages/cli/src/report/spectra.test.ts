import type { EegSignal, SampleBlock } from '@affect-edge/acquire';
import { describe, expect, it } from 'vitest';
import { spectra } from './spectra.ts';

const eeg: EegSignal = { kind: 'eeg', unit: 'µV', id: 'eeg', sfreq: 256, montage: { channels: ['O1', 'O2'], reference: 'A1' } };
/** 10 Hz at 10 µV in the first channel, twice that in the second. */
const block = (firstSample: number, nTimes: number): SampleBlock => ({
  signal: eeg,
  firstSample,
  tmin: firstSample / 256,
  arrivedAt: (firstSample + nTimes) / 256,
  data: Float64Array.from({ length: 2 * nTimes }, (_, i) => {
    const t = (firstSample + (i % nTimes)) / 256;
    return (i < nTimes ? 10 : 20) * Math.sin(2 * Math.PI * 10 * t) + 1e-3 * Math.sin(2 * Math.PI * 31.7 * t);
  }),
});

describe('spectra', () => {
  it('hold the power of a sine at its frequency, and 6 dB more for twice its amplitude', () => {
    const found = spectra(eeg);
    for (let at = 0; at < 256 * 20; at += 64) found.add(block(at, 64));
    const { frequencies, decibels } = found.read()!;
    const peak = decibels[0]!.indexOf(Math.max(...decibels[0]!));
    expect(frequencies[peak]).toBe(10);
    // a sine of amplitude A has A²/2 µV²; under a Hann window of 2 s its peak density is A²/2 · 2/1.5 s
    expect(decibels[0]![peak]).toBeCloseTo(10 * Math.log10((100 / 2) * (2 / 1.5)), 1);
    expect(decibels[1]![peak]! - decibels[0]![peak]!).toBeCloseTo(20 * Math.log10(2), 1);
    expect(frequencies.at(-1)).toBeLessThanOrEqual(65);
  });

  it('do not depend on how the samples are cut into blocks', () => {
    const read = (size: number) => {
      const found = spectra(eeg);
      for (let at = 0; at < 2560; at += size) found.add(block(at, Math.min(size, 2560 - at)));
      return found.read();
    };
    expect(read(7)).toEqual(read(2560));
    expect(read(100)).toEqual(read(2560));
  });

  it('never reach across a gap', () => {
    const found = spectra(eeg);
    for (let at = 0; at < 2560; at += 500) found.add(block(at * 2, 500)); // never 2 s without a gap
    expect(found.read()).toBeUndefined();
  });
});
