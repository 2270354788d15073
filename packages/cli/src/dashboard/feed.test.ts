import type { FeatureVector } from '@affect-edge/features';
import { describe, expect, test } from 'vitest';
import { block, card, eeg, vector } from '../../test/fakes.ts';
import { feed } from './feed.ts';

const tonicPhasic = (index: number, signal = 'eda'): FeatureVector => ({
  ...vector(index, [1.23456, 0.1]),
  signal,
  spec: { name: 'tonic-phasic', unit: 'µS', axes: [{ name: 'component', labels: ['tonic', 'phasic'] }], recipe: {} },
});
const bandDe = (index: number, signal = 'eeg'): FeatureVector => ({
  ...vector(index, [index, 2]),
  signal,
  spec: {
    name: 'band-de',
    unit: 'bit',
    axes: [
      { name: 'channel', labels: ['Fp1', 'O1'] },
      { name: 'band', labels: ['alpha'] },
    ],
    recipe: {},
  },
});

describe('feed', () => {
  test('takes what is new once, and keeps it for pages that open later', () => {
    const { block: add, vector: addVector, take, past } = feed();
    add(block(0));
    add(block(10));
    addVector(bandDe(1));
    addVector(bandDe(2));
    addVector(tonicPhasic(1));
    const frame = take();
    expect(frame.traces.map(({ rows }) => rows[0].length)).toEqual([20]);
    expect(frame.features.map(({ values }) => values)).toEqual([[2, 2]]);
    expect(frame.curves).toEqual([
      { signal: 'eda', name: 'tonic', unit: 'µS', points: [[0.5, 1.2346]] },
      { signal: 'eda', name: 'phasic', unit: 'µS', points: [[0.5, 0.1]] },
    ]);
    expect(frame.tSec).toBeCloseTo(0.2, 12);
    expect(take()).toMatchObject({ traces: [], features: [], curves: [], estimates: [] });
    expect(past().traces[0].rows[0]).toHaveLength(20);
    expect(past().features).toHaveLength(1);
    expect(past().curves).toHaveLength(2);
  });

  test('two sensors of a kind are told apart', () => {
    const { vector: addVector, take, past } = feed();
    for (const signal of ['eda', 'eda-2']) addVector(tonicPhasic(1, signal));
    for (const signal of ['eeg', 'eeg-2']) addVector(bandDe(1, signal));
    const frame = take();
    expect(frame.curves.map(({ signal, name, points }) => `${signal} ${name} ${points.length}`)).toEqual([
      'eda tonic 1',
      'eda phasic 1',
      'eda-2 tonic 1',
      'eda-2 phasic 1',
    ]);
    expect(frame.features.map(({ signal }) => signal)).toEqual(['eeg', 'eeg-2']);
    expect(past().features).toHaveLength(2);
  });

  test('ten hours, looked at or not, keep no more than the last minutes', () => {
    for (const looking of [true, false]) {
      const { block: add, vector: addVector, estimate, take, past } = feed();
      for (let sec = 0; sec < 36_000; sec++) {
        add({ ...block(sec * 100, 100), signal: eeg });
        addVector(tonicPhasic(2 * sec));
        estimate({ card, index: sec, tmin: sec - 1, tmax: sec, values: Float64Array.of(0.5, 1), quality: 1 });
        if (looking) take();
      }
      const waiting = JSON.stringify(take()).length;
      expect(waiting).toBeLessThan(200_000);
      expect(JSON.stringify(past()).length).toBeLessThan(200_000);
      expect(past().estimates.length).toBeGreaterThanOrEqual(300);
      expect(past().traces[0].rows[0].length).toBeLessThanOrEqual(16 * 128);
    }
  });
});
