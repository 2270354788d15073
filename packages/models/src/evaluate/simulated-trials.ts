import { createWearer, drawPerson, type EdaSignal, type EegSignal, type SampleBlock, type Script, type Trial } from '@affect-edge/acquire';
import { randomStream, shuffled } from '../train/random.ts';
import { noiseEegSignal } from './noise-trials.ts';

/** How many simulated wearers do what. */
export interface SimulatedShape {
  readonly people: number;
  readonly sessions: number;
  readonly trialsEach: number;
  readonly trialSec: number;
  readonly seed: number;
}

/** Name of the label: 1 where the trial arouses. */
export const simulatedLabel = 'arousal';
const levels = [0.15, 0.85] as const;
const rest = { name: 'rest', sec: 240, arousal: 0.1 };
const pauseSec = 12;
/** A wearer needs this long to settle at a level. */
const settleSec = 8;
const baselineSec = 3;

const edaSignal: EdaSignal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };

/** Half of the trials calm, half aroused, in random order, each after a pause; a session begins at rest. */
const scriptOf = ({ sessions, trialsEach, trialSec }: SimulatedShape, restSec: number, random: () => number) => {
  const script: Script[number][] = [];
  const trials: { readonly session: number; readonly trial: number; readonly label: 0 | 1; readonly from: number }[] = [];
  let at = 0;
  const add = (name: string, sec: number, arousal: number): void => {
    script.push({ name, sec, arousal });
    at += sec;
  };
  for (let session = 1; session <= sessions; session++) {
    add(rest.name, restSec, rest.arousal);
    const order = shuffled(trialsEach, random);
    for (let trial = 1; trial <= trialsEach; trial++) {
      add('pause', pauseSec, 0.4);
      const label = order[trial - 1] % 2 === 0 ? 0 : 1;
      trials.push({ session, trial, label, from: at + settleSec });
      add(`trial ${trial}`, settleSec + trialSec, levels[label]);
    }
  }
  return { script, trials, seconds: at };
};

/**
 * Trials of simulated wearers: 14 electrodes at 128 Hz, or wrist conductance at 4 Hz, with calm and arousing trials. The label can be found, in a way that
 * differs from person to person. The simulation owes nothing to real brains: it shows how protocols compare, not what people do.
 */
export async function* simulatedTrials(shape: SimulatedShape, kind: 'eeg' | 'eda'): AsyncGenerator<Trial, void> {
  const signal: EegSignal | EdaSignal = kind === 'eeg' ? noiseEegSignal : edaSignal;
  const { sfreq, montage } = signal;
  const nChannels = montage.channels.length;
  for (let p = 0; p < shape.people; p++) {
    const seed = shape.seed * 1000 + p;
    const { script, trials } = scriptOf(shape, kind === 'eeg' ? pauseSec : rest.sec, randomStream(seed, 0));
    const wearer = createWearer({ seed, script, person: drawPerson(seed) });
    const source = kind === 'eeg' ? wearer.eeg({ channels: montage.channels, sfreq }) : wearer.eda({ sfreq });
    let at = 0;
    const until = (sec: number): SampleBlock => {
      const [first, last] = [Math.round(at * sfreq), Math.round(sec * sfreq)];
      const tmin = at;
      at = sec;
      const data = source(last - first);
      return { signal, firstSample: first, tmin, arrivedAt: sec, data: data.slice(0, nChannels * (last - first)) };
    };
    for (const { session, trial, label, from } of trials) {
      const named = {
        subject: `W${String(p + 1).padStart(2, '0')}`,
        session: String(session),
        trial,
        labels: { [simulatedLabel]: label },
        features: [],
      };
      if (kind === 'eda') {
        // One stream: what leads up to the trial belongs to it, so that the wearer's history has no holes.
        yield { ...named, baseline: [], blocks: [until(from), until(from + shape.trialSec)] };
        continue;
      }
      until(from - settleSec - baselineSec);
      const baseline = [until(from - settleSec)];
      until(from);
      yield { ...named, baseline, blocks: [until(from + shape.trialSec)] };
    }
  }
}
