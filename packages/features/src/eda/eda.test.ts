import type { EdaSignal, Report } from '@affect-edge/acquire';
import fc from 'fast-check';
import { from, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { edaRecording, furthest } from '../../test/eda-signals.ts';
import { block, cutBlock, eda } from '../../test/signals.ts';
import { syntheticEda } from '../../test/synthetic-eda.ts';
import { condition } from '../condition/condition.ts';
import { epochs } from '../epoch.ts';
import { FeatureError } from '../errors.ts';
import { extract } from '../extract.ts';
import type { Feature, FeatureVector } from '../feature.ts';
import { edaClean } from './clean.ts';
import { edaCourse } from './eda-course.ts';
import { edaFeatures } from './eda-features.ts';
import { edaQuality, edaReason } from './eda-quality.ts';
import { edaStatistics } from './eda-statistics.ts';
import { edaTable } from './table.ts';
import { tonicPhasic } from './tonic-phasic.ts';

const all: readonly Feature<'eda'>[] = [
  tonicPhasic(),
  tonicPhasic({ method: 'high-pass' }),
  edaCourse(),
  edaFeatures(),
  edaStatistics(),
  edaQuality(),
];
const wrist = edaRecording('wrist');

/** The vectors of a recording that starts at `tmin`, cut before the given samples, with a hole where `without` says. */
const vectors = (
  features: readonly Feature<'eda'>[],
  y: Float64Array,
  {
    hopSec = 1,
    cuts = [],
    tmin = 0,
    signal = eda(4),
    skip = 0,
  }: { hopSec?: number; cuts?: number[]; tmin?: number; signal?: EdaSignal; skip?: number } = {},
): FeatureVector[] => {
  let out: FeatureVector[] = [];
  const reports: Report[] = [];
  from(cutBlock(block(signal, skip, tmin, y), cuts))
    .pipe(
      epochs({ hopSec }),
      extract(features, hopSec, (report) => reports.push(report)),
      toArray(),
    )
    .subscribe((found) => {
      out = found;
    });
  expect(reports).toEqual([]);
  return out;
};
const named = (found: readonly FeatureVector[], name: string) => found.filter(({ spec }) => spec.name === name);
const read = ({ spec, values }: FeatureVector, label: string) => values[spec.axes[0].labels.indexOf(label)];

describe('every feature of skin conductance', () => {
  test('has the shape and the units it says, and is finite', () => {
    const found = vectors(all, wrist);
    for (const feature of all) {
      const spec = feature.describe(eda(4));
      const size = spec.axes.reduce((product, { labels }) => product * labels.length, 1);
      const own = named(found, spec.name);
      expect(own.length).toBeGreaterThan(5);
      for (const { values, quality, tmin, tmax } of own) {
        expect(values.length).toBe(size);
        expect(values.every(Number.isFinite)).toBe(true);
        expect(quality).toBeGreaterThanOrEqual(0);
        expect(quality).toBeLessThanOrEqual(1);
        expect(tmin).toBeLessThan(tmax);
      }
      for (const { labels } of spec.axes) expect(new Set(labels).size).toBe(labels.length);
    }
    const { recipe } = edaFeatures().describe(eda(4));
    for (const { label, unit } of edaTable) expect(recipe[`unit of ${label}`]).toBe(unit);
  });

  test('does not care how the samples are cut into blocks', () => {
    const whole = vectors(all, wrist);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: wrist.length - 1 }), { minLength: 80, maxLength: 120 }), (cuts) => {
        const cut = vectors(all, wrist, { cuts });
        expect(cut.length).toBe(whole.length);
        let different = 0;
        for (const [i, { values, index, quality }] of cut.entries()) {
          different += furthest(values, whole[i].values) + Math.abs(index - whole[i].index) + Math.abs(quality - whole[i].quality);
        }
        expect(different).toBe(0);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('does not care about the hop', () => {
    const [coarse, fine] = [1, 0.25].map((hopSec) =>
      vectors([edaCourse(), edaFeatures(), edaStatistics(), edaQuality()], wrist, { hopSec }),
    );
    // the first hop is partial and thrown away, so a finer grid starts earlier: compare once the filters have forgotten
    const late = (found: FeatureVector[]) =>
      found.filter(({ tmax }) => tmax > 200).sort((a, b) => a.tmax - b.tmax || a.spec.name.localeCompare(b.spec.name));
    const [a, b] = [late(coarse), late(fine)];
    expect(a.length).toBe(b.length);
    for (const [i, vector] of a.entries()) {
      expect(b[i].tmax).toBe(vector.tmax);
      expect(furthest(b[i].values, vector.values)).toBeLessThan(1e-3);
    }
  });

  test('gives the same a day later', () => {
    const [today, tomorrow] = [0, 86_400].map((tmin) => vectors(all, wrist, { tmin }));
    expect(tomorrow.length).toBe(today.length);
    for (const [i, { values }] of tomorrow.entries()) expect(furthest(values, today[i].values)).toBe(0);
  });

  test('stays finite on a flat, a spiky and a noisy input, and says so by its quality', () => {
    const flat = vectors(all, new Float64Array(800).fill(0.5));
    const spiky = vectors(
      all,
      wrist.map((value, i) => (i % 40 === 7 ? value + 20 : value)),
    );
    const dry = vectors(all, new Float64Array(800).fill(0));
    for (const found of [flat, spiky, dry]) for (const { values } of found) expect(values.every(Number.isFinite)).toBe(true);
    for (const name of ['eda-course', 'eda-features', 'eda-quality']) {
      for (const found of [flat, spiky, dry]) expect(named(found, name).at(-1)!.quality).toBeLessThan(0.2);
    }
    expect(named(dry, 'tonic-phasic').filter(({ spec }) => spec.recipe.method === 'sudomotor-kalman')).toEqual([]);
  });

  test('refuses a signal below 4 Hz, or with two channels, when it meets it', () => {
    const two = { ...eda(4), montage: { channels: ['left', 'right'], reference: 'n/a' } };
    for (const { open } of all) {
      expect(() => open(eda(2), 1)).toThrow("Signal 'eda' has 2 Hz; features of skin conductance need at least 4 Hz.");
      expect(() => open(two, 1)).toThrow('has 2 channels (left, right)');
    }
    expect(() => edaCourse({ everySec: 0.6 }).open(eda(4), 0.2)).toThrow(FeatureError);
    expect(() => edaCourse({ everySec: 1 }).open(eda(4), 0.3)).toThrow('everySec must be a whole multiple of hopSec (0.3 s), got 1 s.');
  });
});

describe('the course', () => {
  test('is the last minute in quarter seconds: level, change, validity and conductance', () => {
    const found = vectors([edaCourse()], wrist);
    expect(found[0].tmax).toBe(60);
    for (const { values, tmax, tmin } of [found[0], found[100]]) {
      expect(tmax - tmin).toBe(60);
      const y = wrist.subarray(4 * tmax - 240, 4 * tmax);
      expect(furthest(values.subarray(720), y)).toBe(0);
      expect(
        furthest(
          values.subarray(0, 240),
          y.map((value) => Math.log1p(value / 0.05)),
        ),
      ).toBeLessThan(1e-15);
      expect(values[240 + 17]).toBe(values[17] - values[16]);
      expect(values.subarray(480, 720).every((valid) => valid === 1)).toBe(true);
    }
  });

  test('of a faster signal is its mean over each quarter second', () => {
    const y = edaRecording('palm');
    const [first] = vectors([edaCourse({ windowSec: 20 })], y, { signal: eda(100), hopSec: 0.5 });
    for (const i of [0, 40, 79]) {
      const start = Math.round((first.tmax - 20) * 100) + 25 * i;
      const mean = y.subarray(start, start + 25).reduce((sum, value) => sum + value, 0) / 25;
      expect(first.values[3 * 80 + i]).toBeCloseTo(mean, 12);
    }
  });

  test('can begin early, with what is missing marked', () => {
    const [first] = vectors([edaCourse({ minSec: 10 })], wrist);
    expect(first.tmax).toBe(10);
    const valid = first.values.subarray(480, 720);
    expect(valid.subarray(0, 220).every((value) => value === 0)).toBe(true);
    expect(first.values[720]).toBe(wrist[0]);
    expect(first.quality).toBeLessThan(10 / 60);
  });

  test('marks five seconds to both sides of an impossible step', () => {
    const jump = wrist.map((value, i) => (i < 600 ? value : value + 20));
    const vector = vectors([edaCourse()], jump).find(({ tmax }) => tmax === 180)!;
    const valid = vector.values.subarray(480, 720);
    // the step lies 30 s before the end, in position 120
    expect(Array.from(valid).filter((value) => value === 0)).toHaveLength(41);
    expect([valid[99], valid[100], valid[140], valid[141]]).toEqual([1, 0, 0, 1]);
  });
});

describe('tonic and phasic', () => {
  test('by high-pass add up to the sample exactly, by Kalman within hundredths', () => {
    const found = vectors([tonicPhasic({ method: 'high-pass' }), tonicPhasic()], wrist);
    for (const { tmax, values, spec } of found) {
      const sample = wrist[Math.round(4 * tmax) - 1];
      expect(Math.abs(values[0] + values[1] - sample)).toBeLessThan(spec.recipe.method === 'high-pass' ? 1e-12 : 0.02);
    }
  });

  test('carry the recipe that made them', () => {
    expect(tonicPhasic({ site: 'palm' }).describe(eda(4))).toMatchObject({
      unit: 'µS',
      recipe: { method: 'sudomotor-kalman', mix: 0.2, site: 'palm' },
    });
    expect(tonicPhasic({ method: 'high-pass' }).describe(eda(4)).recipe).toEqual({
      method: 'high-pass',
      order: 2,
      edge: 0.05,
      site: 'wrist',
    });
  });
});

describe('the table', () => {
  const { y, onsets } = syntheticEda({ sfreq: 4, lengthSec: 300, seed: 3, snrDb: 45 });
  const found = vectors([edaFeatures({ site: 'palm' })], y);

  test('counts the responses of the minute', () => {
    for (const vector of found) {
      const inside = onsets.filter((onset) => onset + 1.2 > vector.tmin + 0.5 && onset + 1.2 < vector.tmax - 1);
      expect(Math.abs(read(vector, 'scr_rate') - inside.length)).toBeLessThanOrEqual(1);
    }
  });

  test('agrees with itself', () => {
    for (const vector of found) {
      const of = (label: string) => read(vector, label);
      expect(of('scl_min')).toBeLessThanOrEqual(of('scl_mean'));
      expect(of('scl_mean')).toBeLessThanOrEqual(of('scl_max'));
      expect(of('scr_amplitude_sum')).toBeCloseTo(of('scr_rate') * of('scr_amplitude_mean'), 9);
      expect(of('line_length') / 239).toBeCloseTo(of('change_mean') / 4, 9);
      expect(of('scr_rise_mean')).toBeGreaterThan(0.5);
      expect(of('scr_rise_mean')).toBeLessThan(2.5);
    }
  });

  test('of a sensor put on after a minute is soon that of one worn from the start', () => {
    const worn = Float64Array.from({ length: 4 * 300 }, (_, i) => 5 + 0.05 * Math.sin((2 * Math.PI * 0.1 * i) / 4) + 0.002 * Math.sin(i));
    const inTheAir = worn.map((value, i) => (i < 240 ? 0 : value));
    const [always, late] = [worn, inTheAir].map((y) => vectors([edaFeatures()], y).at(-1)!);
    expect(late.quality).toBe(1);
    for (const label of ['edasymp', 'edasymp_normalised', 'tvsymp_mean', 'power_05_10', 'power_10_15']) {
      expect(Math.abs(read(late, label) / read(always, label) - 1), label).toBeLessThan(0.05);
    }
  });

  test('of a rising level has its slope, and no responses', () => {
    const rising = vectors(
      [edaFeatures()],
      Float64Array.from({ length: 1200 }, (_, i) => 2 + i / 240),
    );
    expect(read(rising.at(-1)!, 'scl_slope')).toBeCloseTo(1, 2);
    expect(read(rising.at(-1)!, 'scr_rate')).toBe(0);
    expect(read(rising.at(-1)!, 'scr_amplitude_mean')).toBe(0);
    expect(read(rising.at(-1)!, 'rising')).toBe(1);
  });
});

describe('quality', () => {
  test('names what is wrong', () => {
    const reason = (y: Float64Array) => edaReason(vectors([edaQuality({ windowSec: 20 })], y).at(-1)!.values);
    expect(reason(wrist.subarray(0, 400))).toBeUndefined();
    expect(reason(new Float64Array(400).fill(1))).toBe('flat');
    expect(reason(wrist.subarray(0, 400).map((value) => value / 1000))).toBe('range');
    expect(reason(wrist.subarray(0, 400).map((value, i) => value + 8 * (i % 2)))).toBe('slope');
  });

  test('at the palm is stricter than at the wrist', () => {
    const dry = Float64Array.from({ length: 400 }, (_, i) => 0.03 + 0.01 * Math.sin(i / 10));
    const quality = (site: 'wrist' | 'palm') => vectors([edaQuality({ site })], dry).at(-1)!.quality;
    expect(quality('wrist')).toBe(1);
    expect(quality('palm')).toBe(0);
  });
});

test('cleaning as samples arrive takes noise off and keeps the level, at 4 Hz', () => {
  const { y, noise } = syntheticEda({ sfreq: 4, lengthSec: 60, seed: 2, snrDb: 20 });
  const rough = (x: Float64Array) =>
    Math.sqrt(x.reduce((sum, value, i) => sum + (i < 2 ? 0 : (value - 2 * x[i - 1] + x[i - 2]) ** 2), 0) / x.length);
  let cleaned = new Float64Array(0);
  from([block(eda(4), 0, 0, y)])
    .pipe(condition([edaClean()]))
    .subscribe(({ data }) => {
      cleaned = Float64Array.from(data);
    });
  expect(cleaned[0]).toBeCloseTo(y[0], 9);
  expect(rough(cleaned)).toBeLessThan(0.5 * rough(y));
  expect(noise).toBeGreaterThan(0);
});
