import type { Signal } from '@affect-edge/acquire';
import { bandDe, edaHistory, tonicPhasic } from '@affect-edge/features';
import { expect, test } from 'vitest';
import { distinctFeatures } from './spec-of.ts';

const eda: Signal = { kind: 'eda', id: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };

test('features that compute the same are one, the first; those of another recipe and those without a signal are not mixed up with them', () => {
  const [first, again, other, shorter] = [edaHistory(), edaHistory(), tonicPhasic(), edaHistory({ memorySec: 60 })];
  expect(distinctFeatures([first, bandDe(), again, other, shorter], [eda])).toEqual([first, other, shorter]);
  expect(distinctFeatures([first, again, shorter], [])).toEqual([]);
});
