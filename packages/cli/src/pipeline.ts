import type { Reporter, SampleBlock } from '@affect-edge/acquire';
import { type AnyFeature, type AnyFilter, condition, epochs, extract, type FeatureVector, gather } from '@affect-edge/features';
import { type AffectEstimate, infer, type Model } from '@affect-edge/models';
import { connect, ignoreElements, merge, type Observable, tap } from 'rxjs';

/** Everything the line is made of. */
export interface Parts {
  readonly sources: readonly Observable<SampleBlock>[];
  readonly filters: readonly AnyFilter[];
  readonly hopSec: number;
  readonly features: readonly AnyFeature[];
  readonly models: readonly Model[];
  /** Facts about health, sideways. */
  readonly report: Reporter;
  /** Whoever wants to see what passes: the page, the sinks. Looking costs no second run and nothing flows back. */
  readonly look?: {
    readonly block?: (block: SampleBlock) => void;
    readonly vector?: (vector: FeatureVector) => void;
  };
}

/** Incomplete feature sets a model waits for: at a hop of 0.5 s, links may be 8 s apart. */
const maxPending = 16;

/** The line, from sensors to estimates. Time comes from the data: at any speed the same blocks give the same estimates. */
export const pipeline = ({ sources, filters, hopSec, features, models, report, look = {} }: Parts): Observable<AffectEstimate> =>
  merge(...sources).pipe(
    // SampleBlock: µV, µS; every device, any rate
    tap(look.block),
    condition(filters, report), // SampleBlock: state survives from block to block
    epochs({ hopSec }, report), // Epoch: one grid for all signals
    extract(features, hopSec, report), // FeatureVector: named, with unit and recipe
    tap(look.vector),
    connect((vectors$) =>
      merge(
        vectors$.pipe(ignoreElements()), // the line runs on where there is no model: somebody may be looking
        ...models.map((model) =>
          vectors$.pipe(
            gather(model.card.inputs, { maxPending }, report), // FeatureSet: everything this model needs for one index
            infer(model, report), // AffectEstimate
          ),
        ),
      ),
    ),
  );
