import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { TfjsEngine } from './engines/engine.ts';
import { type Dual, dualLayers } from './forward-mode.ts';
import { randomNormal, randomStream } from './train/random.ts';

/**
 * A RECONSTRUCTION of the network of N. Mandal, "Interpretable Multi-Task PINN for Emotion Recognition and EDA Prediction", arXiv:2505.18169
 * (2025). Only its abstract could be read: layers, equation and weights are the most plausible reading of it, nobody's published code. It is
 * kept as an ablation, beside `eda-physics.ts`, which is what we use.
 *
 * A network of self-report and time gives conductance and emotion; a differential equation holds softly, as a third term of the loss:
 *
 *     R1   dE/dt = −α₀·E + βᵀe + γ·t
 *     R2   dE/dt = γ·(−α₀·E + βᵀe)
 *     R3   dE/dt = −α₀·exp(−γ·t)·E + βᵀe
 *
 * | paper | here |
 * | --- | --- |
 * | E, EDA | `eda`, scaled to about 0–1 |
 * | e, self-report (PANAS, SAM) | `report`, (nRows, nReport), constant within a condition |
 * | t | `time`, scaled to 0–1 over a condition |
 * | α₀ decay rate, β emotional sensitivity, γ time scaling | `law.decay`, `law.sensitivity`, `law.scaling`, per unit of scaled time |
 *
 * What not to read into it. The self-reports nearly state the label. In R2 only γ·α₀ and γ·β are determined (`weakestDirection` shows it); in R1 and R3 the
 * three are determined only if E leaves its steady state and conditions differ. And the law sees the network's smooth copy of the data, not the data.
 * That bends what it finds: on a simulated R1 with α₀ = 3 the residual weighed as in the reconstruction (10 : 1) gave 1.7, because a smoother curve
 * with a slower decay costs less than a faithful one; weighed 30 : 1 it gave 2.5, and 100 : 1 2.8.
 */
export type ResidualForm = 'R1' | 'R2' | 'R3';

export interface EdaPinnShape {
  readonly form: ResidualForm;
  readonly nReport: number;
  readonly nClasses: number;
  readonly width: number;
  readonly depth: number;
}

/** The loss weights of the reconstruction: conductance 1, emotion 1, law 0.1. */
export const edaPinnWeights = { eda: 1, emotion: 1, law: 0.1 } as const;

/** Rows of a questionnaire-and-time table. */
export interface EdaPinnRows {
  /** (nRows, nReport). */
  readonly report: Tensor2D;
  /** (nRows, 1). */
  readonly time: Tensor2D;
  /** (nRows, 1). */
  readonly eda: Tensor2D;
  /** (nRows, nClasses), one-hot. */
  readonly emotion: Tensor2D;
}

/** Name and shape of every array. */
export const edaPinnArrays = ({ nReport, nClasses, width, depth }: EdaPinnShape): Record<string, number[]> => ({
  ...Object.fromEntries(
    Array.from({ length: depth }, (_, i) => [
      [`${i}.w`, [i === 0 ? nReport + 1 : width, width]],
      [`${i}.b`, [width]],
    ]).flat(),
  ),
  'eda.w': [width, 1],
  'eda.b': [1],
  'emotion.w': [width, nClasses],
  'emotion.b': [nClasses],
  'law.decay': [1],
  'law.sensitivity': [nReport],
  'law.scaling': [1],
});

/** Starting values: small random weights, α₀ = 1, β = 0, and γ = 1 where it multiplies (R2), else 0. */
export const edaPinnStart = (shape: EdaPinnShape, seed: number): Map<string, { shape: number[]; data: Float32Array }> => {
  const random = randomStream(seed, 0);
  return new Map(
    Object.entries(edaPinnArrays(shape)).map(([name, size]) => {
      const count = size.reduce((product, length) => product * length, 1);
      const fixed = name === 'law.decay' || (name === 'law.scaling' && shape.form === 'R2') ? 1 : 0;
      const weight = () => (size.length === 2 ? randomNormal(random) * Math.sqrt(1 / size[0]) : fixed);
      return [name, { shape: size, data: Float32Array.from({ length: count }, weight) }];
    }),
  );
};

/** The network, its residual and its loss on an engine. */
export const edaPinn = (engine: Pick<TfjsEngine, 'tf'>, { form, depth }: EdaPinnShape) => {
  const { tf } = engine;
  const { linear, tanh, withTime } = dualLayers(engine);
  type Arrays = ReadonlyMap<string, Tensor>;

  /** Conductance with its rate, (nRows, 1) each, and emotion logits, (nRows, nClasses). */
  const forward = (arrays: Arrays, report: Tensor2D, time: Tensor2D): { readonly eda: Dual; readonly emotion: Tensor2D } => {
    const get = <T extends Tensor>(name: string): T => arrays.get(name) as T;
    let h = withTime(report, time);
    for (let i = 0; i < depth; i++) h = tanh(linear(h, get<Tensor2D>(`${i}.w`), get<Tensor1D>(`${i}.b`)));
    return {
      eda: linear(h, get<Tensor2D>('eda.w'), get<Tensor1D>('eda.b')),
      emotion: tf.add(tf.matMul(h.value, get<Tensor2D>('emotion.w')), get<Tensor1D>('emotion.b')) as Tensor2D,
    };
  };

  /** dE/dt minus what the law says, (nRows, 1). */
  const residual = (arrays: Arrays, { value, rate }: Dual, report: Tensor2D, time: Tensor2D): Tensor2D => {
    const [decay, sensitivity, scaling] = ['decay', 'sensitivity', 'scaling'].map((name) => arrays.get(`law.${name}`) as Tensor1D);
    const drive = tf.sum(tf.mul(report, sensitivity), 1, true); // (nRows, 1)
    const relaxation = tf.mul(decay, value);
    const law = {
      R1: () => tf.add(tf.sub(drive, relaxation), tf.mul(scaling, time)),
      R2: () => tf.mul(scaling, tf.sub(drive, relaxation)),
      R3: () => tf.sub(drive, tf.mul(relaxation, tf.exp(tf.neg(tf.mul(scaling, time))))),
    }[form]();
    return tf.sub(rate, law) as Tensor2D;
  };

  /** MSE of conductance + cross-entropy of emotion + mean squared residual, weighed. */
  const loss = (
    arrays: Arrays,
    rows: EdaPinnRows,
    weights: typeof edaPinnWeights | Record<keyof typeof edaPinnWeights, number> = edaPinnWeights,
  ): Scalar =>
    tf.tidy(() => {
      const { eda, emotion } = forward(arrays, rows.report, rows.time);
      const squared = tf.mean(tf.square(tf.sub(eda.value, rows.eda)));
      const entropy = tf.losses.softmaxCrossEntropy(rows.emotion, emotion) as Scalar;
      const law = tf.mean(tf.square(residual(arrays, eda, rows.report, rows.time)));
      return tf.add(tf.add(tf.mul(squared, weights.eda), tf.mul(entropy, weights.emotion)), tf.mul(law, weights.law)) as Scalar;
    });

  return { forward, residual, loss };
};

/** Values of the law's parameters. */
export interface PinnLaw {
  readonly decay: number;
  readonly sensitivity: readonly number[];
  readonly scaling: number;
}

/** What the law says of dE/dt. */
export const lawRate = (
  form: ResidualForm,
  { decay, sensitivity, scaling }: PinnLaw,
  eda: number,
  report: readonly number[],
  time: number,
): number => {
  const drive = report.reduce((sum, value, i) => sum + value * sensitivity[i], 0);
  if (form === 'R1') return drive - decay * eda + scaling * time;
  if (form === 'R2') return scaling * (drive - decay * eda);
  return drive - decay * Math.exp(-scaling * time) * eda;
};

/**
 * The combination of (α₀, β…, γ) that data say least about, and how little: the smallest eigenvalue (0–1 relative to the largest) of the Gram matrix of the
 * law's sensitivities to relative changes of its parameters, with its eigenvector. An eigenvalue of 0 means that the parameters can move along
 * the direction for ever without any residual noticing: they are not identifiable, whatever a training reports.
 */
export const weakestDirection = (
  form: ResidualForm,
  law: PinnLaw,
  samples: readonly { readonly eda: number; readonly report: readonly number[]; readonly time: number }[],
): { readonly eigenvalue: number; readonly direction: number[] } => {
  const values = [law.decay, ...law.sensitivity, law.scaling];
  const lawOf = (p: readonly number[]): PinnLaw => ({ decay: p[0], sensitivity: p.slice(1, -1), scaling: p[p.length - 1] });
  const step = 1e-6;
  const rows = samples.map(({ eda, report, time }) =>
    values.map((value, i) => {
      const moved = (by: number) => lawRate(form, lawOf(values.map((v, k) => (k === i ? v + by * value : v))), eda, report, time);
      return (moved(step) - moved(-step)) / (2 * step);
    }),
  );
  const gram = values.map((_, i) => values.map((_, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0) / rows.length));
  const { eigenvalues, eigenvectors } = symmetricEigen(gram);
  const least = eigenvalues.indexOf(Math.min(...eigenvalues));
  return { eigenvalue: Math.max(0, eigenvalues[least]) / Math.max(...eigenvalues), direction: eigenvectors.map((row) => row[least]) };
};

const sweeps = 30;

/** Eigenvalues and eigenvectors (columns) of a small symmetric matrix, by Jacobi rotations. */
const symmetricEigen = (matrix: readonly (readonly number[])[]): { eigenvalues: number[]; eigenvectors: number[][] } => {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-300) continue;
        const theta = 0.5 * Math.atan2(2 * a[p][q], a[p][p] - a[q][q]);
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        for (const m of [a, v]) for (const row of m) [row[p], row[q]] = [c * row[p] + s * row[q], c * row[q] - s * row[p]];
        const [rowP, rowQ] = [a[p], a[q]];
        a[p] = rowP.map((value, k) => c * value + s * rowQ[k]);
        a[q] = rowQ.map((value, k) => c * value - s * rowP[k]);
      }
    }
  }
  return { eigenvalues: a.map((row, i) => row[i]), eigenvectors: v };
};
