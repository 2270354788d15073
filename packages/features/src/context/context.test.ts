import { readFileSync } from 'node:fs';
import type { Signal } from '@affect-edge/acquire';
import { describe, expect, test } from 'vitest';
import { furthest } from '../../test/eda-signals.ts';
import { beats as beatSignal } from '../../test/signals.ts';
import { seeded } from '../../test/synthetic-eda.ts';
import type { Epoch } from '../epoch.ts';
import type { Extracted } from '../feature.ts';
import { heartRateVariability } from '../kernels/heart-rate-variability.ts';
import { pulseBeats } from '../kernels/pulse-beats.ts';
import { heartRate, pulseRate } from './heart.ts';
import { motionEnergy } from './motion-energy.ts';
import { skinTemperature } from './skin-temperature.ts';

const load = (name: string) => JSON.parse(readFileSync(new URL(`../../test/golden/${name}`, import.meta.url), 'utf8'));
const recordings: { pulse: { sfreq: number; values: number[] }; beats: { values: [number, number][] } } = load('context-recordings.json');
const reference: {
  variability: { first: number; last: number; meanNN: number; sdnn: number; rmssd: number; pnn50: number };
  recorded: { peaks: number[] };
  simulated: { sfreq: number; values: number[]; peaks: number[] };
} = load('context-reference.json');

/** Hops of one second of a regular signal, (nChannels, nTimes) each. */
const hops = <S extends Signal>(signal: S, rows: readonly ArrayLike<number>[], hopSec = 1): Epoch<S>[] => {
  const n = Math.round(signal.sfreq * hopSec);
  return Array.from({ length: Math.floor(rows[0].length / n) }, (_, k) => ({
    signal,
    index: k + 1,
    tmin: k * hopSec,
    tmax: (k + 1) * hopSec,
    data: Float64Array.from(rows.flatMap((row) => Array.from(row).slice(k * n, (k + 1) * n))),
  }));
};
const all = <E>(see: (hop: E) => Extracted | undefined, epochs: readonly E[]): Extracted[] => epochs.flatMap((hop) => see(hop) ?? []);
const described = { id: 'x', montage: { channels: ['X'], reference: 'n/a' } };

describe('heart rate variability', () => {
  test('is that of NeuroKit2 on a run without missed beats', () => {
    const { first, last, meanNN, sdnn, rmssd, pnn50 } = reference.variability;
    const run = recordings.beats.values.slice(first, last + 1);
    const got = heartRateVariability(
      run.map(([time]) => time),
      run.map(([, interval]) => interval),
    );
    expect(got.meanNn).toBeCloseTo(meanNN, 9);
    expect(got.sdnn).toBeCloseTo(sdnn, 9);
    expect(got.rmssd).toBeCloseTo(rmssd, 9);
    // NeuroKit2 divides by the number of intervals, the Task Force by that of differences
    expect(got.pnn50).toBeCloseTo((pnn50 * run.length) / (run.length - 1), 9);
    expect(got.rate).toBeCloseTo(60_000 / meanNN, 9);
  });

  test('does not take a missed beat for variability', () => {
    const times = [1, 2, 3, 5, 6, 7];
    expect(heartRateVariability(times, [1, 1, 1, 2, 1, 1]).rmssd).toBe(0);
    expect(heartRateVariability(times, [1, 1, 1, 1, 1, 1]).rmssd).toBe(0);
    expect(heartRateVariability([], [])).toEqual({ rate: 0, meanNn: 0, sdnn: 0, rmssd: 0, pnn50: 0, coveredSec: 0 });
  });

  test('is read off every five seconds over the last minute, with the share of it that beats cover', () => {
    const signal = beatSignal();
    const see = heartRate().open(signal, 1);
    const { values: beats } = recordings.beats;
    const found = Array.from({ length: 300 }, (_, k) => {
      const index = 604 + k + 1;
      const inside = beats.filter(([time]) => time >= index - 1 && time < index);
      const [times, data] = [0, 1].map((c) => Float64Array.from(inside, (beat) => beat[c]));
      return { index, vector: see({ signal, index, tmin: index - 1, tmax: index, data, times }) };
    }).filter(({ vector }) => vector !== undefined);
    expect(found.map(({ index }) => index).slice(0, 3)).toEqual([665, 670, 675]);
    for (const { index, vector } of found) {
      const inside = beats.filter(([time]) => time >= index - 60 && time < index);
      const covered = inside.reduce((sum, [, interval]) => sum + interval, 0);
      expect(vector!.quality).toBeCloseTo(Math.min(1, covered / 60), 9);
      if (inside.length > 0) expect(vector!.values[0]).toBeCloseTo((60 * inside.length) / covered, 6);
    }
  });
});

describe('beats of the pulse wave', () => {
  const beatsOf = (x: readonly number[], sfreq: number) => {
    const { step } = pulseBeats(sfreq);
    return x.map(step).filter((time) => !Number.isNaN(time));
  };

  test('are those of NeuroKit2 within a sample and a half where nothing moves', () => {
    const { values, sfreq, peaks } = reference.simulated;
    const found = beatsOf(values, sfreq);
    expect(found.length).toBe(peaks.length);
    expect(
      furthest(
        found,
        peaks.map((peak) => peak / sfreq),
      ),
    ).toBeLessThan(1.5 / sfreq);
  });

  test('on a moving wrist are as many, most of them at the same pulse', () => {
    const { values, sfreq } = recordings.pulse;
    const found = beatsOf(values, sfreq);
    const wanted = reference.recorded.peaks.map((peak) => peak / sfreq);
    expect(Math.abs(found.length - wanted.length)).toBeLessThanOrEqual(2);
    const matched = wanted.filter((time) => found.some((other) => Math.abs(other - time) < 0.2));
    expect(matched.length).toBeGreaterThan(0.9 * wanted.length);
  });

  test('give the heart rate of the minute', () => {
    const { values, sfreq, peaks } = reference.simulated;
    const signal = { ...described, kind: 'ppg', unit: 'a.u.', sfreq } as const;
    const found = all(pulseRate({ windowSec: 30 }).open(signal, 1), hops(signal, [values]));
    expect(found.length).toBe(7);
    const expected = (60 * sfreq * (peaks.length - 1)) / (peaks.at(-1)! - peaks[0]);
    expect(Math.abs(found.at(-1)!.values[0] - expected)).toBeLessThan(2);
    expect(found.at(-1)!.quality).toBeGreaterThan(0.9);
  });

  test('are still counted after hours with a sensor that runs slower than it says', () => {
    const signal = { ...described, kind: 'ppg', unit: 'a.u.', sfreq: 64 } as const;
    const see = pulseRate({ windowSec: 30 }).open(signal, 1);
    // 62 samples a second of session time, as an hour of a clock that is 0.05 % slow would add up to
    const perSec = 62;
    const found = Array.from({ length: 1500 }, (_, k) => {
      const data = Float64Array.from({ length: perSec }, (_, t) => Math.sin((2 * Math.PI * 1.2 * (k * perSec + t)) / perSec) ** 3);
      return see({ signal, index: k + 1, tmin: k, tmax: k + 1, data });
    }).flatMap((vector) => vector ?? []);
    for (const { values, quality } of [found[3], found.at(-1)!]) {
      expect(Math.abs(values[0] - (72 * 64) / 62)).toBeLessThan(1);
      expect(quality).toBeGreaterThan(0.9);
    }
  });

  test('of a Muse are those of its infrared light, not of the ambient light it sends first', () => {
    const channels = ['ambient', 'infrared', 'red'];
    const signal = { ...described, kind: 'ppg', unit: 'a.u.', sfreq: 64, montage: { channels, reference: 'n/a' } } as const;
    const noise = seeded(5);
    const ambient = Float64Array.from({ length: 64 * 90 }, () => 1000 + 3 * noise());
    const pulse = Float64Array.from({ length: 64 * 90 }, (_, i) => Math.sin((2 * Math.PI * 1.2 * i) / 64) ** 3);
    const last = all(pulseRate().open(signal, 1), hops(signal, [ambient, pulse, pulse])).at(-1)!;
    expect(Math.abs(last.values[0] - 72)).toBeLessThan(1);
    expect(pulseRate().describe(signal).recipe.from).toBe('ppg infrared');
  });

  test('of a flat line are none', () => {
    expect(beatsOf(new Array(1000).fill(5), 64)).toEqual([]);
  });
});

describe('skin temperature', () => {
  const signal = { ...described, kind: 'temperature', unit: '°C', sfreq: 4 } as const;

  test('has the mean and the slope of the minute', () => {
    const found = all(
      skinTemperature().open(signal, 1),
      hops(signal, [Float64Array.from({ length: 400 }, (_, i) => 33 + (0.3 * i) / 240)]),
    );
    expect(found.map(({ tmin }) => tmin)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
    expect(found[0].values[0]).toBeCloseTo(33.15, 2);
    for (const { values, quality } of found) {
      expect(values[1]).toBeCloseTo(0.3, 9);
      expect(quality).toBe(1);
    }
  });

  test('of a sensor on the table is not trusted', () => {
    const [vector] = all(skinTemperature().open(signal, 1), hops(signal, [new Float64Array(240).fill(23)]));
    expect([...vector.values, vector.quality]).toEqual([23, 0, 0]);
  });

  test('leaves hops without a sample out', () => {
    const see = skinTemperature({ windowSec: 4, everySec: 4 }).open({ ...signal, sfreq: 0.5 }, 1);
    const data = (value?: number) => Float64Array.from(value === undefined ? [] : [value]);
    const found = [30, undefined, 32, undefined].map((value, i) => see({ signal, index: i + 1, tmin: i, tmax: i + 1, data: data(value) }));
    expect([...found[3]!.values]).toEqual([31, 60]);
    expect(found[3]!.quality).toBe(0.5);
  });
});

describe('motion energy', () => {
  const signal = {
    ...described,
    kind: 'acceleration',
    unit: 'g',
    sfreq: 32,
    montage: { channels: ['X', 'Y', 'Z'], reference: 'n/a' },
  } as const;
  const still = (n: number) => [new Float64Array(n), new Float64Array(n), new Float64Array(n).fill(1)];

  test('of a resting hand is nothing, whichever way it lies', () => {
    const turned = [new Float64Array(640).fill(0.6), new Float64Array(640).fill(0.8), new Float64Array(640)];
    for (const rows of [still(640), turned]) {
      const vector = all(motionEnergy().open(signal, 1), hops(signal, rows)).at(-1)!;
      expect(furthest(vector.values, [0, 0, 0])).toBeLessThan(1e-9);
      expect(vector.quality).toBe(1);
    }
  });

  test('of a shaken one is its amplitude, speed and share', () => {
    const rows = still(640);
    const shake = (i: number) => 0.3 * Math.sin((2 * Math.PI * 4 * i) / 32);
    for (let i = 480; i < 640; i++) rows[2][i] += shake(i);
    const found = all(motionEnergy().open(signal, 1), hops(signal, rows));
    const last = found.at(-1)!;
    expect(last.values[2]).toBe(0.5);
    expect(last.quality).toBe(0.5);
    // half the window shakes with a standard deviation of 0.3 / √2
    expect(last.values[0]).toBeCloseTo(0.15, 3);
    expect(last.values[1]).toBeGreaterThan(3);
  });

  test('does not care about the hop', () => {
    const random = seeded(3);
    const rows = still(1280).map((row) => row.map((value) => value + 0.1 * random()));
    const [coarse, fine] = [1, 0.5].map((hopSec) => all(motionEnergy().open(signal, hopSec), hops(signal, rows, hopSec)));
    expect(fine.length).toBe(coarse.length);
    for (const [i, { values }] of coarse.entries())
      expect(furthest(values.subarray(0, 2), fine[i].values.subarray(0, 2))).toBeLessThan(1e-9);
  });
});
