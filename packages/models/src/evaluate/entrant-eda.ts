import { edaPhysicsDefaults, edaPhysicsStart, horizonsSec } from '../eda-physics.ts';
import { ModelError } from '../errors.ts';
import type { Weights } from '../safetensors.ts';
import { timesFromRaw } from '../sudomotor.ts';
import { linearStart } from '../train/eda-leave-one-out.ts';
import { type EdaExamples, type EdaPredictions, type EdaTrainingOptions, edaTraining, pickExamples } from '../train/eda-physics.ts';
import { fit } from '../train/fit.ts';
import { cosine } from '../train/schedule.ts';
import { type Classifier, linearDiscriminant } from './baselines.ts';
import { placesToChoose } from './choose.ts';
import { balancedAccuracyOf, confusionMatrix } from './class-figures.ts';
import { forecastName } from './eda-table.ts';
import type { Answers, Contest, Entrant } from './entrant.ts';
import type { EvaluationTable } from './table.ts';

const patience = 4;
const headRate = 0.1;
const startShrinkage = 0.1;

/** What an ablation of the network leaves out or keeps fixed. */
interface Variant {
  readonly tasks?: EdaTrainingOptions['tasks'];
  /** Weights that are not learned. */
  readonly frozen: readonly string[];
  /** The driver is cut from the encoder and the law adds nothing to a forecast. */
  readonly cutPhysics?: boolean;
  readonly answersLabels: boolean;
  readonly answersQuantities: boolean;
}

const physicsWeights = ['driver.w', 'driver.b', 'driver.rest', 'driver.sensitivity', 'sudomotor.raw', 'skin.offset', 'forecast.trust'];
/** Logit of a share that is nothing. */
const never = -30;

const featureOf = (table: EvaluationTable, name: string): Float32Array | undefined =>
  table.features.find(({ spec }) => spec.name === name)?.values;

/** A table's rows as the network's examples; stress is the second class. */
export const examplesOfTable = (table: EvaluationTable): EdaExamples => {
  const course = featureOf(table, 'eda-course');
  if (!course) throw new ModelError('bad-option', `The table '${table.name}' has no feature 'eda-course'.`);
  const history = featureOf(table, 'eda-history');
  const future = new Float32Array(table.nRows * horizonsSec.length);
  horizonsSec.forEach((seconds, h) => {
    const values = table.quantities.find(({ name }) => name === forecastName(seconds))?.values;
    for (let row = 0; row < table.nRows; row++) future[row * horizonsSec.length + h] = values ? values[row] : Number.NaN;
  });
  return {
    nRows: table.nRows,
    course,
    ...(history && { history }),
    person: table.subject,
    stress: Float32Array.from(table.label.values),
    arousal: new Float32Array(table.nRows).fill(Number.NaN),
    future,
  };
};

/** Random weights whose stress head is a linear discriminant of the training rows, where a network begins better than from nothing. */
const startFrom = (contest: Contest, learn: Int32Array, shape: typeof edaPhysicsDefaults, cutPhysics: boolean): Weights => {
  const { table, settings, ledger } = contest;
  const seed = settings.seed + contest.stream;
  const summary = featureOf(table, 'eda-summary');
  const labels = Array.from(learn, (row) => table.label.values[row]);
  const discriminant = (known: Float32Array): Classifier => {
    ledger.note('linear start', learn, true);
    const width = known.length / table.nRows;
    return linearDiscriminant(startShrinkage)(
      Array.from(learn, (row) => known.subarray(row * width, (row + 1) * width)),
      labels,
    );
  };
  const start = summary && new Set(labels).size === 2 ? linearStart(shape, seed, discriminant(summary)) : edaPhysicsStart(shape, seed);
  if (cutPhysics) {
    start.get('driver.w')!.data.fill(0);
    start.get('forecast.trust')!.data.fill(never);
  }
  return start;
};

const probabilitiesOf = ({ stress }: EdaPredictions): Float32Array =>
  Float32Array.from({ length: 2 * stress.length }, (_, i) => (i % 2 === 1 ? stress[i >> 1] : 1 - stress[i >> 1]));

const run = async (contest: Contest, variant: Variant): Promise<Answers> => {
  const { table, fold, settings, ledger } = contest;
  const examples = examplesOfTable(table);
  const shape = { ...edaPhysicsDefaults, headWidth: 16, dropout: 0.5, usesHistory: examples.history ? (1 as const) : (0 as const) };
  const [place] = variant.answersLabels ? placesToChoose(contest, 5) : [];
  const learn = place?.learn ?? fold.train;
  ledger.note('network', learn, true);
  if (place) ledger.note('choice of the pass', place.choose, true);
  const held = place && pickExamples(examples, place.choose);
  const training = edaTraining(contest.engine!, shape, pickExamples(examples, learn), {
    seed: settings.seed + contest.stream,
    tasks: { arousal: 0, ...variant.tasks },
    start: startFrom(contest, learn, shape, variant.cutPhysics ?? false),
    headRate,
    ...(held && {
      evaluate: (predict) => ({
        balancedAccuracy: balancedAccuracyOf(confusionMatrix(Array.from(held.stress), probabilitiesOf(predict(held)), 2)),
      }),
    }),
  });
  try {
    const names = [...edaPhysicsStart(shape, 0).keys()];
    const rates = training.rates!.map((rate, i) => (variant.frozen.includes(names[i]) ? 0 : rate));
    const { passes, learningRate } = settings;
    const { bestPass } = await fit(
      contest.engine!,
      { ...training, rates },
      {
        passes,
        batchSize: 32,
        learningRate: 3 * learningRate,
        weightDecay: 0.1,
        schedule: cosine({ floor: 0.02, warmUp: 0.05 }),
        clipNorm: 1,
        seed: settings.seed + contest.stream,
        ...(place && { earlyStop: { metric: 'balancedAccuracy', mode: 'max' as const, patience } }),
      },
    );
    const test = pickExamples(examples, fold.test);
    const predictions = training.predict(test);
    const weights = training.weights();
    const { tauPhasic, tauTonic } = timesFromRaw(weights.get('sudomotor.raw')!.data);
    const sensitivity = Math.log1p(Math.exp(weights.get('driver.sensitivity')!.data[0]));
    return {
      ...(variant.answersLabels && { probabilities: probabilitiesOf(predictions) }),
      ...(variant.answersQuantities && {
        quantities: Object.fromEntries(
          horizonsSec.map((seconds, h) => [
            forecastName(seconds),
            Float32Array.from(fold.test, (_, i) => predictions.forecasts[i * horizonsSec.length + h]),
          ]),
        ),
      }),
      chosen: { passes: bestPass + 1 },
      learned: {
        'α₀ tonic decay, 1/s': 1 / tauTonic,
        'phasic decay, 1/s': 1 / tauPhasic,
        'β sensitivity, levels per unit of arousal': sensitivity,
      },
    };
  } finally {
    training.dispose();
  }
};

const entrant = (name: string, title: string, kind: Entrant['kind'], variant: Variant): Entrant => ({
  name,
  title,
  kind,
  needsEngine: true,
  fits: (table) => featureOf(table, 'eda-course') !== undefined && table.label.classes.length === 2,
  reads: (table) => ['eda-course', 'eda-history'].filter((feature) => featureOf(table, feature)),
  run: (contest) => run(contest, variant),
});

const whole: Variant = { frozen: [], answersLabels: true, answersQuantities: true };

/** The physics network for skin conductance, and without its parts. */
export const edaEntrants: readonly Entrant[] = [
  entrant('EDA physics', 'the sudomotor law as a layer of the network', 'network', whole),
  entrant('EDA physics, no physics', 'the driver cut from the encoder, nothing of the law learned or used', 'ablation', {
    ...whole,
    tasks: { reconstruction: 0, forecast: 0 },
    frozen: physicsWeights,
    cutPhysics: true,
  }),
  entrant('EDA physics, frozen τ', 'time constants held at their prior', 'ablation', { ...whole, frozen: ['sudomotor.raw'] }),
  entrant('EDA physics, EDA-only', 'learns conductance only', 'ablation', { ...whole, tasks: { stress: 0 }, answersLabels: false }),
  entrant('EDA physics, emotion-only', 'learns the label only', 'ablation', {
    ...whole,
    tasks: { reconstruction: 0, forecast: 0 },
    answersQuantities: false,
  }),
];
