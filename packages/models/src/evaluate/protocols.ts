import { didYouMean } from '@affect-edge/acquire';
import { ModelError } from '../errors.ts';

/** How rows are dealt into training and test, as data. */
export interface Protocol {
  readonly name: string;
  /** One sentence for the reader of a table. */
  readonly title: string;
  /** `published`: as a paper did it, to be compared with its numbers only; `honest`: what it says about new data can be believed. */
  readonly kind: 'published' | 'honest';
  /** What is never on both sides of the split. `windows` keeps nothing apart. */
  readonly apart: 'windows' | 'trials' | 'sessions' | 'subjects';
  /** A model for everybody, or one for each subject from that subject's own data. */
  readonly trainedOn: 'everybody' | 'each subject';
  /** Number of folds, `each` for one a subject or session, or one fixed split into training, validation and test. */
  readonly folds: number | 'each' | readonly [train: number, validate: number, test: number];
  readonly seed: number;
  /** How hyper-parameters and the number of passes are chosen: not at all, on parts of the training fold, or on a validation part. */
  readonly selection: 'fixed' | 'nested' | 'validation';
  /** Share of the windows thrown away beforehand. */
  readonly dropped: number;
  /** How a network's training fold is balanced. */
  readonly balance: 'smote' | 'weights';
}

/** Every protocol there is. */
export const protocols: readonly Protocol[] = [
  {
    name: 'paper:rbtransformer',
    title: 'as published (arXiv:2511.13954): everybody’s windows pooled, a tenth dropped, 5 random folds, nothing kept apart',
    kind: 'published',
    apart: 'windows',
    trainedOn: 'everybody',
    folds: 5,
    seed: 23,
    selection: 'fixed',
    dropped: 0.1,
    balance: 'smote',
  },
  {
    name: 'paper:pinn',
    title: 'as published (arXiv:2505.18169): 5 random folds of windows, nothing kept apart',
    kind: 'published',
    apart: 'windows',
    trainedOn: 'everybody',
    folds: 5,
    seed: 42,
    selection: 'fixed',
    dropped: 0,
    balance: 'weights',
  },
  {
    name: 'within-subject/trial-disjoint',
    title: 'a model for each subject, tested on that subject’s other trials, 5 folds of whole trials',
    kind: 'honest',
    apart: 'trials',
    trainedOn: 'each subject',
    folds: 5,
    seed: 1,
    selection: 'nested',
    dropped: 0,
    balance: 'weights',
  },
  {
    name: 'leave-one-session-out',
    title: 'a model for each subject, tested on a session it has not seen',
    kind: 'honest',
    apart: 'sessions',
    trainedOn: 'each subject',
    folds: 'each',
    seed: 1,
    selection: 'nested',
    dropped: 0,
    balance: 'weights',
  },
  {
    name: 'leave-one-subject-out',
    title: 'trained on everybody else, tested on a subject it has not seen',
    kind: 'honest',
    apart: 'subjects',
    trainedOn: 'everybody',
    folds: 'each',
    seed: 1,
    selection: 'nested',
    dropped: 0,
    balance: 'weights',
  },
  {
    name: 'libeer/by-trial',
    title: 'LibEER (arXiv:2410.09767), subject-dependent: a model for each subject, its trials 60/20/20, chosen on the validation part',
    kind: 'honest',
    apart: 'trials',
    trainedOn: 'each subject',
    folds: [0.6, 0.2, 0.2],
    seed: 2024,
    selection: 'validation',
    dropped: 0,
    balance: 'weights',
  },
  {
    name: 'libeer/by-subject',
    title: 'LibEER (arXiv:2410.09767), cross-subject: subjects 60/20/20, chosen on the validation part',
    kind: 'honest',
    apart: 'subjects',
    trainedOn: 'everybody',
    folds: [0.6, 0.2, 0.2],
    seed: 2024,
    selection: 'validation',
    dropped: 0,
    balance: 'weights',
  },
];

/** The protocol of a name. Throws `ModelError('bad-option')` with the nearest name and all that are known. */
export const findProtocol = (name: string): Protocol => {
  const found = protocols.find((protocol) => protocol.name === name);
  if (found) return found;
  const known = protocols.map((protocol) => protocol.name);
  throw new ModelError('bad-option', `Unknown protocol '${name}'.${didYouMean(name, known)} Known are ${known.join(', ')}.`);
};
