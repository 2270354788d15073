import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { named, runFeature } from '../../test/run-feature.ts';
import { eeg } from '../../test/signals.ts';
import { blinks } from './blinks.ts';
import { muscle } from './muscle.ts';
import { signalQuality, worstFault } from './signal-quality.ts';

interface Recording {
  readonly sfreq: number;
  readonly channels: string[];
  readonly fromSec: number;
  readonly offsets: number[];
  readonly tenths: number[][];
}
// a real Cyton in an unshielded room: fast blinking at 4.3–6.5 s and 15.4–16.7 s, a single deflection of 110 µV at 13 s, the jaw clenched
// on C3's side at 8, 9, 11 and
// 12 s (read off the band-passed signals in SciPy), 60 Hz of 200 µV throughout
const recording: Recording = JSON.parse(
  readFileSync(new URL('../../test/recordings/cyton-blinks-and-clench.json', import.meta.url), 'utf8'),
);
const { channels, sfreq, fromSec, offsets, tenths } = recording;
const signal = named(eeg(channels.length, sfreq), channels);
const data = Float64Array.from(tenths.flatMap((row, c) => row.map((tenth) => offsets[c] + tenth / 10)));
const windowSec = 1;
const hopSec = 0.5;
/** Vectors by the time their window ends, s of the recording. */
const between = (got: readonly { readonly tmin: number; readonly values: Float64Array }[], from: number, to: number) =>
  got.filter(({ tmin }) => tmin + fromSec >= from && tmin + windowSec + fromSec <= to);

describe('on a real recording', () => {
  it('blinks are found where the wearer blinked and nowhere else', () => {
    const got = runFeature(blinks({ windowSec }), signal, data, hopSec);
    const counted = (from: number, to: number) => between(got, from, to).reduce((sum, { values }) => sum + (values[0] * windowSec) / 60, 0);
    expect(counted(4, 7)).toBeGreaterThanOrEqual(3);
    expect(counted(15, 17.5)).toBeGreaterThanOrEqual(3);
    expect(counted(7.5, 13)).toBe(0);
  });

  it('muscle is found while the jaw is clenched, where the muscle is', () => {
    const got = runFeature(muscle({ windowSec }), signal, data, hopSec);
    const c3 = channels.indexOf('C3');
    expect(between(got, 8, 12.5).filter(({ values }) => values[c3] > 0).length).toBeGreaterThanOrEqual(4);
    expect(between(got, 15.5, 18.5).every(({ values }) => values[c3] === 0)).toBe(true);
    expect(got.every(({ values }) => values[channels.indexOf('Fp1')] === 0)).toBe(true);
  });

  it('quality names the muscle, and takes neither the hum nor a blink for a bad electrode', () => {
    const got = runFeature(signalQuality({ windowSec }), signal, data, hopSec);
    const c3 = channels.indexOf('C3');
    const nMeasures = got[0].values.length / channels.length;
    expect(between(got, 8.5, 10).map(({ values }) => worstFault(values, c3))).toContain('muscle');
    for (const { values } of between(got, 15, 18.5)) {
      for (const c of channels.keys()) expect(values[c * nMeasures]).toBeGreaterThan(0.6);
    }
  });
});
