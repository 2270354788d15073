import { type EegSource, eegSource } from './brain.ts';
import { drawPerson, type Person } from './person.ts';
import { arousalAt, defaultScript, type Script } from './script.ts';
import { type EdaSource, edaSource } from './skin.ts';

/** A simulated person wearing sensors. */
export interface Wearer {
  readonly person: Person;
  readonly script: Script;
  /** The truth: arousal (0-1) at `sec` from the start. */
  readonly arousalAt: (sec: number) => number;
  /** A fresh stream of EEG from time 0: (nChannels, nTimes) a call, µV. Mains hum and DC offsets are in it, as in a real one. */
  readonly eeg: (montage: { readonly channels: readonly string[]; readonly sfreq: number }) => EegSource;
  /** A fresh stream of skin conductance from time 0, µS. */
  readonly eda: (options: { readonly sfreq: number }) => EdaSource;
}

/**
 * The simulated wearer: deterministic (the same seed gives the same samples, on every machine with the same arithmetic), streaming, and with a known arousal. `person` is drawn from `seed`
 * unless given: train on some seeds and test on others, and between-person differences are part of the test.
 *
 * @example
 * const wearer = createWearer({ seed: 7 });
 * const eeg = wearer.eeg({ channels: ['Fp1', 'O1'], sfreq: 250 });
 * const second = eeg(250);              // (2, 250) µV
 */
export const createWearer = ({
  seed,
  script = defaultScript,
  person = drawPerson(seed),
}: {
  seed: number;
  script?: Script;
  person?: Person;
}): Wearer => {
  const arousal = (sec: number) => arousalAt(script, sec);
  return {
    person,
    script,
    arousalAt: arousal,
    eeg: ({ channels, sfreq }) => eegSource(person, channels, sfreq, arousal),
    eda: ({ sfreq }) => edaSource(person, sfreq, arousal),
  };
};
