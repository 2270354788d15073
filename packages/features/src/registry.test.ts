import { describe, expect, it } from 'vitest';
import { eda, eeg } from '../test/signals.ts';
import { againstBaseline } from './against-baseline.ts';
import { LIBEER_BANDS, RBTRANSFORMER_CODE_BANDS } from './bands.ts';
import { edaCourse } from './eda/eda-course.ts';
import { edaFeatures } from './eda/eda-features.ts';
import { edaHistory } from './eda/eda-history.ts';
import { tonicPhasic } from './eda/tonic-phasic.ts';
import { bandDe } from './eeg/band-de.ts';
import { hjorth } from './eeg/hjorth.ts';
import type { FeatureSpec } from './feature.ts';
import { FEATURES, featureOf } from './registry.ts';

const head = eeg(3, 250);
const wrist = eda(4);
/** What the feature of a spec has for a spec of its own; nothing where there is no such feature. */
const again = (spec: FeatureSpec, signal: typeof head | typeof wrist) =>
  (featureOf(spec)?.describe as ((signal: typeof head | typeof wrist) => FeatureSpec) | undefined)?.(signal);

describe('the feature of a spec', () => {
  it.each([
    ['band-de as it comes', bandDe()],
    ['band-de in nats', bandDe({ logBase: 'e', windowSec: 4, order: 5, ddof: 1, initial: 'zero' })],
    ['other bands', bandDe({ bands: LIBEER_BANDS })],
    ['the change of a band-de', againstBaseline(bandDe({ bands: RBTRANSFORMER_CODE_BANDS }), { baselineSec: 45 })],
    ['one of the other features', hjorth()],
  ] as const)('has the very spec: %s', (_, feature) => {
    const spec = feature.describe(head);
    expect(again(spec, head)).toEqual(spec);
  });

  it.each([
    ['course', edaCourse({ windowSec: 30, site: 'palm' })],
    ['history', edaHistory({ restSec: 60, memorySec: 600, recentSec: 120 })],
    ['table', edaFeatures({ windowSec: 120 })],
    ['tonic and phasic', tonicPhasic({ site: 'palm' })],
  ] as const)('has the very spec: skin conductance, %s', (_, feature) => {
    const spec = feature.describe(wrist);
    expect(again(spec, wrist)).toEqual(spec);
  });

  it('is there for every feature of the list', () => {
    for (const { name, create } of FEATURES) {
      const feature = featureOf({ name, unit: 'any', axes: [], recipe: { windowSec: 60, site: 'wrist' } });
      expect([name, feature?.kind]).toEqual([name, create().kind]);
    }
  });

  it('is not made up for a name that nobody knows', () => {
    expect(featureOf({ name: 'band-dee', unit: 'bit', axes: [], recipe: {} })).toBeUndefined();
    expect(featureOf({ name: 'toString', unit: 'bit', axes: [], recipe: {} })).toBeUndefined();
  });
});
