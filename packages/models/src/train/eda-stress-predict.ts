import { edaCourse, edaHistory } from '@affect-edge/features';
import { type EdaPhysicsShape, edaPhysicsDefaults, edaPhysicsStart, horizonsSec } from '../eda-physics.ts';
import { edaPhysicsHyperparameters, edaPhysicsOutputs } from '../eda-physics-model.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { type Classifier, type FitClassifier, linearDiscriminant, logisticRegression, majority } from '../evaluate/baselines.ts';
import { balancedAccuracy, confusion, mean } from '../evaluate/metrics.ts';
import type { EvaluationFigure, ModelCard } from '../model.ts';
import type { Weights } from '../safetensors.ts';
import { timesFromRaw } from '../sudomotor.ts';
import { edaFigures } from './eda-evaluate.ts';
import { edaExamples } from './eda-examples.ts';
import { type EdaExamples, type EdaPredictions, edaTraining, pickExamples } from './eda-physics.ts';
import { edaSummary } from './eda-summary.ts';
import { fit, type Progress } from './fit.ts';
import { cosine } from './schedule.ts';
import { readStressPredict } from './stress-predict.ts';

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
const shrinkages = [0.01, 0.1, 0.5, 0.9];
const penalties = [0.001, 0.01, 0.1, 1];

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

const rowsWhere = ({ examples, tmax }: StressPredictTable, keep: (person: number, tmax: number) => boolean): number[] =>
  Array.from(tmax.keys()).filter((i) => keep(examples.person[i], tmax[i]));
const onStride = (seconds: number, strideSec: number): boolean => Math.round(seconds) % strideSec === 0;

/** Random weights whose stress head is a linear classifier of the readable numbers, and nothing else yet. */
const startFrom = (shape: EdaPhysicsShape, seed: number, classifier: Classifier): Weights => {
  const start = edaPhysicsStart(shape, seed);
  const { weights, bias } = classifier.linear!;
  const direct = start.get('head.direct.w')!.data;
  for (const [i, weight] of weights.entries()) direct[2 * i] = weight;
  start.get('head.1.w')!.data.fill(0);
  start.get('head.1.b')!.data[0] = bias;
  return start;
};

const train = async (
  engine: TfjsEngine,
  examples: EdaExamples,
  { shape, passes, learningRate, weightDecay, headRate, seed }: StressPredictRecipe,
  linear: Classifier,
  onProgress?: (progress: Progress) => void,
) => {
  const start = startFrom(shape, seed, linear);
  const training = edaTraining(engine, shape, examples, { seed, personal: true, tasks: { arousal: 0 }, start, headRate });
  await fit(engine, training, {
    passes,
    batchSize: 32,
    learningRate,
    weightDecay,
    schedule: cosine({ floor: 0.02, warmUp: 0.05 }),
    clipNorm: 1,
    seed,
    ...(onProgress && { onProgress }),
  });
  return training;
};

/** The candidate whose balanced accuracy is best, leaving each training person out once: choices are made inside the fold. */
const chosen = (
  candidates: readonly FitClassifier[],
  summary: readonly Float64Array[],
  { person, stress }: EdaExamples,
  rows: readonly number[],
): FitClassifier => {
  const people = [...new Set(rows.map((i) => person[i]))];
  const worth = candidates.map((candidate) =>
    mean(
      people.map((out) => {
        const [own, others] = [rows.filter((i) => person[i] === out), rows.filter((i) => person[i] !== out)];
        const classify = candidate(
          others.map((i) => summary[i]),
          others.map((i) => stress[i]),
        );
        return balancedAccuracy(
          confusion(
            own.map((i) => stress[i]),
            own.map((i) => classify(summary[i])),
          ),
        );
      }),
    ),
  );
  return candidates[worth.indexOf(Math.max(...worth))];
};

/** What leaving one person out gave. */
export interface LeaveOneOut {
  readonly predictions: EdaPredictions;
  readonly rivals: Readonly<Record<'majority' | 'LDA' | 'logistic regression', Float32Array>>;
  /** Time constants of each fold's network, s. */
  readonly taus: readonly { readonly tauRise: number; readonly tauPhasic: number; readonly tauTonic: number }[];
}

/**
 * Leaves each person out once: the network and its rivals are trained on the others and answer for this one. Nothing of a person is on both sides:
 * scalers, class weights and the rivals' regularisation are fitted inside the fold, and a person's history is their own past.
 */
export const leaveOneOut = async (
  engine: TfjsEngine,
  table: StressPredictTable,
  recipe: StressPredictRecipe = stressPredictRecipe,
  onFold?: (name: string, done: number) => void,
): Promise<LeaveOneOut> => {
  const { examples, names } = table;
  const n = examples.nRows;
  const predictions = { stress: new Float32Array(n), arousal: new Float32Array(n), forecasts: new Float32Array(n * horizonsSec.length) };
  const rivals = { majority: new Float32Array(n), LDA: new Float32Array(n), 'logistic regression': new Float32Array(n) };
  const taus: ReturnType<typeof timesFromRaw>[] = [];
  const summary = edaSummary(examples);
  for (const [out, name] of names.entries()) {
    const test = rowsWhere(table, (person) => person === out);
    const learn = rowsWhere(table, (person, tmax) => person !== out && onStride(tmax, recipe.strideSec));
    const labelled = learn.filter((i) => !Number.isNaN(examples.stress[i]));
    const fits: Readonly<Record<keyof typeof rivals, FitClassifier>> = {
      majority,
      LDA: chosen(shrinkages.map(linearDiscriminant), summary, examples, labelled),
      'logistic regression': chosen(penalties.map(logisticRegression), summary, examples, labelled),
    };
    let linear: Classifier | undefined;
    for (const [rival, fitRival] of Object.entries(fits) as [keyof typeof rivals, FitClassifier][]) {
      const classify = fitRival(
        labelled.map((i) => summary[i]),
        labelled.map((i) => examples.stress[i]),
      );
      for (const i of test) rivals[rival][i] = classify(summary[i]);
      if (rival === 'LDA') linear = classify;
    }
    const training = await train(engine, pickExamples(examples, learn), recipe, linear!);
    const got = training.predict(pickExamples(examples, test));
    test.forEach((i, k) => {
      predictions.stress[i] = got.stress[k];
      predictions.forecasts.set(got.forecasts.subarray(k * horizonsSec.length, (k + 1) * horizonsSec.length), i * horizonsSec.length);
    });
    taus.push(timesFromRaw(training.weights().get('sudomotor.raw')!.data));
    training.dispose();
    onFold?.(name, out + 1);
  }
  return { predictions, rivals, taus };
};

/** The learned decay rate over the folds, as a figure. */
const decayFigure = (taus: LeaveOneOut['taus'], protocol: string): EvaluationFigure => {
  const rates = taus.map(({ tauTonic }) => 1 / tauTonic).sort((a, b) => a - b);
  return {
    metric: 'learned tonic decay rate 1/τ, 1/s, range over folds',
    value: mean(rates),
    interval95: [rates[0], rates[rates.length - 1]],
    protocol,
    baselines: { prior: 1 / 120 },
  };
};

/**
 * Tests by leaving one person out, then trains on everybody; gives the weights and the card with the figures of the test, for `saveModel`.
 * `folder` is the Stress-Predict data set (`readStressPredict`).
 */
export const trainStressPredict = async (
  engine: TfjsEngine,
  folder: string,
  recipe: StressPredictRecipe = stressPredictRecipe,
  onFold?: (name: string, done: number) => void,
): Promise<{ readonly weights: Weights; readonly card: Omit<ModelCard, 'sha256'> }> => {
  const table = await stressPredictTable(folder, recipe.testStrideSec);
  const tested = await leaveOneOut(engine, table, recipe, onFold);
  const everybody = rowsWhere(table, (_, tmax) => onStride(tmax, recipe.strideSec));
  const labelled = everybody.filter((i) => !Number.isNaN(table.examples.stress[i]));
  const summary = edaSummary(table.examples);
  const linear = chosen(
    shrinkages.map(linearDiscriminant),
    summary,
    table.examples,
    labelled,
  )(
    labelled.map((i) => summary[i]),
    labelled.map((i) => table.examples.stress[i]),
  );
  const training = await train(engine, pickExamples(table.examples, everybody), recipe, linear);
  const weights = training.weights();
  training.dispose();
  const people = table.names.length;
  const protocol = `leave one person out over ${people} people (${table.names[0]}–${table.names[people - 1]}), windows of 60 s wholly in one phase, every ${recipe.testStrideSec} s after the first ${settledSec} s; mean over people, 95 % bootstrap interval over people; rivals get eight summary numbers of the same inputs, regularisation chosen inside the fold`;
  return {
    weights,
    card: {
      name: 'eda-stress-predict',
      version: '1',
      architecture: 'eda-physics',
      hyperparameters: edaPhysicsHyperparameters(recipe.shape),
      inputs: table.specs,
      outputs: edaPhysicsOutputs(['p_stress', ...horizonsSec.map((seconds) => `eda_forecast_${seconds}s`)]),
      trainedOn: {
        description:
          'Stress-Predict (Iqbal et al. 2022, Sensors 22:8135, doi:10.3390/s22218135): Empatica E4 wrist conductance of S02–S12 during rest, Stroop test, interview and hyperventilation',
        licence: 'MIT',
        people,
        simulated: false,
      },
      evaluation: [...edaFigures(table.examples, tested.predictions, protocol, tested.rivals), decayFigure(tested.taus, protocol)],
      intendedUse:
        'Research and demonstration: whether a minute of wrist conductance looks more like a laboratory stress task than like rest.',
      limits: `Eleven healthy people in one laboratory session each, one device. Expects a session that begins with three minutes of rest. The history numbers it reads, and that its head starts as a linear discriminant (from random weights it lost to one, 0.66 against 0.69), were chosen while looking at these same people, so the figures flatter. Wrong about one minute in three and no better than a linear classifier of eight numbers; its forecasts do not beat the last value beyond doubt. Not a medical device, says nothing about a person's health or feelings.`,
    },
  };
};
