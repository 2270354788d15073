import type { FeatureSet, FeatureSpec } from '@affect-edge/features';
import type { OutputUncertainty } from './uncertainty.ts';

/** One number a model gives. */
export interface ModelOutput {
  /** snake_case, as it appears on the wire: `arousal`, `p_stress`, `eda_forecast_5s`. */
  readonly name: string;
  readonly unit: string;
  readonly range: readonly [number, number];
  /** One sentence a reader of the page understands. */
  readonly meaning: string;
  /** Absent where nobody measured it. */
  readonly uncertainty?: OutputUncertainty;
}

/** A figure with its protocol; a number without its protocol is not printed anywhere. */
export interface EvaluationFigure {
  readonly metric: string;
  readonly value: number;
  readonly interval95?: readonly [number, number];
  readonly protocol: string;
  /** The same metric for trivial predictors under the same protocol. */
  readonly baselines: Readonly<Record<string, number>>;
}

/** What a model is, what it was made from, what it must not be used for. Stored beside the weights as JSON. */
export interface ModelCard {
  readonly name: string;
  readonly version: string;
  /** Which network: `electrode-transformer`, `eda-physics` … */
  readonly architecture: string;
  readonly hyperparameters: Readonly<Record<string, string | number>>;
  /** sha-256 of the weights file, hex. */
  readonly sha256: string;
  readonly inputs: readonly FeatureSpec[];
  readonly outputs: readonly ModelOutput[];
  readonly trainedOn: { readonly description: string; readonly licence: string; readonly people: number; readonly simulated: boolean };
  readonly evaluation: readonly EvaluationFigure[];
  readonly intendedUse: string;
  readonly limits: string;
}

/** A loaded model, ready to predict. `predict` gives one value for each of `card.outputs`, in their order. */
export interface Model {
  readonly card: ModelCard;
  readonly predict: (features: FeatureSet) => Float64Array;
  readonly dispose: () => void;
}

export interface AffectEstimate {
  readonly card: ModelCard;
  readonly index: number;
  readonly tmin: number;
  readonly tmax: number;
  /** In the order of `card.outputs`. */
  readonly values: Float64Array;
  /** 0–1, the worst of its inputs. */
  readonly quality: number;
}
