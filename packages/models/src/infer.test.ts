import type { Report } from '@affect-edge/acquire';
import type { FeatureSet, FeatureSpec, FeatureVector } from '@affect-edge/features';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { infer } from './infer.ts';
import type { Model, ModelCard } from './model.ts';

const spec = (change: Partial<FeatureSpec> = {}): FeatureSpec => ({
  name: 'band-de',
  unit: 'bit',
  axes: [{ name: 'band', labels: ['theta'] }],
  recipe: { windowSec: 2 },
  ...change,
});
const vector = (index: number, change: Partial<FeatureVector> = {}): FeatureVector => ({
  spec: inputs[0],
  signal: 'eeg',
  index,
  tmin: index / 2 - 2,
  tmax: index / 2,
  values: Float64Array.of(index),
  quality: 1,
  ...change,
});
const inputs = [spec(), spec({ name: 'scl', unit: 'µS' })];
const card = { name: 'doubler', inputs, outputs: [{ name: 'double' }] } as unknown as ModelCard;
const doubler: Model = { card, predict: ([{ values }]) => values.map((value) => 2 * value), dispose: () => {} };
const set = (index: number, first: Partial<FeatureVector> = {}, second: Partial<FeatureVector> = {}): FeatureSet => [
  vector(index, first),
  vector(index, { spec: inputs[1], ...second }),
];
const run = (sets: readonly FeatureSet[], reports: Report[] = []) =>
  lastValueFrom(
    from(sets).pipe(
      infer(doubler, (report) => reports.push(report)),
      toArray(),
    ),
  );

describe('infer', () => {
  it('gives one estimate a set, over the time all inputs cover, as good as the worst of them', async () => {
    const [estimate] = await run([set(8, { quality: 0.7 }, { tmin: -58, quality: 0.4 })]);
    expect(estimate).toEqual({ card, index: 8, tmin: -58, tmax: 4, values: Float64Array.of(16), quality: 0.4 });
  });

  it('refuses another recipe and says everything that differs', async () => {
    const other = spec({ unit: 'nat', recipe: { windowSec: 4 } });
    await expect(run([set(1, { spec: other })])).rejects.toThrow(
      expect.objectContaining({
        code: 'recipe-mismatch',
        message: expect.stringMatching(/band-de: unit: expected bit, got nat; band-de: windowSec: expected 2, got 4/),
      }),
    );
  });

  it('refuses a recipe that changes on the way', async () => {
    await expect(run([set(1), set(2, { spec: spec({ recipe: { windowSec: 1 } }) })])).rejects.toMatchObject({ code: 'recipe-mismatch' });
  });

  it('takes an equal spec that is another object', async () => {
    expect(await run([set(1, { spec: spec() })])).toHaveLength(1);
  });

  it('refuses a set with another number of features', async () => {
    await expect(run([[vector(1)]])).rejects.toThrow('expected 2 features, got 1');
  });

  it('an estimate that is no number is not sent but counted', async () => {
    const reports: Report[] = [];
    const estimates = await run([set(1), set(2, { values: Float64Array.of(Number.NaN) }), set(3)], reports);
    expect(estimates.map(({ index }) => index)).toEqual([1, 3]);
    expect(reports).toEqual([{ kind: 'dropped', stage: 'infer', what: 'estimate of doubler that is not finite', count: 1 }]);
  });

  it('a predictor that fails ends the stream with its error', async () => {
    const broken: Model = {
      ...doubler,
      predict: () => {
        throw new RangeError('no');
      },
    };
    await expect(lastValueFrom(from([set(1)]).pipe(infer(broken)))).rejects.toThrow(RangeError);
  });
});
