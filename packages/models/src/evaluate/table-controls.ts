import { randomNormal, randomStream, shuffled } from '../train/random.ts';
import { coin } from './noise-trials.ts';
import { type EvaluationTable, type TableFeature, trialClasses, widthOf } from './table.ts';

/**
 * The same windows with the labels of whole trials dealt anew within each subject: features and labels no longer have to do with each other, but a
 * trial still has one label. What scores above chance here recognises trials.
 */
export const withShuffledLabels = (table: EvaluationTable, seed: number): EvaluationTable => {
  const classes = trialClasses(table);
  const dealt = classes.slice();
  const subjectOf = new Int32Array(table.trials.length);
  table.trial.forEach((trial, row) => {
    subjectOf[trial] = table.subject[row];
  });
  for (let subject = 0; subject < table.subjects.length; subject++) {
    const own = Array.from(subjectOf.keys()).filter((trial) => subjectOf[trial] === subject);
    const order = shuffled(own.length, randomStream(seed, subject));
    own.forEach((trial, i) => {
      dealt[trial] = classes[own[order[i]]];
    });
  }
  return {
    ...table,
    name: `${table.name}, labels dealt anew`,
    label: { ...table.label, values: table.trial.map((trial) => dealt[trial]) },
  };
};

/** How much of a feature's noise stays from one window to the next. */
const persistenceOfNoise = 0.9;

/**
 * Noise in the place of features that we cannot compute ourselves: for every session one slow random process in each value, a coin thrown for each
 * trial. Coarser than running noise through the pipeline, and used only where there is no pipeline.
 */
export const noiseInPlaceOf = (table: EvaluationTable, seed: number): EvaluationTable => {
  const toss = randomStream(seed, 0);
  const tossed = table.trials.map(() => (toss() < 0.5 ? 0 : 1));
  const features = table.features.map((feature, f): TableFeature => {
    const width = widthOf(feature);
    const random = randomStream(seed, f + 1);
    const values = new Float32Array(feature.values.length);
    for (let row = 0; row < table.nRows; row++) {
      const goesOn = row > 0 && table.session[row] === table.session[row - 1];
      for (let i = 0; i < width; i++) {
        const fresh = randomNormal(random);
        const before = goesOn ? values[(row - 1) * width + i] : fresh;
        values[row * width + i] = persistenceOfNoise * before + Math.sqrt(1 - persistenceOfNoise ** 2) * fresh;
      }
    }
    return { ...feature, values };
  });
  return {
    ...table,
    name: 'noise',
    description: 'slow noise in the place of the features, one coin toss a trial',
    features,
    quantities: [],
    label: { name: coin, classes: ['heads', 'tails'], values: table.trial.map((trial) => tossed[trial]) },
  };
};

/** Name of the feature that stands for a questionnaire. */
export const standInName = 'questionnaire stand-in';
const nItems = 12;

/**
 * The table with something in the place of a questionnaire filled in after each condition: twelve answers from 1 to 5, drawn at random for each (subject,
 * condition). They hold nothing but who and in which condition, which is the point.
 */
export const withStandIn = (table: EvaluationTable, seed: number): EvaluationTable => {
  const nClasses = table.label.classes.length;
  const values = new Float32Array(table.nRows * nItems);
  for (let row = 0; row < table.nRows; row++) {
    const random = randomStream(seed, table.subject[row] * nClasses + table.label.values[row]);
    for (let item = 0; item < nItems; item++) values[row * nItems + item] = 1 + Math.floor(5 * random());
  }
  const spec = {
    name: standInName,
    unit: '1',
    axes: [{ name: 'item', labels: Array.from({ length: nItems }, (_, i) => String(i + 1)) }],
    recipe: { seed },
  };
  return { ...table, features: [...table.features, { spec, origin: 'self-report', use: 'network', values }] };
};
