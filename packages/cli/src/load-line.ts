import type { Signal } from '@affect-edge/acquire';
import { didYouMean } from '@affect-edge/acquire';
import { type AnyFeature, bandDe, featureOf, specDifferences, tonicPhasic } from '@affect-edge/features';
import {
  type EngineInfo,
  type EngineName,
  loadModel,
  type Model,
  type ModelCard,
  openServingEngine,
  readCard,
  shippedModels,
} from '@affect-edge/models';
import { checkHop } from './check-hop.ts';
import { ConfigError } from './errors.ts';
import { distinctFeatures, refusalOf, specOf } from './spec-of.ts';

/** The models a line runs and the features it computes for them and for whoever looks on. */
export interface LoadedLine {
  readonly models: readonly Model[];
  readonly cards: readonly ModelCard[];
  readonly features: readonly AnyFeature[];
  /** The engine's name and why faster ones are not used, for a person. */
  readonly engine: string;
  /** Models that cannot run on these signals, one line each with the reason. */
  readonly left: readonly string[];
  readonly dispose: () => void;
}

/** What is computed whether or not a model asks for it: the page draws it, `--features` publishes it. */
export const alwaysShown: readonly AnyFeature[] = [bandDe(), tonicPhasic()];

/** The models a line would run. */
export interface RunnableModels {
  /** As `loadModel` wants them. */
  readonly names: readonly string[];
  /** Models that cannot run on these signals, one line each with the reason; and where several signals could feed a model, which does. */
  readonly left: readonly string[];
}

/**
 * The models that these signals can feed: all that come with the program, or those named. A model that is named and cannot run is an error, one that was
 * not named is left out and told. Reads cards only. With `hopSec`, the time between estimates is looked at too.
 * @throws ConfigError('unknown-model' | 'no-input' | 'bad-option'), ModelError for a folder that is no model's
 */
export const runnableModels = (signals: readonly Signal[], names?: readonly string[], hopSec?: number): RunnableModels => {
  const known = shippedModels();
  const unknown = names?.find((name) => !known.includes(name) && !name.includes('/'));
  if (unknown !== undefined) {
    throw new ConfigError(
      'unknown-model',
      `Unknown model '${unknown}'. Expected ${known.join(', ')}, or a folder with a card and weights.${didYouMean(unknown, known)}`,
    );
  }
  const wanted = (names ?? known).map((name) => ({ name, card: readCard(name) }));
  const judged = wanted.map(({ name, card }) => ({ name, card, lacks: lacks(card, signals) }));
  const left = judged.filter(({ lacks }) => lacks !== undefined).map(({ card, lacks }) => `Model '${card.name}' is not run: ${lacks}.`);
  const running = judged.filter(({ lacks }) => lacks === undefined);
  if (running.length === 0 || (names !== undefined && left.length > 0)) {
    throw new ConfigError('no-input', left.join(' ') || 'There is no model to run.');
  }
  const cards = running.map(({ card }) => card);
  if (hopSec !== undefined) checkHop(() => featuresOf(cards, signals), signals, hopSec);
  return { names: running.map(({ name }) => name), left: [...left, ...shared(cards, signals)] };
};

/** Which signals a model chooses from, a sentence each. */
const shared = (cards: readonly ModelCard[], signals: readonly Signal[]): string[] => {
  if (new Set(signals.map(({ kind }) => kind)).size === signals.length) return [];
  const features = cards.flatMap(({ inputs }) => inputs.flatMap((spec) => featureOf(spec) ?? []));
  const said = features.flatMap((feature) => {
    const ids = signals.filter((signal) => signal.kind === feature.kind && refusalOf(feature, signal) === undefined).map(({ id }) => id);
    return ids.length < 2 ? [] : [`Of ${ids.join(' and ')} each model reads the one that is heard first.`];
  });
  return [...new Set(said)];
};

/** What a line with these models computes. */
const featuresOf = (cards: readonly ModelCard[], signals: readonly Signal[]): AnyFeature[] =>
  distinctFeatures([...alwaysShown, ...cards.flatMap((card) => card.inputs.flatMap((spec) => featureOf(spec) ?? []))], signals);

/**
 * Opens the engine and loads the models that these signals can feed (`runnableModels`). The engine is the fastest there is, or the `preferred` one.
 * @throws ConfigError('unknown-model' | 'no-input' | 'bad-option')
 */
export const loadLine = async (
  signals: readonly Signal[],
  names?: readonly string[],
  preferred?: EngineName,
  hopSec?: number,
): Promise<LoadedLine> => {
  const { names: running, left } = runnableModels(signals, names, hopSec);
  const engine = await openServingEngine(preferred);
  const models: Model[] = [];
  for (const name of running) models.push(await loadModel(name, engine));
  const cards = models.map(({ card }) => card);
  return {
    models,
    cards,
    features: featuresOf(cards, signals),
    engine: describeEngine(engine.info()),
    left,
    dispose: () => {
      for (const model of models) model.dispose();
    },
  };
};

/** What keeps a model from running on these signals; nothing where every input can be computed from one of them. */
const lacks = (card: ModelCard, signals: readonly Signal[]): string | undefined => {
  for (const spec of card.inputs) {
    const feature = featureOf(spec);
    if (feature === undefined) return `it needs the feature '${spec.name}', which this version does not have`;
    const ofKind = signals.filter(({ kind }) => kind === feature.kind);
    if (ofKind.length === 0) return `it needs ${feature.kind}, and there is none`;
    const refusals = ofKind.map((signal) => refusalOf(feature, signal));
    if (refusals.every((why) => why !== undefined)) return `its ${spec.name} cannot be computed: ${refusals[0].replace(/\.$/, '')}`;
    const differences = ofKind.filter((_, i) => refusals[i] === undefined).map((signal) => specDifferences(spec, specOf(feature, signal)));
    if (!differences.some((list) => list.length === 0)) return `its ${spec.name} differs: ${differences[0].join('; ')}`;
  }
  return undefined;
};

const describeEngine = ({ name, backend, version, passedOver }: EngineInfo): string =>
  [`${name} ${version} (${backend})`, ...passedOver.map((reason) => `not ${reason}`)].join('; ');
