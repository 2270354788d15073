import { describe, expect, it } from 'vitest';
import { named, runFeature } from '../../test/run-feature.ts';
import { congruential, eeg } from '../../test/signals.ts';
import { blinks } from './blinks.ts';
import { muscle } from './muscle.ts';
import { signalQuality, worstFault } from './signal-quality.ts';

const sfreq = 250;
const seconds = 6;
const n = sfreq * seconds;

/** Noise whose density falls with frequency, about as large as resting EEG, µV. */
const brain = (seed: number, length = n): Float64Array => {
  let [slow, slower] = [0, 0];
  return congruential(seed, length).map((u) => {
    slow += 0.15 * (12 * u - slow);
    slower += 0.03 * (60 * u - slower);
    return slow + slower + 0.3 * u;
  });
};
const plus = (x: Float64Array, f: (t: number, i: number) => number) => x.map((value, i) => value + f(i / sfreq, i));

const channels: Readonly<Record<string, Float64Array>> = {
  good: plus(brain(1), () => 40_000),
  flat: new Float64Array(n).fill(12),
  railed: brain(2).map((u) => Math.max(-1, Math.min(1, u)) * 187_500),
  'line-noise': plus(brain(3), (t) => 1000 * Math.sin(2 * Math.PI * 50 * t)),
  drift: plus(brain(4), (t) => 700 * t),
  muscle: plus(brain(5), (_, i) => 160 * congruential(i + 1, 2)[1]),
  'off-head': plus(brain(6), (t) => 9000 * Math.sin(2 * Math.PI * 50 * t) + 100 * Math.sin(2 * Math.PI * 1.7 * t)),
};

describe('signalQuality', () => {
  const names = Object.keys(channels);
  const signal = named(eeg(names.length, sfreq), names);
  const data = Float64Array.from(names.flatMap((name) => [...channels[name]]));
  const last = runFeature(signalQuality(), signal, data, 0.5).at(-1)!;
  const nMeasures = signalQuality().describe(signal).axes[1].labels.length;

  it.each(names)('names what is wrong: %s', (name) => {
    const c = names.indexOf(name);
    const quality = last.values[c * nMeasures];
    expect(worstFault(last.values, c)).toBe(name === 'good' ? undefined : name);
    if (name === 'good') expect(quality).toBeGreaterThan(0.9);
    else expect(quality).toBeLessThan(0.5);
  });

  it('does not call a channel bad for the hum of an unshielded room, which a notch removes', () => {
    const humming = plus(brain(11), (t) => 200 * Math.sin(2 * Math.PI * 60 * t));
    const got = runFeature(signalQuality(), named(eeg(1, sfreq), ['Cz']), humming, 0.5).at(-1)!;
    expect(got.quality).toBeGreaterThan(0.9);
  });

  it('stays within 0 and 1, and its own quality is the mean', () => {
    expect([...last.values].every((value) => value >= 0 && value <= 1)).toBe(true);
    const mean = names.reduce((sum, _, c) => sum + last.values[c * nMeasures] / names.length, 0);
    expect(last.quality).toBeCloseTo(mean, 12);
  });
});

describe('blinks', () => {
  const signal = named(eeg(2, sfreq), ['Fp1', 'Fp2']);
  const blinkAt = [3, 5.5, 9, 12.2, 16];
  const blinkShape = (t: number) => blinkAt.reduce((sum, at) => sum + 150 * Math.exp(-(((t - at) / 0.08) ** 2)), 0);
  const wearer = (f: (t: number) => number) => {
    const length = 20 * sfreq;
    const one = plus(brain(7, length), f);
    return Float64Array.from([...one, ...plus(brain(8, length), f)]);
  };

  it('counts blinks, and none where there are none', () => {
    const [blinking] = runFeature(blinks({ windowSec: 20 }), signal, wearer(blinkShape), 0.5);
    expect(blinking.values[0]).toBe((blinkAt.length * 60) / 20);
    expect(blinking.values[1]).toBeGreaterThan(0.02);
    const [still] = runFeature(
      blinks({ windowSec: 20 }),
      signal,
      wearer(() => 50_000),
      0.5,
    );
    expect([...still.values]).toEqual([0, 0]);
  });

  it('does not take alpha waves or a spike for blinks', () => {
    const alpha = wearer((t) => 30 * Math.sin(2 * Math.PI * 10 * t));
    expect(runFeature(blinks({ windowSec: 20 }), signal, alpha, 0.5)[0].values[0]).toBe(0);
    const spike = wearer((t) => (Math.abs(t - 5) < 0.003 ? 400 : 0));
    expect(runFeature(blinks({ windowSec: 20 }), signal, spike, 0.5)[0].values[0]).toBe(0);
  });

  it('finds blinks of either sign, and as many however the hops fall', () => {
    const x = wearer((t) => -blinkShape(t));
    for (const hopSec of [0.1, 0.5, 4]) expect(runFeature(blinks({ windowSec: 20 }), signal, x, hopSec)[0].values[0]).toBe(15);
  });

  it('says which channels it needs', () => {
    expect(() => blinks().describe(eeg(2, sfreq))).toThrow('Blinks need one of Fp1, Fp2, Fpz, AF7, AF8, the signal has E1, E2');
  });
});

describe('muscle', () => {
  it('finds the hops with a clenched jaw, on the channel that has it', () => {
    const length = 20 * sfreq;
    const clenched = plus(brain(9, length), (t, i) => (t >= 12 && t < 14 ? 40 * congruential(i + 1, 2)[1] : 0));
    const data = Float64Array.from([...brain(10, length), ...clenched]);
    const got = runFeature(muscle({ windowSec: 2 }), eeg(2, sfreq), data, 0.5);
    const at = (tmax: number) => got.find(({ tmin }) => Math.abs(tmin + 2 - tmax) < 1e-9)!.values;
    expect([...at(12)]).toEqual([0, 0]);
    expect([...at(14)]).toEqual([0, 1]);
    expect([...at(19)]).toEqual([0, 0]);
  });

  it('of an electrode that was put on late is none: flat says nothing of what is loud', () => {
    const late = brain(11, 60 * sfreq).map((value, i) => (i < 20 * sfreq ? 0 : 5 * value + 4000));
    const got = runFeature(muscle({ windowSec: 2 }), eeg(1, sfreq), late, 0.5);
    expect(got.reduce((sum, { values }) => sum + values[0], 0)).toBe(0);
  });

  it('of an electrode that is louder for good is forgotten within minutes, a jaw clenched for twenty seconds is not', () => {
    const louder = brain(12, 420 * sfreq).map((value, i) => (i < 60 * sfreq ? value : 4 * value));
    const got = runFeature(muscle({ windowSec: 2 }), eeg(1, sfreq), louder, 0.5);
    const at = (sec: number) => got.find(({ tmin }) => Math.abs(tmin + 2 - sec) < 1e-9)!.values[0];
    expect(at(82)).toBe(1);
    expect(at(420)).toBe(0);
  });
});
