import type { Report, SampleBlock } from '@affect-edge/acquire';
import type { Feature } from '@affect-edge/features';
import type { AffectEstimate, Model } from '@affect-edge/models';
import * as fc from 'fast-check';
import { concat, defer, from, NEVER, Observable, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { block, card, meanSpec, model } from '../test/fakes.ts';
import { type Parts, pipeline } from './pipeline.ts';

/** Mean of each channel over one hop: stateless, and different for every hop of a ramp. */
const mean: Feature<'eeg'> = {
  kind: 'eeg',
  describe: () => meanSpec,
  open: () => (hop) => {
    const nTimes = hop.data.length / 2;
    const of = (c: number) => hop.data.subarray(c * nTimes, (c + 1) * nTimes).reduce((sum, x) => sum + x, 0) / nTimes;
    return { tmin: hop.tmin, values: Float64Array.of(of(0), of(1)), quality: 1 };
  },
};
const echo = (name: string): Model => ({ ...model, card: { ...card, name }, predict: ([features]) => features.values });

/** 4 s of a ramp at 100 Hz, cut into blocks of these lengths. */
const ramp = (lengths: readonly number[]): SampleBlock[] => {
  const blocks: SampleBlock[] = [];
  for (let first = 0, i = 0; first < 400; i++) {
    const nTimes = Math.min(lengths[i % lengths.length], 400 - first);
    const made = block(first, nTimes);
    for (let t = 0; t < nTimes; t++) {
      made.data[t] = first + t;
      made.data[nTimes + t] = -(first + t);
    }
    blocks.push(made);
    first += nTimes;
  }
  return blocks;
};

const run = (sources: readonly Observable<SampleBlock>[], parts: Partial<Parts> = {}): AffectEstimate[] => {
  const estimates: AffectEstimate[] = [];
  pipeline({ sources, filters: [], hopSec: 0.5, features: [mean], models: [echo('a')], report: () => {}, ...parts }).subscribe((estimate) =>
    estimates.push(estimate),
  );
  return estimates;
};

describe('the line', () => {
  test('an estimate at k · hopSec is made of the samples before it and of nothing later', () => {
    const estimates = run([from(ramp([40]))]);
    expect(estimates.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Array.from(estimates[2].values)).toEqual([124.5, -124.5]);
  });

  test('without a model it runs to the end of its sources all the same, and lets others look', () => {
    let [blocks, vectors] = [0, 0];
    const look = { block: () => (blocks += 1), vector: () => (vectors += 1) };
    expect(run([from(ramp([40]))], { models: [], look })).toEqual([]);
    expect([blocks, vectors]).toEqual([10, 8]);
  });

  test('any cutting of the samples into blocks gives the same estimates', () => {
    const whole = run([from(ramp([400]))]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }), (lengths) => {
        expect(run([from(ramp(lengths))])).toEqual(whole);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test('two models and a looker share one run of the sources', () => {
    let opened = 0;
    let blocks = 0;
    let vectors = 0;
    const source = defer(() => {
      opened += 1;
      return from(ramp([50]));
    });
    const look = {
      block: () => {
        blocks += 1;
      },
      vector: () => {
        vectors += 1;
      },
    };
    const estimates = run([source], { models: [echo('a'), echo('b')], look });
    expect(opened).toBe(1);
    expect(blocks).toBe(8);
    expect(vectors).toBe(8);
    expect(estimates.map((estimate) => estimate.card.name).slice(0, 4)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('a second subscriber starts anew', () => {
    const line = pipeline({
      sources: [from(ramp([50]))],
      filters: [],
      hopSec: 0.5,
      features: [mean],
      models: [echo('a')],
      report: () => {},
    });
    const indices: number[][] = [];
    for (let n = 0; n < 2; n++) {
      const seen: number[] = [];
      line.subscribe(({ index }) => seen.push(index));
      indices.push(seen);
    }
    expect(indices[0]).toHaveLength(8);
    expect(indices[1]).toEqual(indices[0]);
  });

  test('nothing is estimated across missing samples, and the hole is told', () => {
    const reports: Report[] = [];
    const [before, after] = [ramp([50]).slice(0, 3), ramp([50]).slice(4)];
    const estimates = run([concat(from(before), from(after))], { report: (report) => reports.push(report) });
    expect(estimates.map(({ index }) => index)).not.toContain(4);
    expect(estimates.length).toBeGreaterThan(3);
  });

  test('unsubscribing closes every source', () => {
    const closed: string[] = [];
    const source = (name: string) => defer(() => concat(of(block(0)), NEVER)).pipe(onClose(() => closed.push(name)));
    pipeline({ sources: [source('a'), source('b')], filters: [], hopSec: 0.5, features: [mean], models: [echo('a')], report: () => {} })
      .subscribe()
      .unsubscribe();
    expect(closed).toEqual(['a', 'b']);
  });
});

const onClose = (closed: () => void) => (source: Observable<SampleBlock>) =>
  new Observable<SampleBlock>((subscriber) => {
    const inner = source.subscribe(subscriber);
    return () => {
      inner.unsubscribe();
      closed();
    };
  });
