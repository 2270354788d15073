import type { EdaSignal, EegSignal, SampleBlock, Trial } from '@affect-edge/acquire';
import { randomNormal, randomStream } from '../train/random.ts';

/** How much noise. */
export interface NoiseShape {
  readonly subjects: number;
  readonly trialsEach: number;
  readonly trialSec: number;
  readonly seed: number;
}

/** The electrodes and rate of the published noise test: those of DREAMER. */
export const noiseEegSignal: EegSignal = {
  id: 'eeg',
  kind: 'eeg',
  unit: 'µV',
  sfreq: 128,
  montage: { channels: ['AF3', 'F7', 'F3', 'FC5', 'T7', 'P7', 'O1', 'O2', 'P8', 'T8', 'FC6', 'F4', 'F8', 'AF4'], reference: 'CMS' },
};

const noiseEdaSignal: EdaSignal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };

/** Name of the only label of noise: a coin thrown for each trial. */
export const coin = 'coin';

/** Noise whose power falls as 1/f, unit scale (three leaky integrators and a direct path; P. Kellet's coefficients, public domain). */
const pink = (random: () => number): (() => number) => {
  let [a, b, c] = [0, 0, 0];
  return () => {
    const white = randomNormal(random);
    a = 0.99765 * a + white * 0.099046;
    b = 0.963 * b + white * 0.2965164;
    c = 0.57 * c + white * 1.0526913;
    return a + b + c + white * 0.1848;
  };
};

/** Trials of each subject in turn, in two sessions; `make` gives a trial's blocks from its number and a generator of its own subject. */
async function* noiseTrials(
  { subjects, trialsEach, seed }: NoiseShape,
  open: (random: () => number) => (trial: number) => Pick<Trial, 'baseline' | 'blocks'>,
): AsyncGenerator<Trial, void> {
  for (let s = 0; s < subjects; s++) {
    const make = open(randomStream(seed, 2 * s));
    const toss = randomStream(seed, 2 * s + 1);
    for (let trial = 1; trial <= trialsEach; trial++) {
      yield {
        subject: `N${String(s + 1).padStart(2, '0')}`,
        session: trial <= trialsEach / 2 ? '1' : '2',
        trial,
        labels: { [coin]: toss() < 0.5 ? 0 : 1 },
        ...make(trial),
        features: [],
      };
    }
  }
}

/**
 * EEG that is nothing but 1/f noise of 10 µV, with a coin thrown for each trial as its label: whatever finds the label here has found the trial.
 * Each trial has a baseline before it, as the published data have.
 */
export const noiseEegTrials = (
  shape: NoiseShape,
  { signal = noiseEegSignal, baselineSec = 3 }: { readonly signal?: EegSignal; readonly baselineSec?: number } = {},
): AsyncIterable<Trial> =>
  noiseTrials(shape, (random) => {
    const { sfreq, montage } = signal;
    const sources = montage.channels.map(() => pink(random));
    const block = (tmin: number, seconds: number): SampleBlock<EegSignal> => {
      const nTimes = Math.round(seconds * sfreq);
      const data = new Float64Array(sources.length * nTimes);
      sources.forEach((next, c) => {
        for (let t = 0; t < nTimes; t++) data[c * nTimes + t] = 10 * next();
      });
      return { signal, firstSample: Math.round(tmin * sfreq), tmin, arrivedAt: tmin + seconds, data };
    };
    return () => ({
      baseline: baselineSec > 0 ? [block(0, baselineSec)] : [],
      blocks: [block(baselineSec, shape.trialSec)],
    });
  });

/** Skin conductance that wanders by itself (a slow random walk of its logarithm about 2 µS), one stream a subject, a coin thrown for each trial. */
export const noiseEdaTrials = (shape: NoiseShape): AsyncIterable<Trial> =>
  noiseTrials(shape, (random) => {
    const { sfreq } = noiseEdaSignal;
    const nTimes = Math.round(shape.trialSec * sfreq);
    let level = 0;
    return (trial) => {
      const data = Float64Array.from({ length: nTimes }, () => {
        level = 0.9995 * level + 0.015 * randomNormal(random);
        return 2 * Math.exp(level) + 0.002 * randomNormal(random);
      });
      const tmin = (trial - 1) * shape.trialSec;
      return {
        baseline: [],
        blocks: [{ signal: noiseEdaSignal, firstSample: (trial - 1) * nTimes, tmin, arrivedAt: tmin + shape.trialSec, data }],
      };
    };
  });
