import { describe, expect, test } from 'vitest';
import { edaRecording, edaRecordings, edaReference, furthest } from '../../test/eda-signals.ts';
import { FeatureError } from '../errors.ts';
import { cleanEda, highPassEda } from './eda-filters.ts';

const every = (x: Float64Array, n: number) => x.filter((_, i) => i % n === 0);

describe('the split of a whole record', () => {
  test.each(['wrist', 'palm'] as const)('at 0.05 Hz is that of NeuroKit2 (%s)', (name) => {
    const { sfreq } = edaRecordings[name];
    const wanted = edaReference.split[name];
    // NeuroKit2 does not clean at 4 Hz
    const cleaned = name === 'palm' ? cleanEda(edaRecording(name), sfreq) : edaRecording(name);
    expect(furthest(every(cleaned, wanted.every), wanted.cleaned)).toBeLessThan(1e-7);
    const { tonic, phasic } = highPassEda(cleaned, sfreq);
    expect(furthest(every(tonic, wanted.every), wanted.tonic)).toBeLessThan(1e-6);
    expect(furthest(every(phasic, wanted.every), wanted.phasic)).toBeLessThan(1e-6);
  });

  test('is linear', () => {
    const y = edaRecording('wrist');
    const { phasic } = highPassEda(y, 4);
    const scaled = highPassEda(
      y.map((value) => 5 - 3 * value),
      4,
    ).phasic;
    expect(
      furthest(
        scaled,
        phasic.map((value) => -3 * value),
      ),
    ).toBeLessThan(1e-9);
  });
});

describe('cleaning', () => {
  test('works at 4 Hz: it keeps 0.2 Hz and takes half a hertz below Nyquist away', () => {
    const tone = (hz: number) => Float64Array.from({ length: 800 }, (_, i) => Math.sin((2 * Math.PI * hz * i) / 4));
    const middle = (x: Float64Array) => x.subarray(200, 600).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(middle(cleanEda(tone(0.2), 4))).toBeGreaterThan(0.99);
    expect(middle(cleanEda(tone(1.5), 4))).toBeLessThan(0.01);
  });

  test('of a record shorter than its padding is refused', () => {
    expect(() => cleanEda(new Float64Array(15), 4)).toThrow(FeatureError);
    expect(() => cleanEda(new Float64Array(15), 4)).toThrow('needs more than 15 samples, got 15');
  });
});
