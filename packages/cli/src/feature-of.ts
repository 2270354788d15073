import {
  type AnyFeature,
  againstBaseline,
  BAND_SETS,
  bandDe,
  bandsText,
  type EdaSite,
  edaCourse,
  edaFeatures,
  edaHistory,
  FEATURES,
  type Feature,
  type FeatureSpec,
  tonicPhasic,
} from '@affect-edge/features';

/** Features whose recipe decides how they are made; all others have one form only, that of the registry. */
const makers: Readonly<Record<string, (recipe: Recipe) => AnyFeature>> = {
  'band-de': ({ number, text }) => {
    const bands = Object.values(BAND_SETS).find((set) => bandsText(set) === text('bands'));
    return bandDe({
      ...(bands && { bands }),
      windowSec: number('windowSec'),
      order: number('order'),
      logBase: number('logBase') === 2 ? 2 : 'e',
      ddof: number('ddof') === 1 ? 1 : 0,
      initial: text('initial') === 'zero' ? 'zero' : 'steady',
    });
  },
  'eda-course': ({ number, text }) => edaCourse({ windowSec: number('windowSec'), site: text('site') as EdaSite }),
  'eda-features': ({ number, text }) => edaFeatures({ windowSec: number('windowSec'), site: text('site') as EdaSite }),
  'eda-history': ({ number }) => edaHistory({ restSec: number('restSec'), memorySec: number('memorySec'), recentSec: number('recentSec') }),
  'tonic-phasic': ({ text }) => tonicPhasic({ site: text('site') as EdaSite }),
};

interface Recipe {
  readonly number: (key: string) => number;
  readonly text: (key: string) => string;
}

/**
 * The feature that computes what a model's card asks for; undefined for one this version does not know. Whether it gives exactly that is not
 * decided here: `gather` and `infer` compare the whole spec.
 */
export const featureOf = ({ name, recipe }: FeatureSpec): AnyFeature | undefined => {
  const base = name.replace(/-change$/, '');
  const read: Recipe = { number: (key) => Number(recipe[key]), text: (key) => String(recipe[key]) };
  const feature = Object.hasOwn(makers, base) ? makers[base](read) : FEATURES.find((entry) => entry.name === base)?.create();
  if (feature === undefined || base === name) return feature;
  return againstBaseline(feature as Feature, { baselineSec: read.number('baselineSec') }) as unknown as AnyFeature;
};
