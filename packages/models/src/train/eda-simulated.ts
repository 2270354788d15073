import { createWearer, drawScript, type EdaSignal, type SampleBlock } from '@affect-edge/acquire';
import { edaCourse, edaHistory } from '@affect-edge/features';
import { edaPhysicsDefaults, horizonsSec } from '../eda-physics.ts';
import { edaPhysicsHyperparameters, edaPhysicsOutputs } from '../eda-physics-model.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { mean } from '../evaluate/metrics.ts';
import { edaFigures, stressByPerson, withUncertainty } from './eda-evaluate.ts';
import { type EdaPersonRecord, edaExamples, vectorsOf } from './eda-examples.ts';
import { learnedFigures, learnedLaw } from './eda-learned.ts';
import { edaTraining } from './eda-physics.ts';
import { fit } from './fit.ts';
import { cosine } from './schedule.ts';
import { keptRun, type Trained, type TrainingRun } from './training-run.ts';

/** What a simulated wearer's skin conductance is called. */
export const simulatedEdaSignal: EdaSignal = {
  kind: 'eda',
  id: 'eda',
  unit: 'µS',
  sfreq: 4,
  montage: { channels: ['EDA'], reference: 'n/a' },
};
/** Arousal from which the simulated wearer counts as stressed. */
const stressedFrom = 0.5;
/** Signal needed for a first window, s: the network also learns windows that are mostly empty, as they are when a session begins. */
const firstAfterSec = 10;
const minQuality = 0.1;
const firstTrainingSeed = 1000;
const firstHeldSeed = 4000;
const firstTestSeed = 5000;
/** People whose stress is told after each pass, for whoever watches; nothing is chosen by it. */
const heldPeople = 6;

/** One simulated person: `seconds` of skin conductance at 4 Hz through the pipeline, with the arousal that made it. */
export const simulatedEdaPerson = (seed: number, seconds: number): EdaPersonRecord => {
  const wearer = createWearer({ seed, script: drawScript(seed) });
  const data = wearer.eda({ sfreq: simulatedEdaSignal.sfreq })(seconds * simulatedEdaSignal.sfreq);
  const block: SampleBlock<EdaSignal> = { signal: simulatedEdaSignal, firstSample: 0, tmin: 0, arrivedAt: seconds, data };
  return {
    vectors: vectorsOf([block], [edaCourse({ minSec: firstAfterSec }), edaHistory()]),
    stressAt: (tmax) => (wearer.arousalAt(tmax) > stressedFrom ? 1 : 0),
    arousalAt: wearer.arousalAt,
  };
};

export interface SimulatedEdaTraining {
  readonly people: number;
  readonly testPeople: number;
  /** Simulated time a person, s. */
  readonly seconds: number;
  readonly passes: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** How the shipped weights were made: about three minutes on two cores with tfjs-node. */
export const simulatedEdaDefaults: SimulatedEdaTraining = { people: 120, testPeople: 30, seconds: 450, passes: 16, batchSize: 32, seed: 1 };

/** Trains the EDA physics network on simulated people and tests it on others; gives the weights and their card, for `saveModel`. */
export const trainSimulatedEda = async (
  engine: TfjsEngine,
  options: Partial<SimulatedEdaTraining> = {},
  watch: TrainingRun = {},
): Promise<Trained> => {
  const settings = { ...simulatedEdaDefaults, ...options };
  const { people, testPeople, seconds, passes, batchSize, seed } = settings;
  const run = keptRun(watch, { model: 'eda-physics-simulated', ...settings, engine: engine.name });
  const group = (from: number, count: number) => Array.from({ length: count }, (_, i) => simulatedEdaPerson(from + i, seconds));
  const trainingPeople = group(firstTrainingSeed, people);
  const held = edaExamples(group(firstHeldSeed, heldPeople), { strideSec: 15, minQuality });
  const training = edaTraining(engine, edaPhysicsDefaults, edaExamples(trainingPeople, { strideSec: 15, minQuality }), {
    seed,
    evaluate: (predict) => ({
      balancedAccuracy: mean(stressByPerson(held, predict(held).stress).map((figures) => figures.balancedAccuracy)),
    }),
  });
  try {
    const { ended } = await fit(engine, training, {
      passes,
      batchSize,
      learningRate: 4e-3,
      weightDecay: 1e-2,
      schedule: cosine({ floor: 0.02, warmUp: 0.05 }),
      clipNorm: 1,
      seed,
      ...run.options,
    });
    if (ended === 'aborted') return { ended };
    const test = edaExamples(group(firstTestSeed, testPeople), { strideSec: 5, minQuality });
    const heldOut = `${testPeople} simulated people never trained on, ${seconds} s each, a window every 5 s`;
    const protocol = `${heldOut}; mean over people, 95 % bootstrap interval over people`;
    const weights = training.weights();
    const predictions = training.predict(test);
    const evaluation = [
      ...edaFigures(test, predictions, protocol),
      ...learnedFigures(learnedLaw(weights), `learned from ${people} simulated people`),
    ];
    run.clear();
    return {
      ended,
      weights,
      card: {
        name: 'eda-physics-simulated',
        version: '1',
        architecture: 'eda-physics',
        hyperparameters: edaPhysicsHyperparameters(edaPhysicsDefaults),
        inputs: trainingPeople[0].vectors
          .get('eda-course')!
          .slice(0, 1)
          .map(({ spec }) => spec),
        outputs: withUncertainty(
          edaPhysicsOutputs(['p_stress', 'arousal', ...horizonsSec.map((ahead) => `eda_forecast_${ahead}s`)]),
          test,
          predictions,
          heldOut,
        ),
        trainedOn: {
          description: `${people} simulated people, ${seconds} s each; stress means a simulated arousal above ${stressedFrom}`,
          licence: 'Apache-2.0 (made by this project)',
          people,
          simulated: true,
        },
        evaluation,
        intendedUse: 'Demonstration and tests with the simulated wearer.',
        limits: 'Simulated data: shows the wiring, says nothing about people.',
      },
    };
  } finally {
    training.dispose();
  }
};
