import { describe, expect, test } from 'vitest';
import { edaRecording, edaRecordings, edaReference } from '../../test/eda-signals.ts';
import { cleanEda, highPassEda } from './eda-filters.ts';
import { scrPeaks } from './scr-peaks.ts';

describe('responses in a record', () => {
  test.each(['wrist', 'palm'] as const)('are those of NeuroKit2 on the same cleaned signal (%s)', (name) => {
    const { sfreq } = edaRecordings[name];
    const cleaned = name === 'palm' ? cleanEda(edaRecording(name), sfreq) : edaRecording(name);
    const found = scrPeaks(highPassEda(cleaned, sfreq).phasic, { sfreq });
    const { peaks } = edaReference.split[name];
    // NeuroKit2 lists peaks without an onset too, with an amplitude of NaN
    const wanted = peaks.peak.map((peak, i) => ({ peak, i })).filter(({ i }) => peaks.amplitude[i] !== null);
    expect(wanted.length).toBeGreaterThan(3);
    expect(found.map(({ peak }) => peak)).toEqual(wanted.map(({ peak }) => peak));
    for (const [n, { i }] of wanted.entries()) {
      expect(found[n].onset).toBe(peaks.onset[i]);
      expect(Math.abs(found[n].amplitude - peaks.amplitude[i]!)).toBeLessThan(1e-5);
      expect(found[n].riseSec).toBeCloseTo(peaks.riseSec[i]!, 9);
    }
    // NeuroKit2 takes the sample nearest to half the amplitude, ours the first that reaches it: the same unless the fall wavers
    const recovered = wanted.flatMap(({ i }, n) =>
      peaks.halfRecoverySec[i] === null ? [] : [found[n].halfRecoverySec - peaks.halfRecoverySec[i]!],
    );
    for (const later of recovered) expect(later).toBeLessThanOrEqual(1e-9);
    expect(recovered.filter((later) => later > -1e-9).length).toBeGreaterThanOrEqual(0.6 * recovered.length);
  });

  test('under the absolute threshold do not count, however quiet the rest', () => {
    const quiet = Float64Array.from({ length: 400 }, (_, i) => 0.004 * Math.sin(i / 10));
    expect(scrPeaks(quiet, { sfreq: 4 }).length).toBeGreaterThan(3);
    expect(scrPeaks(quiet, { sfreq: 4, minAmplitude: 0.01 })).toEqual([]);
  });

  test('on a triangle have the width and times drawn', () => {
    const x = Float64Array.from([0, 0, -1, 0, 1, 2, 3, 2, 1, 0, -1, -2, -2, -1, 0]);
    const [scr, ...others] = scrPeaks(x, { sfreq: 2 });
    expect(others).toEqual([]);
    expect(scr).toEqual({ onset: 2, peak: 6, amplitude: 4, riseSec: 2, halfRecoverySec: 1, widthSec: 2 });
  });

  test('of a flat, an empty and a rising record are none', () => {
    for (const x of [[], [1], [2, 2, 2, 2], [1, 2, 3, 4]]) expect(scrPeaks(Float64Array.from(x), { sfreq: 4 })).toEqual([]);
  });

  test('that never come back have no recovery', () => {
    const [scr] = scrPeaks(Float64Array.from([1, 0, 4, 3.9, 3.8]), { sfreq: 1 });
    expect(scr.amplitude).toBe(4);
    expect(scr.halfRecoverySec).toBeNaN();
    expect(scr.widthSec).toBeNaN();
  });
});
