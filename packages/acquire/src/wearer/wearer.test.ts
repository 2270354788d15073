import { describe, expect, it } from 'vitest';
import { drawPerson } from './person.ts';
import { random } from './random.ts';
import { siteOf } from './scalp.ts';
import { arousalAt, defaultScript, drawScript, phaseAt } from './script.ts';
import { createWearer } from './wearer.ts';

const channels = ['Fp1', 'C3', 'O1', 'T8'];
const variance = (values: ArrayLike<number>) => {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
};
/** Power of one second of a channel around `hz` (three bins of a plain DFT), µV². */
const powerAt = (data: Float64Array, hz: number) => {
  let power = 0;
  for (const f of [hz - 1, hz, hz + 1]) {
    let re = 0;
    let im = 0;
    data.forEach((value, t) => {
      re += value * Math.cos((2 * Math.PI * f * t) / 250);
      im += value * Math.sin((2 * Math.PI * f * t) / 250);
    });
    power += (2 * (re * re + im * im)) / data.length ** 2;
  }
  return power;
};
/** Mean power of channel `c` around `hz` between two times, s. */
const meanPower = (seed: number, c: number, hz: number, [from, to]: readonly [number, number]) => {
  const eeg = createWearer({ seed }).eeg({ channels, sfreq: 250 });
  let sum = 0;
  for (let sec = 0; sec < to; sec++) {
    const data = eeg(250);
    if (sec >= from) sum += powerAt(data.subarray(c * 250, (c + 1) * 250), hz);
  }
  return sum / (to - from);
};
const people = [11, 12, 13, 14, 15, 16, 17, 18];

describe('random', () => {
  it('repeats itself for a seed and stream, and for no other', () => {
    const draw = (seed: number, stream: string) => Array.from({ length: 5 }, random(seed, stream).uniform);
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  });

  it.each(['normal', 'noise'] as const)('%s has zero mean and unit variance', (kind) => {
    const values = Array.from({ length: 100_000 }, random(3, kind)[kind]);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0, 1);
    expect(variance(values)).toBeCloseTo(1, 1);
  });
});

describe('script', () => {
  it('goes through its phases, smoothly, again and again', () => {
    expect([0, 30, 59.9].map((sec) => arousalAt(defaultScript, sec))).toEqual([0.1, 0.1, 0.1]);
    expect(arousalAt(defaultScript, 64)).toBeCloseTo(0.5, 9);
    expect(arousalAt(defaultScript, 100)).toBeCloseTo(0.9, 9);
    expect(arousalAt(defaultScript, 180 + 100)).toBeCloseTo(0.9, 9);
    expect(phaseAt(defaultScript, 125).name).toBe('recovery');
    for (let sec = 0; sec < 400; sec += 0.1) {
      expect(Math.abs(arousalAt(defaultScript, sec + 0.1) - arousalAt(defaultScript, sec))).toBeLessThan(0.02);
    }
  });

  it('drawn scripts differ from seed to seed and stay between 0 and 1', () => {
    expect(drawScript(1)).not.toEqual(drawScript(2));
    for (const { arousal, sec } of drawScript(3, 50)) {
      expect(arousal).toBeGreaterThanOrEqual(0);
      expect(arousal).toBeLessThanOrEqual(1);
      expect(sec).toBeGreaterThanOrEqual(20);
    }
  });
});

describe('siteOf', () => {
  it('knows front from back, temples, and where blinks go', () => {
    expect(['Fp1', 'Fz', 'C4', 'P7', 'O2', 'Iz'].map((name) => siteOf(name).back)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
    expect(siteOf('T8').temporal).toBe(1);
    expect(siteOf('Fp1').blink).toBe(1);
    expect(siteOf('O1').blink).toBe(0);
    expect(siteOf('whatever').back).toBe(0.5);
  });
});

describe('createWearer', () => {
  it('gives the same samples for the same seed, however many are asked for at a time', () => {
    const [one, other] = [createWearer({ seed: 5 }), createWearer({ seed: 5 })];
    const [eegOne, eegOther] = [one.eeg({ channels, sfreq: 250 }), other.eeg({ channels, sfreq: 250 })];
    const [edaOne, edaOther] = [one.eda({ sfreq: 4 }), other.eda({ sfreq: 4 })];
    const whole = eegOne(1000);
    const pieces = [1, 399, 600].map((n) => eegOther(n));
    for (let c = 0; c < channels.length; c++) {
      const joined = pieces.flatMap((piece) => [...piece.subarray((c * piece.length) / 4, ((c + 1) * piece.length) / 4)]);
      expect(joined).toEqual([...whole.subarray(c * 1000, (c + 1) * 1000)]);
    }
    expect([...edaOne(400)]).toEqual([...edaOther(150), ...edaOther(250)]);
  });

  it('the montage may be any: an electrode gives the same whichever others are worn, but for what they share', () => {
    const wearer = createWearer({ seed: 5 });
    const data = wearer.eeg({ channels: ['AF7', 'TP10', 'CP5', 'X1'], sfreq: 256 })(256);
    expect(data).toHaveLength(4 * 256);
    expect(data.every(Number.isFinite)).toBe(true);
    expect([...wearer.eeg({ channels: ['X1'], sfreq: 256 })(256)]).toEqual([...data.subarray(3 * 256)]);
  });

  it('arousal suppresses alpha at the back and raises beta, on average over eight people', () => {
    let alpha = 0;
    let beta = 0;
    for (const seed of people) {
      const { alphaPeakHz } = drawPerson(seed);
      alpha += Math.log(meanPower(seed, 2, Math.round(alphaPeakHz), [70, 120]) / meanPower(seed, 2, Math.round(alphaPeakHz), [5, 60]));
      beta += Math.log(meanPower(seed, 0, 22, [70, 120]) / meanPower(seed, 0, 22, [5, 60]));
    }
    expect(alpha / people.length).toBeLessThan(-0.3);
    expect(beta / people.length).toBeGreaterThan(0.2);
  });

  it('alpha is stronger at the back, blinks are seen at the front only, mains hum everywhere', () => {
    const seed = 12;
    const wearer = createWearer({ seed });
    expect(meanPower(seed, 2, Math.round(wearer.person.alphaPeakHz), [0, 60])).toBeGreaterThan(
      meanPower(seed, 0, Math.round(wearer.person.alphaPeakHz), [0, 60]),
    );
    const data = wearer.eeg({ channels, sfreq: 250 })(60 * 250);
    const range = (c: number) => {
      const channel = data.subarray(c * 15000, (c + 1) * 15000);
      return Math.max(...channel) - Math.min(...channel);
    };
    expect(range(0)).toBeGreaterThan(range(2) + 40);
    for (let c = 0; c < 4; c++)
      expect(powerAt(data.subarray(c * 15000, c * 15000 + 250), 50)).toBeGreaterThan(
        powerAt(data.subarray(c * 15000, c * 15000 + 250), 57),
      );
  });

  it('skin conductance rises with arousal in those whose skin responds, and stays positive', () => {
    let risen = 0;
    for (let seed = 20; seed < 60; seed++) {
      const eda = createWearer({ seed }).eda({ sfreq: 4 })(180 * 4);
      expect(Math.min(...eda)).toBeGreaterThan(0);
      const mean = (from: number, to: number) => eda.subarray(4 * from, 4 * to).reduce((sum, value) => sum + value, 0) / (4 * (to - from));
      if (mean(100, 120) > 1.1 * mean(40, 60)) risen++;
    }
    expect(risen).toBeGreaterThan(30);
    expect(risen).toBeLessThan(40); // about one in ten does not respond
  });

  it('the skin follows the exact solution: at a steady driver its states stay where they are', () => {
    const person = drawPerson(1);
    const still = { ...person.skin, burstsPerMinCalm: 0, burstsPerMinAroused: 0, noiseMicrosiemens: 0 };
    const steady = createWearer({ seed: 1, script: [{ name: 'steady', sec: 100, arousal: 0.4 }], person: { ...person, skin: still } });
    const eda = steady.eda({ sfreq: 4 })(2000);
    for (const value of eda) expect(value).toBeCloseTo(eda[0]!, 9);
    const step = createWearer({
      seed: 1,
      script: [
        { name: 'calm', sec: 10, arousal: 0 },
        { name: 'aroused', sec: 1e9, arousal: 1 },
      ],
      person: { ...person, skin: still },
    });
    // after many time constants the level has risen by the ratio of the two drivers: calm share of 0.75 and the arousal's on top
    const settled = step
      .eda({ sfreq: 4 })(4 * 3000)
      .at(-1)!;
    expect(settled / still.levelMicrosiemens).toBeCloseTo(0.75 + still.tonicRatio - 1, 3);
  });

  it('the same skin at another rate is the same skin', () => {
    const person = drawPerson(4);
    const quiet = { ...person, skin: { ...person.skin, noiseMicrosiemens: 0 } };
    const slow = createWearer({ seed: 4, person: quiet }).eda({ sfreq: 4 })(4 * 150);
    const fast = createWearer({ seed: 4, person: quiet }).eda({ sfreq: 32 })(32 * 150);
    for (let k = 0; k < slow.length; k += 4) expect(Math.abs(slow[k]! - fast[8 * k]!) / slow[k]!).toBeLessThan(0.05);
  });

  it('people differ: skin levels over an order of magnitude, alpha peaks over 2 Hz', () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => drawPerson(seed));
    const levels = drawn.map(({ skin }) => skin.levelMicrosiemens);
    expect(Math.max(...levels) / Math.min(...levels)).toBeGreaterThan(10);
    expect(Math.min(...levels)).toBeGreaterThanOrEqual(0.3);
    expect(Math.max(...levels)).toBeLessThanOrEqual(12);
    const peaks = drawn.map(({ alphaPeakHz }) => alphaPeakHz);
    expect(Math.max(...peaks) - Math.min(...peaks)).toBeGreaterThan(2);
  });
});
