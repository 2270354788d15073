import { edaCourse, edaHistory } from '@affect-edge/features';
import { sha256 } from '../card.ts';
import { type EdaPhysicsShape, edaPhysicsDefaults, horizonsSec } from '../eda-physics.ts';
import { edaPhysicsHyperparameters, edaPhysicsOutputs } from '../eda-physics-model.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { bytesOf } from '../float-bytes.ts';
import { edaFigures, withUncertainty } from './eda-evaluate.ts';
import { edaExamples } from './eda-examples.ts';
import { learnedFigures, learnedLaw } from './eda-learned.ts';
import { leaveOneOut, onStride, rowsWhere, stepsOver, trainPart } from './eda-leave-one-out.ts';
import { type EdaExamples, pickExamples } from './eda-physics.ts';
import { fitRivals } from './eda-rivals.ts';
import { readStressPredict } from './stress-predict.ts';
import type { Trained, TrainingRun } from './training-run.ts';

/** How the network is trained: fixed beforehand, the same in every fold. */
export interface StressPredictRecipe {
  readonly shape: EdaPhysicsShape;
  readonly passes: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Learning-rate factor of the head, which starts as the linear discriminant of the same people. */
  readonly headRate: number;
  /** Distance between training windows, s; tested is every `testStrideSec`. */
  readonly strideSec: number;
  readonly testStrideSec: number;
  readonly seed: number;
}

export const stressPredictRecipe: StressPredictRecipe = {
  shape: { ...edaPhysicsDefaults, headWidth: 16, dropout: 0.5, usesHistory: 1 },
  passes: 6,
  learningRate: 3e-3,
  weightDecay: 0.1,
  headRate: 0.1,
  strideSec: 20,
  testStrideSec: 5,
  seed: 1,
};

/** Windows that end before this time are left out: they are the rest by which a person is known (3 min) and the first window after it. */
const settledSec = 240;
const minQuality = 0.5;

/** Windows of several people with their names and times. */
export interface StressPredictTable {
  readonly names: readonly string[];
  readonly examples: EdaExamples;
  readonly tmax: Float64Array;
}

/** Reads the folder of the data set into windows, `strideSec` apart. */
export const stressPredictTable = async (folder: string, strideSec: number) => {
  const people = await readStressPredict(folder, [edaCourse(), edaHistory()]);
  const all = edaExamples(people, { strideSec, minQuality });
  const rows = Array.from(all.tmax.keys()).filter((i) => all.tmax[i] >= settledSec);
  const specs = ['eda-course', 'eda-history'].map((name) => people[0].vectors.get(name)![0].spec);
  return {
    names: people.map(({ name }) => name),
    specs,
    examples: pickExamples(all, rows),
    tmax: Float64Array.from(rows, (i) => all.tmax[i]),
  };
};

/**
 * Tests by leaving one person out, then trains on everybody; gives the weights and the card with the figures of the test, for `saveModel`.
 * `folder` is the Stress-Predict data set (`readStressPredict`).
 */
export const trainStressPredict = async (
  engine: TfjsEngine,
  folder: string,
  changes: Partial<StressPredictRecipe> = {},
  watch: TrainingRun = {},
): Promise<Trained> => {
  const recipe = { ...stressPredictRecipe, ...changes };
  const table = await stressPredictTable(folder, recipe.testStrideSec);
  const { names, examples, specs } = table;
  const everybody = rowsWhere(table, (_, tmax) => onStride(tmax, recipe.strideSec));
  const settings = { model: 'eda-stress-predict', recipe, people: names, data: sha256(bytesOf(examples.course)), engine: engine.name };
  const run = { ...watch, settings };
  const own = stepsOver(everybody, recipe);
  const tested = await leaveOneOut(engine, table, recipe, run, own);
  if (tested.ended === 'aborted') return { ended: 'aborted' };
  const before = names.reduce(
    (sum, _, out) =>
      sum +
      stepsOver(
        everybody.filter((i) => examples.person[i] !== out),
        recipe,
      ),
    0,
  );
  const part = { key: 'everybody', name: 'everybody', rows: everybody, before, steps: before + own };
  const { training, ended, clear } = await trainPart(engine, table, recipe, fitRivals(examples, everybody).LDA, part, run);
  const weights = training.weights();
  const timeScales = training.personal().map(({ timeScale }) => timeScale);
  training.dispose();
  if (ended === 'aborted') return { ended };
  tested.clear();
  clear();
  const people = names.length;
  const windows = `leave one person out over ${people} people (${names[0]}–${names[people - 1]}), windows of 60 s wholly in one phase, every ${recipe.testStrideSec} s after the first ${settledSec} s`;
  const protocol = `${windows}; mean over people, 95 % bootstrap interval over people; rivals get eight summary numbers of the same inputs, regularisation chosen inside the fold`;
  return {
    ended,
    weights,
    card: {
      name: 'eda-stress-predict',
      version: '1',
      architecture: 'eda-physics',
      hyperparameters: edaPhysicsHyperparameters(recipe.shape),
      inputs: specs,
      outputs: withUncertainty(
        edaPhysicsOutputs(['p_stress', ...horizonsSec.map((seconds) => `eda_forecast_${seconds}s`)]),
        examples,
        tested.predictions,
        windows,
      ),
      trainedOn: {
        description:
          'Stress-Predict (Iqbal et al. 2022, Sensors 22:8135, doi:10.3390/s22218135): Empatica E4 wrist conductance of S02–S12 during rest, Stroop test, interview and hyperventilation',
        licence: 'MIT',
        people,
        simulated: false,
      },
      evaluation: [
        ...edaFigures(examples, tested.predictions, protocol, tested.rivals),
        ...learnedFigures(learnedLaw(weights), `learned from ${people} people (${names[0]}–${names[people - 1]})`, {
          without: tested.laws,
          timeScales,
        }),
      ],
      intendedUse:
        'Research and demonstration: whether a minute of wrist conductance looks more like a laboratory stress task than like rest.',
      limits: `Eleven healthy people in one laboratory session each, one device. Expects a session that begins with three minutes of rest. The history numbers it reads, and that its head starts as a linear discriminant (from random weights it lost to one, 0.66 against 0.69), were chosen while looking at these same people, so the figures flatter. Wrong about one minute in three and no better than a linear classifier of eight numbers; its forecasts do not beat the last value beyond doubt. Not a medical device, says nothing about a person's health or feelings.`,
    },
  };
};
