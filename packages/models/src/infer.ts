import { ignoreReports, type Reporter } from '@affect-edge/acquire';
import { type FeatureSet, type FeatureVector, specDifferences } from '@affect-edge/features';
import { Observable, type OperatorFunction } from 'rxjs';
import { ModelError } from './errors.ts';
import type { AffectEstimate, Model, ModelCard } from './model.ts';

/** @throws ModelError('recipe-mismatch') listing everything in which the features differ from what the model was trained on. */
const checkSpecs = (card: ModelCard, features: FeatureSet): void => {
  const refuse = (differences: readonly string[]): never => {
    throw new ModelError(
      'recipe-mismatch',
      `'${card.name}' was trained on other features than it is given: ${differences.join('; ')}. Set the feature to the card's recipe, or train a model on this one.`,
    );
  };
  if (features.length !== card.inputs.length) refuse([`expected ${card.inputs.length} features, got ${features.length}`]);
  const differences = card.inputs.flatMap((expected, i) =>
    specDifferences(expected, features[i].spec).map((difference) => `${expected.name}: ${difference}`),
  );
  if (differences.length > 0) refuse(differences);
};

const worst = (features: FeatureSet): number => features.reduce((least, { quality }) => Math.min(least, quality), 1);
const sameSpecs = (features: FeatureSet, checked: FeatureSet | undefined): boolean =>
  checked !== undefined && features.length === checked.length && features.every(({ spec }: FeatureVector, i) => spec === checked[i].spec);

/**
 * One estimate for each feature set. The specs are compared with the card's at the first set and whenever one changes; a difference ends the stream with
 * `ModelError('recipe-mismatch')`: differential entropy in bits of µV is not the one in nats of z-scores, and no output would tell. An estimate
 * that is not a finite number is not sent but reported as dropped.
 */
export const infer =
  (model: Model, report: Reporter = ignoreReports): OperatorFunction<FeatureSet, AffectEstimate> =>
  (sets$) =>
    new Observable((subscriber) => {
      const { card } = model;
      let checked: FeatureSet | undefined;
      return sets$.subscribe({
        next: (features) => {
          try {
            if (!sameSpecs(features, checked)) {
              checkSpecs(card, features);
              checked = features;
            }
            const values = model.predict(features);
            if (!values.every(Number.isFinite)) {
              report({ kind: 'dropped', stage: 'infer', what: `estimate of ${card.name} that is not finite`, count: 1 });
              return;
            }
            subscriber.next({
              card,
              index: features[0].index,
              tmin: Math.min(...features.map(({ tmin }) => tmin)),
              tmax: Math.max(...features.map(({ tmax }) => tmax)),
              values,
              quality: worst(features),
            });
          } catch (cause) {
            subscriber.error(cause);
          }
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
