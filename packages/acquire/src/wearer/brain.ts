import type { Person } from './person.ts';
import { type Random, random } from './random.ts';
import { type Rhythm, rhythmsOf } from './rhythms.ts';
import { siteOf } from './scalp.ts';

/** The next `nTimes` samples, (nChannels, nTimes), µV; the samples do not depend on how many are asked for at a time. */
export type EegSource = (nTimes: number) => Float64Array;

/** Seconds between looks at the wearer's arousal. */
const lookEverySec = 0.1;
/** A blink from lid down to lid up, s. */
const blinkSec = 0.35;
const mainsHz = 50;

/**
 * Scalp potential of `person` at `channels` (10-20 names) and `sfreq` (Hz): a 1/f background (three first-order filters, P. Kellet), theta,
 * alpha, beta and gamma (`rhythms.ts`) with amplitudes that follow arousal, blinks, mains hum, and each electrode's own gain, slow drift and
 * DC offset.
 */
export const eegSource = (person: Person, channels: readonly string[], sfreq: number, arousalAt: (sec: number) => number): EegSource => {
  const nChannels = channels.length;
  const sites = channels.map(siteOf);
  const electrodes = channels.map((channel) => electrodeOf(person, random(person.seed, `electrode ${channel}`)));
  const rhythms: readonly Rhythm[] = rhythmsOf(person, channels, sites, sfreq);
  const sources = channels.map((channel) => random(person.seed, `background ${channel}`));
  const blinks = blinkTrain(person, sfreq);
  const pink = new Float64Array(4 * nChannels);
  const lookEvery = Math.max(1, Math.round(lookEverySec * sfreq));
  const scale = person.microvolts.background * kelletToUnit;
  let sample = 0;

  return (nTimes) => {
    const out = new Float64Array(nChannels * nTimes);
    for (let t = 0; t < nTimes; t++, sample++) {
      if (sample % lookEvery === 0) {
        const arousal = arousalAt(sample / sfreq);
        for (const rhythm of rhythms) rhythm.follow(arousal);
      }
      for (const rhythm of rhythms) rhythm.step();
      const lid = blinks();
      const mains = (2 * Math.PI * ((mainsHz * sample) % sfreq)) / sfreq;
      for (let c = 0; c < nChannels; c++) {
        const white = sources[c]!.noise();
        const p = 4 * c;
        pink[p] = 0.99765 * pink[p]! + 0.099046 * white;
        pink[p + 1] = 0.963 * pink[p + 1]! + 0.2965164 * white;
        pink[p + 2] = 0.57 * pink[p + 2]! + 1.0526913 * white;
        pink[p + 3] = 0.9999 * pink[p + 3]! + 0.05 * white;
        let value = scale * (pink[p]! + pink[p + 1]! + pink[p + 2]! + 0.1848 * white) + 4 * pink[p + 3]!;
        for (let r = 0; r < rhythms.length; r++) value += rhythms[r]!.at(c);
        const { gain, offset, mainsMicrovolts, mainsPhase } = electrodes[c]!;
        value += lid * sites[c]!.blink + mainsMicrovolts * Math.sin(mains + mainsPhase);
        out[c * nTimes + t] = offset + gain * value;
      }
    }
    return out;
  };
};

/** The Kellet filters give white noise of unit variance this standard deviation's inverse. */
const kelletToUnit = 1 / 1.83;

const electrodeOf = (person: Person, { normal, uniform }: Random) => ({
  gain: Math.max(0.5, 1 + person.gainSpread * normal()),
  offset: person.offsetMicrovolts * normal(),
  mainsMicrovolts: person.mainsMicrovolts * Math.SQRT2 * (0.4 + 1.2 * uniform()),
  mainsPhase: 0.5 * normal(),
});

/** Lid potential, sample by sample, µV at the forehead. */
const blinkTrain = (person: Person, sfreq: number): (() => number) => {
  const { uniform, normal } = random(person.seed, 'blinks');
  const length = Math.round(blinkSec * sfreq);
  const wait = () => Math.round(sfreq * (0.6 - (60 / person.blinksPerMin) * Math.log(1 - uniform())));
  let left = wait();
  let height = 0;
  return () => {
    left--;
    if (left > 0) return 0;
    if (left === 0) height = 110 * Math.exp(0.25 * normal());
    const at = -left / length;
    if (at >= 1) left = wait();
    return height * Math.sin(Math.PI * Math.min(1, at)) ** 2;
  };
};
