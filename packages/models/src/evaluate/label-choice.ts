import { didYouMean, type Trial } from '@affect-edge/acquire';
import { ModelError } from '../errors.ts';

/** Which of the owner's labels is to be told, and as which classes. */
export interface LabelChoice {
  /** As the owner calls it: `valence`, `emotion`, `condition`, `stress`. */
  readonly name: string;
  /** Two classes: below, and at least this. DEAP's published threshold is 5, DREAMER's 3. */
  readonly atLeast?: number;
  /** Two classes: every other value, and these. */
  readonly positive?: readonly number[];
  /** Values that count at all; trials with others are left out. All when absent. */
  readonly only?: readonly number[];
}

/** The owner's value of a trial; undefined where the choice leaves it out. @throws ModelError('bad-option') for a label that the trial does not have. */
export const labelValue = (
  { labels, subject, trial }: Pick<Trial, 'labels' | 'subject' | 'trial'>,
  { name, only }: LabelChoice,
): number | undefined => {
  if (!Object.hasOwn(labels, name)) {
    const known = Object.keys(labels);
    throw new ModelError(
      'bad-option',
      `Trial ${trial} of ${subject} has no label '${name}'.${didYouMean(name, known)} It has ${known.join(', ') || 'none'}.`,
    );
  }
  const value = labels[name];
  return only === undefined || only.includes(value) ? value : undefined;
};

/** Names of the classes, and the class of a value: by threshold, by membership, or one class a value that occurs, ascending. */
export const classesOf = (
  values: Iterable<number>,
  { name, atLeast, positive }: LabelChoice,
): { readonly classes: readonly string[]; readonly classOf: (value: number) => number } => {
  if (atLeast !== undefined)
    return { classes: [`${name} below ${atLeast}`, `${name} from ${atLeast}`], classOf: (value) => (value >= atLeast ? 1 : 0) };
  if (positive !== undefined) {
    const these = positive.join(' or ');
    return { classes: [`${name} not ${these}`, `${name} ${these}`], classOf: (value) => (positive.includes(value) ? 1 : 0) };
  }
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  return { classes: distinct.map((value) => `${name} ${value}`), classOf: (value) => distinct.indexOf(value) };
};
