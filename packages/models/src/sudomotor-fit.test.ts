import { createWearer, drawPerson, drawScript, random } from '@affect-edge/acquire';
import { beforeAll, describe, expect, test } from 'vitest';
import { ModelError } from './errors.ts';
import { fitSudomotor, type SudomotorFit } from './sudomotor-fit.ts';

const sfreq = 4;
const seconds = 600;
const snrDecibel = 30;
const nerveSec = 1.5;

/** Ten minutes of a simulated person's conductance with white noise 30 dB below its variance, and the arousal behind it. */
const record = (seed: number) => {
  const person = drawPerson(seed);
  const wearer = createWearer({ seed, script: drawScript(seed), person: { ...person, skin: { ...person.skin, noiseMicrosiemens: 0 } } });
  const clean = wearer.eda({ sfreq })(seconds * sfreq);
  const mean = clean.reduce((sum, value) => sum + value, 0) / clean.length;
  const deviation = Math.sqrt(clean.reduce((sum, value) => sum + (value - mean) ** 2, 0) / clean.length);
  const { normal } = random(seed, 'fit noise');
  const noise = deviation / 10 ** (snrDecibel / 20);
  return {
    skin: person.skin,
    noise,
    microsiemens: clean.map((value) => value + noise * normal()),
    arousal: Float64Array.from(clean, (_, i) => wearer.arousalAt(i / sfreq - nerveSec)),
  };
};
const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

describe('one person’s skin from ten minutes at 30 dB', () => {
  let people: { readonly truth: ReturnType<typeof record>; readonly fitted: SudomotorFit }[];
  beforeAll(() => {
    people = Array.from({ length: 5 }, (_, i) => record(100 + i)).map((truth) => ({
      truth,
      fitted: fitSudomotor(truth.microsiemens, truth.arousal, { sfreq }),
    }));
  }, 60_000);

  const medianError = (of: (person: (typeof people)[number]) => [number, number]) =>
    middle(people.map((person) => Math.abs(of(person)[0] / of(person)[1] - 1)));

  test('gives evaporation within a tenth', () => {
    expect(medianError(({ fitted, truth }) => [fitted.tauPhasic.value, truth.skin.tauSec[1]])).toBeLessThan(0.1);
  });

  test('gives reabsorption, the decay rate, within a quarter', () => {
    expect(medianError(({ fitted, truth }) => [fitted.tauTonic.value, truth.skin.tauSec[2]])).toBeLessThan(0.25);
    expect(medianError(({ fitted, truth }) => [fitted.decayRate.value, 1 / truth.skin.tauSec[2]])).toBeLessThan(0.25);
  });

  test('gives the sensitivity to arousal within a quarter', () => {
    const rise = ({ tonicRatio, levelMicrosiemens }: (typeof people)[number]['truth']['skin']) => (tonicRatio - 1) * levelMicrosiemens;
    expect(medianError(({ fitted, truth }) => [fitted.levelPerArousal.value, rise(truth.skin)])).toBeLessThan(0.25);
    const beta = ({ fitted, truth: { skin } }: (typeof people)[number]): [number, number] => [
      fitted.sensitivity.value,
      rise(skin) / (0.5 * skin.tauSec[1] + 0.5 * skin.tauSec[2]),
    ];
    expect(medianError(beta)).toBeLessThan(0.25);
  });

  test('explains the signal down to its noise, with no more bursts than a nerve can fire', () => {
    for (const { truth, fitted } of people) {
      expect(fitted.residual / truth.noise).toBeLessThan(1.3);
      expect(fitted.bursts.length).toBeLessThan((seconds / 60) * 30);
      for (const { microsiemens } of fitted.bursts) expect(microsiemens).toBeGreaterThan(0);
    }
  });

  test('says how sure it is: the truth lies within four standard deviations, nearly always', () => {
    const far = people.filter(
      ({ truth, fitted }) => Math.abs(fitted.tauPhasic.value - truth.skin.tauSec[1]) > 4 * fitted.tauPhasic.deviation,
    );
    expect(far.length).toBeLessThanOrEqual(1);
  });
});

describe('what cannot be told apart', () => {
  test('gain and driver: twice the conductance is twice the sensitivity and the bursts, with the same time constants', () => {
    const { microsiemens, arousal } = record(100);
    const [once, twice] = [1, 2].map((gain) =>
      fitSudomotor(
        microsiemens.map((value) => gain * value),
        arousal,
        { sfreq },
      ),
    );
    expect(twice.tauPhasic.value / once.tauPhasic.value).toBeCloseTo(1, 2);
    expect(twice.tauTonic.value / once.tauTonic.value).toBeCloseTo(1, 2);
    expect(twice.sensitivity.value / once.sensitivity.value).toBeCloseTo(2, 1);
  });

  test('reabsorption in constant arousal: the answer is the prior’s, and says so', () => {
    const { microsiemens } = record(100);
    const still = new Float64Array(microsiemens.length).fill(0.3);
    const flat = microsiemens.map((_, t) => 2 + 0.01 * Math.sin(1e4 * t * t));
    const { tauTonic } = fitSudomotor(flat, still, { sfreq });
    expect(tauTonic.deviation / tauTonic.value).toBeGreaterThan(0.3);
  });

  test('less than a minute, or an arousal of another length, is refused', () => {
    expect(() => fitSudomotor(new Float64Array(100), new Float64Array(100), { sfreq })).toThrow(ModelError);
    expect(() => fitSudomotor(new Float64Array(1000), new Float64Array(999), { sfreq })).toThrow('1000 and 999 samples');
  });
});
