import type { Trial } from '@affect-edge/acquire';
import type { FeatureSpec } from '@affect-edge/features';
import { classesOf, type LabelChoice } from './label-choice.ts';
import { checkTable, type EvaluationTable, type TableFeature, type TableStimuli } from './table.ts';

/** Which trial windows belong to. */
export interface TrialName {
  readonly subject: string;
  readonly session: string;
  readonly trial: string;
  /** The owner's value of the chosen label. */
  readonly value: number;
  /** What was shown; absent where it is not documented. */
  readonly stimulus?: string;
}

/** What a trial's windows are known by, with the value of the chosen label. */
export const trialName = ({ subject, session, trial, stimulus }: Trial, value: number): TrialName => ({
  subject,
  session,
  trial: String(trial),
  value,
  ...(stimulus !== undefined && { stimulus }),
});

/** One window, before it is known how many there will be. */
export interface TableRow extends TrialName {
  /** In the session, s. */
  readonly tmin: number;
  readonly tmax: number;
  /** One array a feature. */
  readonly features: readonly ArrayLike<number>[];
  /** Value and persistence of each quantity. */
  readonly quantities: readonly (readonly [value: number, persistence: number])[];
}

/** What all rows of a table have in common. */
export interface TableShape {
  readonly name: string;
  readonly description: string;
  readonly label: LabelChoice;
  readonly features: readonly (Pick<TableFeature, 'origin' | 'use'> & { readonly spec: FeatureSpec })[];
  readonly quantities: readonly { readonly name: string; readonly unit: string }[];
}

/** Numbers every distinct key in order of first appearance. */
const numbered = (keys: readonly string[]): { readonly names: string[]; readonly of: Int32Array } => {
  const numbers = new Map<string, number>();
  for (const key of keys) if (!numbers.has(key)) numbers.set(key, numbers.size);
  return { names: [...numbers.keys()], of: Int32Array.from(keys, (key) => numbers.get(key)!) };
};

/** What was shown in each trial; nothing where no row says. */
const stimuliOf = (rows: readonly TableRow[], trial: Int32Array, nTrials: number): { readonly stimuli?: TableStimuli } => {
  const { names } = numbered(rows.flatMap(({ stimulus }) => stimulus ?? []));
  if (names.length === 0) return {};
  const places = new Map(names.map((name, place) => [name, place]));
  const ofTrial = new Int32Array(nTrials).fill(-1);
  rows.forEach(({ stimulus }, row) => {
    if (stimulus !== undefined) ofTrial[trial[row]] = places.get(stimulus)!;
  });
  return { stimuli: { names, ofTrial } };
};

/**
 * Rows become a table. Those of a session must lie together in order of time; a subject's sessions need not (SEED-IV is kept by session) and are
 * brought together, subjects in order of first appearance. @throws ModelError('bad-option') as `checkTable` does.
 */
export const tableOf = ({ name, description, label, features, quantities }: TableShape, given: readonly TableRow[]): EvaluationTable => {
  const places = new Map<string, number>();
  for (const { subject } of given) if (!places.has(subject)) places.set(subject, places.size);
  const rows = given.toSorted((a, b) => places.get(a.subject)! - places.get(b.subject)!);
  const subjects = numbered(rows.map(({ subject }) => subject));
  const sessions = numbered(rows.map(({ subject, session }) => `${subject}/${session}`));
  const trials = numbered(rows.map(({ subject, session, trial }) => `${subject}/${session}/${trial}`));
  const { classes, classOf } = classesOf(
    rows.map(({ value }) => value),
    label,
  );
  return checkTable({
    name,
    description,
    nRows: rows.length,
    subjects: subjects.names,
    sessions: sessions.names,
    trials: trials.names,
    subject: subjects.of,
    session: sessions.of,
    trial: trials.of,
    tmin: Float64Array.from(rows, ({ tmin }) => tmin),
    tmax: Float64Array.from(rows, ({ tmax }) => tmax),
    features: features.map((feature, f) => {
      const width = rows[0]?.features[f].length ?? 0;
      const values = new Float32Array(rows.length * width);
      rows.forEach((row, i) => {
        values.set(row.features[f], i * width);
      });
      return { ...feature, values };
    }),
    label: { name: label.name, classes, values: Int32Array.from(rows, ({ value }) => classOf(value)) },
    quantities: quantities.map((quantity, q) => ({
      ...quantity,
      values: Float32Array.from(rows, (row) => row.quantities[q][0]),
      persistence: Float32Array.from(rows, (row) => row.quantities[q][1]),
    })),
    ...stimuliOf(rows, trials.of, trials.names.length),
  });
};

/**
 * Places trials in their session: where a trial's clock begins anew (or runs back), it is laid behind the one before. Gives what to add to the
 * trial's times, s. Trials of a session must come one after the other.
 */
export const sessionClock = (): ((session: string, tmin: number, tmax: number) => number) => {
  let current: string | undefined;
  let end = 0;
  return (session, tmin, tmax) => {
    if (session !== current) {
      current = session;
      end = Number.NEGATIVE_INFINITY;
    }
    const shift = tmin >= end - 1e-9 ? 0 : end - tmin;
    end = tmax + shift;
    return shift;
  };
};
