import type { EdaSignal, EegSignal, Trial } from '@affect-edge/acquire';
import { describe, expect, test } from 'vitest';
import { edaTable } from './eda-table.ts';
import { eegTable } from './eeg-table.ts';
import { classesOf, type LabelChoice, labelValue } from './label-choice.ts';
import { tableHash } from './plan.ts';
import { precomputedTable } from './precomputed-table.ts';
import { sessionClock } from './table-rows.ts';

const eeg: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 128, montage: { channels: ['F3', 'F4'], reference: 'A1' } };
const eda = (id: string): EdaSignal => ({ id, kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } });
const wave = (n: number, seed: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => 10 * Math.sin(i * i * 0.001 + seed) + Math.sin(i * 0.7 * seed));

const trialOf = (trial: number, valence: number, rest: Partial<Trial> = {}): Trial => ({
  subject: 'A',
  session: '1',
  trial,
  labels: { valence },
  baseline: [],
  blocks: [{ signal: eeg, firstSample: 0, tmin: 0, arrivedAt: 8, data: wave(2 * 1024, trial) }],
  features: [],
  ...rest,
});
async function* listed(...trials: Trial[]): AsyncGenerator<Trial> {
  yield* trials;
}
const valence: LabelChoice = { name: 'valence', atLeast: 5 };
const common = { name: 't', description: 't', label: valence };

describe('tables of windows', () => {
  test('the published recipe cuts 512 samples every 117, complete windows only', async () => {
    const table = await eegTable(listed(trialOf(1, 2), trialOf(2, 7)), { ...common, recipe: 'rbtransformer' });
    expect(table.nRows).toBe(2 * (Math.floor((1024 - 512) / 117) + 1));
    expect(table.tmax[0] - table.tmin[0]).toBe(4);
    expect(table.tmin[1] - table.tmin[0]).toBeCloseTo(117 / 128, 12);
    expect(table.label).toMatchObject({ classes: ['valence below 5', 'valence from 5'] });
    expect(table.features[0].spec.recipe).toMatchObject({ zScore: 'global', baseline: 'none', state: 'restart' });
  });

  test('a baseline shifts every window of its trial by the same vector', async () => {
    const rest = { signal: eeg, firstSample: 0, tmin: 0, arrivedAt: 3, data: wave(2 * 384, 9) };
    const moved = (trial: Trial): Trial => ({ ...trial, baseline: [rest], blocks: trial.blocks.map((block) => ({ ...block, tmin: 3 })) });
    const [plain, against] = await Promise.all(
      [(trial: Trial) => trial, moved].map((change) =>
        eegTable(listed(change(trialOf(1, 2)), change(trialOf(2, 7))), { ...common, recipe: 'rbtransformer' }),
      ),
    );
    const shift = (row: number, i: number): number => plain.features[0].values[row * 8 + i] - against.features[0].values[row * 8 + i];
    for (let i = 0; i < 8; i++) for (let row = 1; row < 5; row++) expect(shift(row, i)).toBeCloseTo(shift(0, i), 4);
    expect(Math.abs(shift(0, 0))).toBeGreaterThan(0.01);
    expect(against.features[0].spec.recipe.baseline).toBe('averaged-waveform');
  });

  test('the streaming recipe gives the device’s windows at the stride asked for', async () => {
    const table = await eegTable(listed(trialOf(1, 2), trialOf(2, 7)), { ...common, recipe: 'streaming', strideSec: 1 });
    expect(Array.from(table.tmax.subarray(0, 3)).map((t, i) => t - table.tmax[0] - i)).toEqual([0, 0, 0]);
    expect(table.features[0].spec).toMatchObject({ name: 'band-de', recipe: { state: 'continuous', windowSec: 2 } });
    await expect(eegTable(listed(trialOf(1, 2)), { ...common, recipe: 'streaming', strideSec: 0.3 })).rejects.toThrow('multiple of 0.5 s');
  });

  test.each(['rbtransformer', 'streaming'] as const)('trials of different rates are not one table (%s)', async (recipe) => {
    const signal = { ...eeg, sfreq: 256 };
    const fast = trialOf(2, 7, { blocks: [{ signal, firstSample: 0, tmin: 0, arrivedAt: 8, data: wave(2 * 2048, 2) }] });
    await expect(eegTable(listed(trialOf(1, 2), fast), { ...common, recipe })).rejects.toThrow('256 Hz');
  });

  test('know what was shown in each trial, where the corpus says it', async () => {
    const clip = (trial: number, subject: string, stimulus?: string): Trial =>
      trialOf(trial, 2 + 5 * (trial % 2), { subject, ...(stimulus !== undefined && { stimulus }) });
    const trials = [clip(1, 'A', 'clip 1'), clip(2, 'A', 'clip 2'), clip(1, 'B', 'clip 2'), clip(2, 'B')];
    // Subjects whose trials lie apart are brought together; what was shown stays with its trial.
    const mixed = [trials[0], trials[2], trials[1], trials[3]];
    for (const order of [trials, mixed]) {
      const { stimuli, trials: names } = await eegTable(listed(...order), { ...common, recipe: 'rbtransformer' });
      expect(names).toEqual(['A/1/1', 'A/1/2', 'B/1/1', 'B/1/2']);
      expect(Array.from(stimuli!.ofTrial, (place) => stimuli!.names[place])).toEqual(['clip 1', 'clip 2', 'clip 2', undefined]);
    }
    const plain = await eegTable(listed(trialOf(1, 2), trialOf(2, 7)), { ...common, recipe: 'rbtransformer' });
    expect(plain).not.toHaveProperty('stimuli');
    expect(tableHash({ ...plain, stimuli: { names: ['a'], ofTrial: Int32Array.of(0, 0) } })).not.toBe(tableHash(plain));
  });

  test('trials of another montage cannot share a table, nor can one class', async () => {
    const other = { ...eeg, montage: { channels: ['F3', 'Cz'], reference: 'A1' } };
    const strange = trialOf(2, 7, { blocks: [{ signal: other, firstSample: 0, tmin: 0, arrivedAt: 8, data: wave(2048, 2) }] });
    await expect(eegTable(listed(trialOf(1, 2), strange), { ...common, recipe: 'rbtransformer' })).rejects.toThrow('other electrodes');
    await expect(eegTable(listed(trialOf(1, 2)), { ...common, recipe: 'rbtransformer' })).rejects.toThrow(
      "all its windows are 'valence below 5'",
    );
  });

  test('the owner’s features keep their windows, and say whose they are', async () => {
    const features = [
      { name: 'de_LDS', windowSec: 4, channels: ['F3'], bands: ['theta', 'alpha'], nWindows: 3, values: Float64Array.of(1, 2, 3, 4, 5, 6) },
    ];
    const table = await precomputedTable(listed(trialOf(1, 2, { features }), trialOf(2, 7, { features })), {
      ...common,
      feature: 'de_LDS',
    });
    expect(Array.from(table.features[0].values)).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    expect(Array.from(table.tmin)).toEqual([0, 4, 8, 12, 16, 20]);
    expect(table.features[0]).toMatchObject({ origin: 'precomputed', spec: { name: 'owner’s de_LDS' } });
    await expect(precomputedTable(listed(trialOf(1, 2, { features })), { ...common, feature: 'de_lds' })).rejects.toThrow("'de_LDS'");
  });

  test('of several signals of skin conductance one must be named', async () => {
    const block = (id: string) => ({ signal: eda(id), firstSample: 0, tmin: 0, arrivedAt: 1, data: new Float64Array(4) });
    const both = trialOf(1, 2, { blocks: [block('wrist'), block('chest')] });
    await expect(edaTable(listed(both), common)).rejects.toThrow(
      "several signals of skin conductance (wrist, chest); name one as 'signal'",
    );
  });
});

describe('labels', () => {
  test('are classes by threshold, by membership or one a value', () => {
    expect([4.9, 5].map(classesOf([], valence).classOf)).toEqual([0, 1]);
    expect([1, 2, 3].map(classesOf([], { name: 'condition', positive: [2] }).classOf)).toEqual([0, 1, 0]);
    const each = classesOf([1, -1, 0, 1], { name: 'emotion' });
    expect(each.classes).toEqual(['emotion -1', 'emotion 0', 'emotion 1']);
    expect(each.classOf(-1)).toBe(0);
  });

  test('that do not count leave a trial out, that are not there are refused with the nearest', () => {
    expect(labelValue(trialOf(1, 4), { name: 'valence', only: [1, 2] })).toBeUndefined();
    expect(() => labelValue(trialOf(1, 4), { name: 'valense' })).toThrow("Did you mean 'valence'?");
  });
});

test('a session’s trials lie one after the other where their clocks begin anew, and stay where they do not', () => {
  const place = sessionClock();
  expect([place('a', 0, 60), place('a', 0, 60), place('a', 0, 30)]).toEqual([0, 60, 120]);
  expect([place('b', 100, 160), place('b', 200, 260)]).toEqual([0, 0]);
});
