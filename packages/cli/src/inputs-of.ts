import type { ModelCard } from '@affect-edge/models';

/** Seconds of uninterrupted signal a model needs before its first estimate: the longest window among its inputs. */
export const warmUpSec = (card: ModelCard): number =>
  Math.max(0, ...card.inputs.map(({ recipe }) => (typeof recipe.windowSec === 'number' ? recipe.windowSec : 0)));

/** The kinds of signal behind a model's inputs, for a label: `EEG`, `EDA`, `EEG + EDA`; empty where a feature's name does not tell. */
export const madeFrom = (card: ModelCard): string => {
  const kinds = card.inputs.flatMap(({ name }) => (name.startsWith('band-') ? ['EEG'] : /^(eda|tonic)-/.test(name) ? ['EDA'] : []));
  return [...new Set(kinds)].join(' + ');
};
