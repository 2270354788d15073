import type { TfjsEngine } from '../engines/engine.ts';
import type { Ledger } from './fitted.ts';
import type { Fold } from './folds.ts';
import type { Rows } from './normalise.ts';
import type { Protocol } from './protocols.ts';
import type { EvaluationTable } from './table.ts';

/** How large a network is and how long it trains. Fixed beforehand, the same in every fold. */
export interface NetworkSettings {
  /** Turns over the training rows; with nested selection or a validation part at most so many, the best pass is kept. */
  readonly passes: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** The electrode transformer's width, depth, heads and their width; the published ones are 128, 4, 6 and 32. */
  readonly transformer: { readonly dModel: number; readonly depth: number; readonly nHeads: number; readonly dHead: number };
  readonly seed: number;
}

/** The published transformer, trained for a tenth of the published 300 passes. */
export const networkDefaults: NetworkSettings = {
  passes: 30,
  batchSize: 64,
  learningRate: 1e-3,
  transformer: { dModel: 128, depth: 4, nHeads: 6, dHead: 32 },
  seed: 1,
};

/** One training and its test, ready for a competitor. */
export interface Contest {
  readonly table: EvaluationTable;
  readonly protocol: Protocol;
  /** Without rows used up as baselines. */
  readonly fold: Fold;
  /** Normalised features for classifiers of rows. */
  readonly rows: Rows;
  readonly ledger: Ledger;
  readonly settings: NetworkSettings;
  /** Number that differs from fold to fold: with the seed it fixes everything random. */
  readonly stream: number;
  /** Present where the entrant needs one. */
  readonly engine?: TfjsEngine;
}

/** What an entrant says of the test rows, in their order. */
export interface Answers {
  /** (nTest, nClasses) */
  readonly probabilities?: Float32Array;
  /** Quantity → (nTest), in its unit. */
  readonly quantities?: Readonly<Record<string, Float32Array>>;
  /** Hyper-parameters that were chosen inside the fold. */
  readonly chosen?: Readonly<Record<string, number>>;
  /** Parameters with a meaning that were learned: decay rate, sensitivity … */
  readonly learned?: Readonly<Record<string, number>>;
}

/** Something that answers: a trivial rule, a linear classifier, a network, a network without a part. */
export interface Entrant {
  readonly name: string;
  readonly title: string;
  readonly kind: 'baseline' | 'network' | 'ablation';
  readonly needsEngine: boolean;
  /** Whether it has anything to say about a table. */
  readonly fits: (table: EvaluationTable) => boolean;
  /** Names of the features it reads of a table, for the audit. */
  readonly reads: (table: EvaluationTable) => readonly string[];
  readonly run: (contest: Contest) => Promise<Answers>;
}
