import type { Script } from '@affect-edge/acquire';
import type { TransformerConfig } from '../electrode-transformer.ts';
import type { TfjsEngine } from '../engines/engine.ts';
import { logisticRegression } from '../evaluate/baselines.ts';
import { balancedAccuracy, bootstrapOverPeople, confusion, mean } from '../evaluate/metrics.ts';
import type { EvaluationFigure } from '../model.ts';
import type { Weights } from '../safetensors.ts';
import { normaliser, transformerHyperparameters } from '../transformer-card.ts';
import { demonstrationScript, type SimulatedEegPerson, simulatedEegPerson, trainingScript } from './eeg-simulated.ts';
import { fit } from './fit.ts';
import { frequencyUncertainty } from './held-out-uncertainty.ts';
import { inputScale } from './input-scale.ts';
import { randomStream } from './random.ts';
import { keptRun, type Trained, type TrainingRun } from './training-run.ts';
import { initialWeights, trainableTransformer, transformerLogits } from './transformer.ts';
import {
  balancedExamples,
  fitOptionsOf,
  type TransformerPreset,
  type TransformerRecipe,
  transformerPresets,
} from './transformer-recipe.ts';

export interface EegSimulatedOptions {
  /** People to train on, to choose the best pass on, and to test on; all different. 64, 12 and 24 when absent. */
  readonly people?: readonly [train: number, validate: number, test: number];
  /** 1 when absent. */
  readonly seed?: number;
  /** What the recipe begins with; the published one when absent. */
  readonly preset?: TransformerPreset;
  /** What differs from the preset and from `eegSimulatedChanges`. */
  readonly recipe?: Partial<TransformerRecipe>;
}

/**
 * What is done otherwise than published: minutes instead of hours, an early stop on people who are not trained on, inputs scaled as the training people's
 * are, and no SMOTE, because the simulated classes are as good as even.
 */
export const eegSimulatedChanges = {
  passes: 8,
  batchSize: 128,
  warmUp: 0.05,
  clipNorm: 1,
  patience: 6,
  normalisation: 'train-fit',
  balance: 'none',
} as const satisfies Partial<TransformerRecipe>;

/** Train on every fourth vector: with windows of 2 s and hops of 0.5 s they do not overlap. */
const trainEvery = 4;
const trainingSec = 480;
const demonstrationSec = 360;

const accuracyOf = (labels: Int32Array, scores: ArrayLike<number>): number => balancedAccuracy(confusion(labels, scores));
const round = (value: number): number => Number(value.toFixed(4));

/**
 * Trains the electrode transformer on simulated people and tests it on others, through the very features that the live line computes. Two
 * figures come out: the demonstration's script (rest, arousal, recovery) and scripts of any levels, where half the moments lie near the
 * threshold. Baselines: the majority class and logistic regression on the same inputs.
 */
export const trainEegSimulated = async (
  engine: TfjsEngine,
  options: EegSimulatedOptions = {},
  watch: TrainingRun = {},
): Promise<Trained> => {
  const { people = [64, 12, 24], seed = 1, preset = 'rbtransformer-2025' } = options;
  const recipe: TransformerRecipe = { ...transformerPresets[preset], ...eegSimulatedChanges, ...options.recipe };
  const { normalisation } = recipe;
  const run = keptRun(watch, { model: 'eeg-arousal-simulated', people, preset, recipe, seed, engine: engine.name });
  const [nTrain, nValidate, nTest] = people;
  const draw = (from: number, n: number, script: (seed: number) => Script, seconds: number): SimulatedEegPerson[] =>
    Array.from({ length: n }, (_, i) => simulatedEegPerson(seed * 10_000 + from + i, script(seed * 10_000 + from + i), seconds));
  const train = draw(0, nTrain, trainingScript, trainingSec);
  const validate = draw(nTrain, nValidate, trainingScript, trainingSec);
  const testFrom = nTrain + nValidate;
  const tests = [
    {
      name: 'the demonstration script (rest, arousal, recovery)',
      people: draw(testFrom, nTest, () => demonstrationScript, demonstrationSec),
    },
    { name: 'scripts of phases at any level, after a minute of rest', people: draw(testFrom, nTest, trainingScript, trainingSec) },
  ];

  const { spec } = train[0];
  const [nElectrodes, nBands] = spec.axes.map(({ labels }) => labels.length);
  const config: TransformerConfig = { ...recipe.network, nElectrodes, nBands, tasks: [{ name: 'arousal', nClasses: 2 }] };
  const width = nElectrodes * nBands;
  const thinned = train.map(({ vectors }) => vectors.filter((_, i) => i % trainEvery === 0));
  const scale: Weights = normalisation === 'none' ? new Map() : inputScale(thinned.flat(), config, normalisation);
  const normalise = normaliser(config, normalisation, scale);
  const examplesOf = (group: readonly SimulatedEegPerson[], every: number) => {
    const chosen = group.flatMap(({ vectors, labels }) =>
      vectors.map((values, i) => ({ values, label: labels[i], i })).filter(({ i }) => i % every === 0),
    );
    const inputs = new Float32Array(chosen.length * width);
    chosen.forEach(({ values }, i) => {
      normalise(values, inputs, i * width);
    });
    return { inputs, labels: [Int32Array.from(chosen, ({ label }) => label)], nExamples: chosen.length };
  };

  const learnt = examplesOf(train, trainEvery);
  const held = examplesOf(validate, trainEvery);
  const { examples, options: loss } = balancedExamples(learnt, recipe, config, seed);
  const trainable = trainableTransformer(engine, config, initialWeights(config, randomStream(seed, -1e6)), examples, loss);
  /** The probability of high of every example. */
  const probabilitiesOf = (set: ReturnType<typeof examplesOf>): number[] => {
    const [logits] = transformerLogits(engine, config, trainable.parameters, set);
    return Array.from({ length: set.nExamples }, (_, i) => 1 / (1 + Math.exp(logits[2 * i] - logits[2 * i + 1])));
  };
  /** 1 for every example called high. */
  const classesOf = (set: ReturnType<typeof examplesOf>): Int32Array => Int32Array.from(probabilitiesOf(set), (p) => (p > 0.5 ? 1 : 0));
  const { ended } = await fit(
    engine,
    { ...trainable, evaluate: () => ({ balancedAccuracy: accuracyOf(held.labels[0], classesOf(held)) }) },
    { ...fitOptionsOf(recipe, seed), ...run.options },
  );
  if (ended === 'aborted') {
    trainable.dispose();
    return { ended };
  }

  const rowsOf = ({ inputs, nExamples }: ReturnType<typeof examplesOf>): Float32Array[] =>
    Array.from({ length: nExamples }, (_, i) => inputs.subarray(i * width, (i + 1) * width));
  const logistic = logisticRegression(1)(rowsOf(learnt), learnt.labels[0]);
  const evaluation: EvaluationFigure[] = [];
  for (const test of tests) {
    const sets = test.people.map((person) => examplesOf([person], 1));
    const perPerson = sets.map((set) => accuracyOf(set.labels[0], classesOf(set)));
    const linear = sets.map((set) => accuracyOf(set.labels[0], rowsOf(set).map(logistic)));
    const [low, high] = bootstrapOverPeople(perPerson, mean);
    evaluation.push({
      metric: 'balanced accuracy',
      value: round(mean(perPerson)),
      interval95: [round(low), round(high)],
      protocol: `mean over ${nTest} simulated people who were neither trained nor selected on; ${test.name}`,
      baselines: { majority: 0.5, logistic: round(mean(linear)) },
    });
  }

  const [, anyLevel] = tests;
  const uncertainty = frequencyUncertainty(
    anyLevel.people.map((person) => {
      const set = examplesOf([person], 1);
      return { values: probabilitiesOf(set), truths: Array.from(set.labels[0]) };
    }),
    `${nTest} simulated people who were neither trained nor selected on; ${anyLevel.name}`,
  );
  const weights: Weights = new Map([...scale, ...trainable.weights()]);
  trainable.dispose();
  run.clear();
  return {
    ended,
    weights,
    card: {
      name: 'eeg-arousal-simulated',
      version: '0.1.0',
      architecture: 'electrode-transformer',
      hyperparameters: transformerHyperparameters(config, normalisation),
      inputs: [spec],
      outputs: [
        {
          name: 'p_high_arousal',
          unit: 'probability',
          range: [0, 1],
          meaning: 'How likely the simulated wearer is more aroused than half of its range.',
          uncertainty,
        },
      ],
      trainedOn: {
        description: `Simulated data: shows the wiring, says nothing about people. ${nTrain} simulated people of ${trainingSec / 60} min each, electrodes of an OpenBCI Cyton, seed ${seed}.`,
        licence: 'Apache-2.0 (generated by this project)',
        people: nTrain,
        simulated: true,
      },
      evaluation,
      intendedUse: 'Showing that the line works from the electrode to the estimate, with the simulated wearer.',
      limits:
        'Simulated data: shows the wiring, says nothing about people. The simulation’s arousal moves alpha, beta and gamma as textbooks describe; a real brain owes it nothing. A session should begin at rest, because the input is the change against the running mean.',
    },
  };
};
