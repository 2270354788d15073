import { createWearer, defaultScript, drawScript, type EegSignal, type SampleBlock, type Script } from '@affect-edge/acquire';
import { againstBaseline, bandDe, epochs, extract, type Feature, type FeatureSpec } from '@affect-edge/features';
import { Observable } from 'rxjs';

/** The electrodes of an OpenBCI Cyton with its documented montage, which the simulated wearer wears. */
export const simulatedEegSignal: EegSignal = {
  id: 'eeg',
  kind: 'eeg',
  unit: 'µV',
  sfreq: 250,
  montage: { channels: ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2'], reference: 'SRB2' },
};

const hopSec = 0.5;
/** Arousal above which a moment counts as high. */
const highFrom = 0.5;
/** A session begins at rest, so that the baseline is taken there. */
const rest = { name: 'rest', sec: 60, arousal: 0.1 };

/** What the shipped EEG model looks at: band DE over 2 s against the wearer's own running mean. */
export const eegArousalFeature: Feature<'eeg'> = againstBaseline(bandDe());

/** One simulated person's session as the pipeline sees it. */
export interface SimulatedEegPerson {
  readonly spec: FeatureSpec;
  /** (nVectors, nElectrodes · nBands), one vector each `hopSec`. */
  readonly vectors: readonly Float64Array[];
  /** 1 where the arousal in the middle of the vector's window was high. */
  readonly labels: Int32Array;
}

/** Runs a simulated person through the live line: samples, epochs, feature. */
export const simulatedEegPerson = (seed: number, script: Script, seconds: number, windowSec = 2): SimulatedEegPerson => {
  const wearer = createWearer({ seed, script });
  const source = wearer.eeg({ channels: simulatedEegSignal.montage.channels, sfreq: simulatedEegSignal.sfreq });
  const blocks$ = new Observable<SampleBlock<EegSignal>>((subscriber) => {
    for (let sec = 0; sec < seconds; sec++) {
      const firstSample = sec * simulatedEegSignal.sfreq;
      subscriber.next({ signal: simulatedEegSignal, firstSample, tmin: sec, arrivedAt: sec + 1, data: source(simulatedEegSignal.sfreq) });
    }
    subscriber.complete();
  });
  const vectors: Float64Array[] = [];
  const labels: number[] = [];
  blocks$.pipe(epochs({ hopSec }), extract([eegArousalFeature], hopSec)).subscribe(({ values, tmax }) => {
    vectors.push(values);
    labels.push(wearer.arousalAt(tmax - windowSec / 2) > highFrom ? 1 : 0);
  });
  return { spec: eegArousalFeature.describe(simulatedEegSignal), vectors, labels: Int32Array.from(labels) };
};

/** A script for training: rest first, then phases of any length and level. */
export const trainingScript = (seed: number): Script => [rest, ...drawScript(seed)];

/** The script of the demonstration: rest, arousal, recovery. */
export const demonstrationScript: Script = defaultScript;
