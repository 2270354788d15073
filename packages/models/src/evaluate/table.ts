import type { FeatureSpec } from '@affect-edge/features';
import { ModelError } from '../errors.ts';

/** One feature of every window. */
export interface TableFeature {
  readonly spec: FeatureSpec;
  /** Where it comes from: a sensor through our own pipeline, the owner's own computation, or what a person said (which states the label). */
  readonly origin: 'sensor' | 'precomputed' | 'self-report';
  /** `network`: read by a network that wants it by name only; `rows`: read by every classifier of plain rows; `both`. */
  readonly use: 'network' | 'rows' | 'both';
  /** (nRows, width), row-major over the axes. */
  readonly values: Float32Array;
}

/** What a window is to be called. */
export interface TableLabel {
  readonly name: string;
  readonly classes: readonly string[];
  /** Class number of each window. */
  readonly values: Int32Array;
}

/** A number to be told of a window, and the trivial answer to it. */
export interface TableQuantity {
  readonly name: string;
  readonly unit: string;
  /** NaN where it is not known. */
  readonly values: Float32Array;
  /** The last value known before, which persistence answers with. */
  readonly persistence: Float32Array;
}

/** What was shown in the trials. */
export interface TableStimuli {
  readonly names: readonly string[];
  /** Of each trial: position in `names`; -1 where it is not documented what was shown. */
  readonly ofTrial: Int32Array;
}

/**
 * Windows of any data set or recordings with everything that an honest evaluation needs to know of them: whose they are, of which session and trial,
 * and when. Rows are ordered by subject, session and time. Sessions and trials are numbered through: no two subjects share one.
 */
export interface EvaluationTable {
  /** `Stress-Predict`, `noise` … */
  readonly name: string;
  /** One sentence: what, whose, licence. */
  readonly description: string;
  readonly nRows: number;
  readonly subjects: readonly string[];
  readonly sessions: readonly string[];
  readonly trials: readonly string[];
  /** Of each row: position in `subjects`, `sessions`, `trials`. */
  readonly subject: Int32Array;
  readonly session: Int32Array;
  readonly trial: Int32Array;
  /** Beginning and end of the window in its session, s. Trials whose clocks begin anew are laid one after the other. */
  readonly tmin: Float64Array;
  readonly tmax: Float64Array;
  readonly features: readonly TableFeature[];
  readonly label: TableLabel;
  readonly quantities: readonly TableQuantity[];
  /** Absent where it is not documented of any trial. */
  readonly stimuli?: TableStimuli;
}

/** Class of each trial: that of its first window. */
export const trialClasses = ({ trial, trials, label }: EvaluationTable): Int32Array => {
  const classes = new Int32Array(trials.length).fill(-1);
  for (let row = 0; row < trial.length; row++) if (classes[trial[row]] < 0) classes[trial[row]] = label.values[row];
  return classes;
};

/** Values a window of a feature. */
export const widthOf = ({ spec }: Pick<TableFeature, 'spec'>): number =>
  spec.axes.reduce((product, { labels }) => product * labels.length, 1);

/** The features that classifiers of plain rows read, side by side: (nRows, width). */
export const rowFeatures = ({ features, nRows }: EvaluationTable): { readonly width: number; readonly values: Float32Array } => {
  const used = features.filter(({ use }) => use !== 'network');
  if (used.length === 1) return { width: widthOf(used[0]), values: used[0].values };
  const width = used.reduce((sum, feature) => sum + widthOf(feature), 0);
  const values = new Float32Array(nRows * width);
  let at = 0;
  for (const feature of used) {
    const each = widthOf(feature);
    for (let row = 0; row < nRows; row++) values.set(feature.values.subarray(row * each, (row + 1) * each), row * width + at);
    at += each;
  }
  return { width, values };
};

/** @throws ModelError('bad-option') naming what of a table does not fit together. */
export const checkTable = (table: EvaluationTable): EvaluationTable => {
  const { nRows, label } = table;
  const fail = (what: string): never => {
    throw new ModelError('bad-option', `The table '${table.name}' cannot be evaluated: ${what}.`);
  };
  if (nRows === 0) fail('it has no windows; are the recordings shorter than a window, or all of poor quality?');
  for (const feature of table.features) {
    if (feature.values.length !== nRows * widthOf(feature)) {
      fail(`'${feature.spec.name}' has ${feature.values.length} values, expected ${nRows} × ${widthOf(feature)}`);
    }
    const bad = feature.values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) fail(`'${feature.spec.name}' is ${feature.values[bad]} in row ${Math.floor(bad / widthOf(feature))}`);
  }
  const classes = new Set(label.values);
  if (classes.size < 2) fail(`all its windows are '${label.classes[label.values[0]]}' in '${label.name}'`);
  return table;
};
