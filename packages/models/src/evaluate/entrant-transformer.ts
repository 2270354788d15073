import { rbtransformer2025, type TransformerConfig } from '../electrode-transformer.ts';
import { balancedWeights, smote } from '../train/class-balance.ts';
import { fit, type Trainable } from '../train/fit.ts';
import { randomStream } from '../train/random.ts';
import { cosine } from '../train/schedule.ts';
import { initialWeights, type TransformerExamples, trainableTransformer, transformerLogits } from '../train/transformer.ts';
import { placesToChoose } from './choose.ts';
import { balancedAccuracyOf, confusionMatrix } from './class-figures.ts';
import type { Answers, Contest, Entrant } from './entrant.ts';
import type { EvaluationTable, TableFeature } from './table.ts';

/** Passes without a better choice after which a training ends. */
const patience = 8;
const weightDecay = 1e-3;

type Ablation = 'attention' | 'identity';
const identity = 'electrode_id_embedding.embedding';

/** The one feature of electrodes and bands that a table is made of. */
const electrodeFeature = ({ features }: EvaluationTable): TableFeature | undefined => {
  const [feature, ...others] = features.filter(({ use }) => use !== 'network');
  return others.length === 0 && feature?.spec.axes.length === 2 && feature.spec.axes[0].name === 'channel' ? feature : undefined;
};

const softmaxRows = (logits: Float32Array, nClasses: number): Float32Array => {
  const out = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += nClasses) {
    const row = logits.subarray(at, at + nClasses);
    const most = Math.max(...row);
    const sum = row.reduce((total, value) => total + Math.exp(value - most), 0);
    for (let k = 0; k < nClasses; k++) out[at + k] = Math.exp(row[k] - most) / sum;
  }
  return out;
};

const run = async (contest: Contest, without: readonly Ablation[]): Promise<Answers> => {
  const { table, fold, rows, settings, protocol, ledger } = contest;
  const engine = contest.engine!;
  const [nElectrodes, nBands] = electrodeFeature(table)!.spec.axes.map(({ labels }) => labels.length);
  const nClasses = table.label.classes.length;
  const config: TransformerConfig = {
    ...rbtransformer2025,
    ...settings.transformer,
    dFeedForward: settings.transformer.dModel,
    ...(without.includes('attention') && { depth: 0 }),
    nElectrodes,
    nBands,
    tasks: [{ name: table.label.name, nClasses }],
  };
  const examplesOf = (some: Int32Array): TransformerExamples => {
    const inputs = new Float32Array(some.length * rows.width);
    some.forEach((row, i) => {
      inputs.set(rows.values.subarray(row * rows.width, (row + 1) * rows.width), i * rows.width);
    });
    return { inputs, labels: [Int32Array.from(some, (row) => table.label.values[row])], nExamples: some.length };
  };

  const [place] = placesToChoose(contest, 5);
  const learn = place?.learn ?? fold.train;
  ledger.note('network', learn, true);
  if (place) ledger.note('choice of the pass', place.choose, true);
  const random = randomStream(settings.seed, -1e6 - contest.stream);
  let examples = examplesOf(learn);
  if (protocol.balance === 'smote') {
    ledger.note('SMOTE', learn, true);
    const grown = smote({ inputs: examples.inputs, labels: examples.labels[0], width: rows.width }, random);
    examples = { inputs: grown.inputs, labels: [grown.labels], nExamples: grown.labels.length };
  }
  const classWeights = protocol.balance === 'weights' ? [balancedWeights(examples.labels[0], nClasses)] : undefined;
  const start = initialWeights(config, random);
  if (without.includes('identity')) start.get(identity)!.data.fill(0);
  const trainable = trainableTransformer(engine, config, start, examples, { ...(classWeights && { classWeights }) });
  const rates = [...trainable.parameters.keys()].map((name) => (without.includes('identity') && name === identity ? 0 : 1));
  const answersTo = (some: Int32Array): Float32Array =>
    softmaxRows(transformerLogits(engine, config, trainable.parameters, examplesOf(some))[0], nClasses);
  const evaluated: Trainable = {
    ...trainable,
    rates,
    ...(place && {
      evaluate: () => ({
        balancedAccuracy: balancedAccuracyOf(
          confusionMatrix(
            Array.from(place.choose, (row) => table.label.values[row]),
            answersTo(place.choose),
            nClasses,
          ),
        ),
      }),
    }),
  };
  try {
    const { passes, batchSize, learningRate } = settings;
    const { bestPass } = await fit(engine, evaluated, {
      passes,
      batchSize: Math.max(1, Math.min(batchSize, Math.ceil(examples.nExamples / 4))),
      learningRate,
      weightDecay,
      schedule: cosine({ floor: 1e-3, warmUp: 0.05 }),
      clipNorm: 1,
      seed: settings.seed + contest.stream,
      ...(place && { earlyStop: { metric: 'balancedAccuracy', mode: 'max' as const, patience } }),
    });
    return { probabilities: answersTo(fold.test), chosen: { passes: bestPass + 1 } };
  } finally {
    trainable.dispose();
  }
};

const entrant = (name: string, title: string, without: readonly Ablation[]): Entrant => ({
  name,
  title,
  kind: without.length === 0 ? 'network' : 'ablation',
  needsEngine: true,
  fits: (table) => electrodeFeature(table) !== undefined,
  reads: (table) => [electrodeFeature(table)!.spec.name],
  run: (contest) => run(contest, without),
});

/** The electrode transformer, and without its parts. */
export const transformerEntrants: readonly Entrant[] = [
  entrant('electrode transformer', 'attention over electrodes, each with an identity', []),
  entrant('electrode transformer, no attention', 'without the stack of attention blocks', ['attention']),
  entrant('electrode transformer, no identity', 'electrodes cannot be told apart', ['identity']),
];
