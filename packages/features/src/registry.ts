import { didYouMean, type SignalKind } from '@affect-edge/acquire';
import { againstBaseline } from './against-baseline.ts';
import { BAND_SETS, bandsText } from './bands.ts';
import { heartRate, pulseRate } from './context/heart.ts';
import { motionEnergy } from './context/motion-energy.ts';
import { skinTemperature } from './context/skin-temperature.ts';
import { edaCourse } from './eda/eda-course.ts';
import { edaFeatures } from './eda/eda-features.ts';
import { edaHistory } from './eda/eda-history.ts';
import { edaQuality } from './eda/eda-quality.ts';
import { edaStatistics } from './eda/eda-statistics.ts';
import { tonicPhasic } from './eda/tonic-phasic.ts';
import { asymmetry, frontalAlpha } from './eeg/asymmetry.ts';
import { bandDe } from './eeg/band-de.ts';
import { bandDeRestart } from './eeg/band-de-restart.ts';
import { bandPower } from './eeg/band-power.ts';
import { blinks } from './eeg/blinks.ts';
import { hjorth } from './eeg/hjorth.ts';
import { lineNoise } from './eeg/line-noise.ts';
import { muscle } from './eeg/muscle.ts';
import { signalQuality } from './eeg/signal-quality.ts';
import { spectralEntropy } from './eeg/spectral-entropy.ts';
import { FeatureError } from './errors.ts';
import type { AnyFeature, Feature, FeatureSpec } from './feature.ts';
import type { EdaSite } from './kernels/eda-rules.ts';

/** How a feature is listed: enough to find it, name it and compute it with its defaults. */
export interface FeatureEntry {
  readonly name: string;
  readonly kind: SignalKind;
  /** One sentence for a person. */
  readonly title: string;
  readonly create: () => AnyFeature;
}

/** All features, one line each. */
export const FEATURES: readonly FeatureEntry[] = [
  { name: 'band-de', kind: 'eeg', title: 'Differential entropy of each band, streaming', create: () => bandDe() },
  { name: 'band-de-restart', kind: 'eeg', title: 'The same as torcheeg and RBTransformer compute it', create: () => bandDeRestart() },
  { name: 'band-power', kind: 'eeg', title: 'Power of each band (Welch)', create: () => bandPower() },
  { name: 'asymmetry', kind: 'eeg', title: 'Left against right, each band', create: () => asymmetry() },
  { name: 'frontal-alpha', kind: 'eeg', title: 'Frontal alpha asymmetry, F4 against F3', create: () => frontalAlpha() },
  { name: 'spectral-entropy', kind: 'eeg', title: 'How spread the spectrum is', create: () => spectralEntropy() },
  { name: 'hjorth', kind: 'eeg', title: 'Activity, mobility and complexity', create: () => hjorth() },
  { name: 'line-noise', kind: 'eeg', title: 'Share of the mains in the power', create: () => lineNoise({ frequency: 50 }) },
  { name: 'blinks', kind: 'eeg', title: 'Blinks a minute', create: () => blinks() },
  { name: 'muscle', kind: 'eeg', title: 'Share of the time with muscle artifacts', create: () => muscle() },
  { name: 'eeg-quality', kind: 'eeg', title: 'Quality of each channel with the reason', create: () => signalQuality() },
  { name: 'tonic-phasic', kind: 'eda', title: 'Tonic and phasic skin conductance', create: () => tonicPhasic() },
  { name: 'eda-features', kind: 'eda', title: 'The full table of skin conductance features', create: () => edaFeatures() },
  { name: 'eda-course', kind: 'eda', title: 'Skin conductance of the last minute', create: () => edaCourse() },
  { name: 'eda-history', kind: 'eda', title: 'What is normal for this wearer', create: () => edaHistory() },
  { name: 'eda-statistics', kind: 'eda', title: 'Statistics of the tonic and the phasic part', create: () => edaStatistics() },
  { name: 'eda-quality', kind: 'eda', title: 'Quality of skin conductance with the reason', create: () => edaQuality() },
  { name: 'heart-rate', kind: 'inter-beat', title: 'Heart rate and its variability from intervals', create: () => heartRate() },
  { name: 'pulse-rate', kind: 'ppg', title: 'Heart rate and its variability from the pulse', create: () => pulseRate() },
  { name: 'motion-energy', kind: 'acceleration', title: 'How much the sensor moves', create: () => motionEnergy() },
  { name: 'skin-temperature', kind: 'temperature', title: 'Skin temperature and its slope', create: () => skinTemperature() },
];

/** The feature of a name. Throws `FeatureError('unknown-feature')` with the nearest name and all that are known. */
export const findFeature = (name: string): FeatureEntry => {
  const found = FEATURES.find((entry) => entry.name === name);
  if (found) return found;
  const known = FEATURES.map((entry) => entry.name);
  throw new FeatureError('unknown-feature', `Unknown feature '${name}'.${didYouMean(name, known)} Known features are ${known.join(', ')}.`);
};

interface Recipe {
  readonly number: (key: string) => number;
  readonly text: (key: string) => string;
}

/** Features whose recipe decides how they are made; all others have one form only, that of the list above. */
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

/**
 * The feature that computes what a spec (of a model's card) describes; undefined for one this version does not know. Whether it gives exactly that
 * is not decided here: `gather` compares the whole spec.
 */
export const featureOf = ({ name, recipe }: FeatureSpec): AnyFeature | undefined => {
  const base = name.replace(/-change$/, '');
  const read: Recipe = { number: (key) => Number(recipe[key]), text: (key) => String(recipe[key]) };
  const feature = Object.hasOwn(makers, base) ? makers[base](read) : FEATURES.find((entry) => entry.name === base)?.create();
  if (feature === undefined || base === name) return feature;
  // what it wraps keeps its kind, whichever that is
  return againstBaseline(feature as Feature, { baselineSec: read.number('baselineSec') }) as unknown as AnyFeature;
};
