import type { Tensor2D } from '@tensorflow/tfjs';
import { edaPinn, edaPinnStart } from '../eda-pinn.ts';
import { fit, type Trainable } from '../train/fit.ts';
import { cosine } from '../train/schedule.ts';
import { levelName } from './eda-table.ts';
import type { Answers, Contest, Entrant } from './entrant.ts';
import { deviationOf } from './scaling.ts';
import type { EvaluationTable } from './table.ts';

const shape = { form: 'R1', width: 64, depth: 2 } as const;
/** Its passes are short and it needs many: fifteen for each pass of the other networks. */
const passesEach = 15;

/** What stands for "self-report" in a table: what people said where there is any, else the readable numbers of the window. */
const reports = ({ features }: EvaluationTable) => {
  const said = features.filter(({ origin }) => origin === 'self-report');
  return said.length > 0 ? said : features.filter(({ use }) => use !== 'network');
};

/** Trial time, 0–1, from its first window to its last. */
const trialTime = ({ trial, tmax, nRows }: EvaluationTable): Float32Array => {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (let row = 0; row < nRows; row++) {
    if (!first.has(trial[row])) first.set(trial[row], tmax[row]);
    last.set(trial[row], tmax[row]);
  }
  return Float32Array.from({ length: nRows }, (_, row) => {
    const from = first.get(trial[row])!;
    return (tmax[row] - from) / Math.max(1, last.get(trial[row])! - from);
  });
};

/** Report columns with mean 0 and deviation 1 over the training rows, side by side. */
const scaledReports = (contest: Contest, learn: Int32Array): { readonly width: number; readonly values: Float32Array } => {
  const { table, ledger } = contest;
  ledger.note('scaler of the report', learn, false);
  const columns = reports(table).flatMap(({ values }) => {
    const width = values.length / table.nRows;
    return Array.from({ length: width }, (_, i) => {
      const column = Float64Array.from({ length: table.nRows }, (_, row) => values[row * width + i]);
      const mean = learn.reduce((sum, row) => sum + column[row] / learn.length, 0);
      const deviation = deviationOf(
        mean,
        learn.reduce((sum, row) => sum + (column[row] - mean) ** 2 / learn.length, 0),
      );
      return column.map((value) => (value - mean) / deviation);
    });
  });
  const values = new Float32Array(table.nRows * columns.length);
  for (const [i, column] of columns.entries()) for (let row = 0; row < table.nRows; row++) values[row * columns.length + i] = column[row];
  return { width: columns.length, values };
};

const run = async (contest: Contest): Promise<Answers> => {
  const { table, fold, settings, ledger } = contest;
  const { tf } = contest.engine!;
  const level = table.quantities.find(({ name }) => name === levelName)!.values;
  const learn = fold.train.filter((row) => !Number.isNaN(level[row]));
  ledger.note('network', learn, true);
  const report = scaledReports(contest, learn);
  const time = trialTime(table);
  const lowest = learn.reduce((least, row) => Math.min(least, level[row]), Number.POSITIVE_INFINITY);
  const range = learn.reduce((most, row) => Math.max(most, level[row]), Number.NEGATIVE_INFINITY) - lowest || 1;
  const nClasses = table.label.classes.length;
  const network = { ...shape, nReport: report.width, nClasses };
  const start = edaPinnStart(network, settings.seed + contest.stream);
  const arrays = new Map([...start].map(([name, { shape: size, data }]) => [name, tf.variable(tf.tensor(data, size))]));
  const { forward, loss } = edaPinn(contest.engine!, network);
  const given = (rows: ArrayLike<number>) => {
    const list = Array.from(rows);
    return {
      report: tf.tensor2d(
        list.flatMap((row) => Array.from(report.values.subarray(row * report.width, (row + 1) * report.width))),
        [list.length, report.width],
      ),
      time: tf.tensor2d(
        list.map((row) => time[row]),
        [list.length, 1],
      ),
    };
  };
  const trainable: Trainable = {
    variables: [...arrays.values()],
    nExamples: learn.length,
    loss: (batch) => {
      const rows = Array.from(batch, (i) => learn[i]);
      return loss(arrays, {
        ...given(rows),
        eda: tf.tensor2d(
          rows.map((row) => (level[row] - lowest) / range),
          [rows.length, 1],
        ),
        // The engine's types do not tell the rank of what `oneHot` makes: (nRows, nClasses).
        emotion: tf
          .oneHot(
            tf.tensor1d(
              rows.map((row) => table.label.values[row]),
              'int32',
            ),
            nClasses,
          )
          .toFloat() as Tensor2D,
      });
    },
  };
  try {
    const { passes, batchSize, learningRate } = settings;
    await fit(contest.engine!, trainable, {
      passes: passesEach * passes,
      batchSize,
      learningRate: 3 * learningRate,
      schedule: cosine(),
      clipNorm: 1,
      seed: settings.seed + contest.stream,
    });
    const probabilities = new Float32Array(fold.test.length * nClasses);
    const told = new Float32Array(fold.test.length);
    tf.tidy(() => {
      const { report: r, time: t } = given(fold.test);
      const { eda, emotion } = forward(arrays, r, t);
      probabilities.set(tf.softmax(emotion).dataSync());
      told.set(eda.value.dataSync());
    });
    const [decay, scaling] = ['law.decay', 'law.scaling'].map((name) => arrays.get(name)!.dataSync()[0]);
    const sensitivity = Math.hypot(...arrays.get('law.sensitivity')!.dataSync());
    return {
      probabilities,
      quantities: { [levelName]: told.map((value) => value * range + lowest) },
      learned: { 'α₀, per trial': decay, '|β|': sensitivity, 'γ, per trial': scaling },
    };
  } finally {
    tf.dispose([...arrays.values()]);
  }
};

const hasLevel = ({ quantities }: EvaluationTable): boolean => quantities.some(({ name }) => name === levelName);

/** The reconstruction of the published soft-residual network (see `eda-pinn.ts`). */
export const pinnEntrant: Entrant = {
  name: 'soft residual (reconstructed PINN)',
  title:
    'the published network as far as its abstract tells: report and time in, conductance and label out, the law as a soft term of the loss',
  kind: 'network',
  needsEngine: true,
  fits: hasLevel,
  reads: (table) => [...reports(table).map(({ spec }) => spec.name), 'time in the trial'],
  run,
};
