import type { SampleBlock } from '@affect-edge/acquire';
import type { FeatureVector } from '@affect-edge/features';
import type { AffectEstimate } from '@affect-edge/models';
import { intervalOf } from '../message.ts';
import type { Curve, Frame, PageEstimate, PageFeature, Trace } from './protocol.ts';
import { endOf, type GrowingTrace, joined, thinner, trim } from './thin.ts';

/** What a page that opens late is shown, and the most that waits for a page, s. */
const keepSec = { eeg: 8, eda: 180, curve: 180, estimate: 300 } as const;

const shown = (value: number): number => Math.round(value * 1e4) / 1e4;

type Drawn = Omit<Frame, 'losses' | 'sinks'>;

export interface Feed {
  readonly block: (block: SampleBlock) => void;
  readonly vector: (vector: FeatureVector) => void;
  readonly estimate: (estimate: AffectEstimate) => void;
  /** What is new since the last call. */
  readonly take: () => Drawn;
  /** Everything a page that has just opened should draw. */
  readonly past: () => Drawn;
}

/** Entries with a time, those not yet sent and those already sent; old ones are dropped. */
const timed = <T>(timeOf: (entry: T) => number, seconds: number) => {
  const fresh: T[] = [];
  const kept: T[] = [];
  const dropOld = (list: T[]): void => {
    const newest = list.at(-1);
    if (newest === undefined || timeOf(newest) - timeOf(list[0]) < 2 * seconds) return;
    const first = list.findIndex((entry) => timeOf(entry) >= timeOf(newest) - seconds);
    list.splice(0, first);
  };
  return {
    add: (entry: T): void => {
      fresh.push(entry);
      dropOld(fresh);
    },
    take: (): T[] => {
      const taken = fresh.splice(0);
      kept.push(...taken);
      dropOld(kept);
      return taken;
    },
    past: (): T[] => [...kept],
  };
};

/** Gathers what passes into frames for the page: thinned, bounded in time, cheap a block. */
export const feed = (): Feed => {
  const thin = new Map<string, ReturnType<typeof thinner>>();
  const fresh = new Map<string, GrowingTrace[]>();
  const kept = new Map<string, Trace[]>();
  const latest = new Map<string, PageFeature>();
  const changed = new Set<string>();
  const curves = new Map<string, Omit<Curve, 'points'> & { readonly points: ReturnType<typeof timed<[number, number]>> }>();
  const estimates = timed<PageEstimate>(({ tSec }) => tSec, keepSec.estimate);
  let tSec = 0;

  const takeTraces = (): Trace[] =>
    [...fresh].flatMap(([id, list]) => {
      const taken = list.splice(0);
      const all = joined([...(kept.get(id) ?? []), ...taken]);
      const last = all.at(-1);
      if (last !== undefined) trim(all, endOf(last), keepSec[last.kind]);
      kept.set(id, all);
      return taken;
    });
  const curvesOf = (pick: (points: ReturnType<typeof timed<[number, number]>>) => [number, number][]): Curve[] =>
    [...curves.values()].map((curve) => ({ ...curve, points: pick(curve.points) })).filter(({ points }) => points.length > 0);

  return {
    block: (block) => {
      const { id, sfreq } = block.signal;
      tSec = Math.max(tSec, block.tmin + (sfreq > 0 ? block.data.length / block.signal.montage.channels.length / sfreq : 0));
      if (!thin.has(id)) thin.set(id, thinner(block.signal));
      const add = thin.get(id);
      if (add === undefined) return;
      const traces = fresh.get(id) ?? [];
      fresh.set(id, traces);
      add(block, traces);
      const last = traces.at(-1);
      if (last !== undefined && endOf(last) - traces[0].fromSec > 2 * keepSec[last.kind]) trim(traces, endOf(last), keepSec[last.kind]);
    },
    vector: ({ spec, signal, values, quality, tmax }) => {
      // Two sensors of a kind are told apart: `eda` and `eda-2`.
      const keyOf = (name: string): string => `${signal} ${name}`;
      if (spec.name === 'tonic-phasic') {
        spec.axes[0].labels.forEach((name, i) => {
          const curve = curves.get(keyOf(name)) ?? {
            signal,
            name,
            unit: spec.unit,
            points: timed<[number, number]>(([t]) => t, keepSec.curve),
          };
          curves.set(keyOf(name), curve);
          curve.points.add([tmax, shown(values[i])]);
        });
      } else if (spec.name === 'band-de') {
        latest.set(keyOf(spec.name), {
          name: spec.name,
          signal,
          unit: spec.unit,
          axes: spec.axes,
          values: Array.from(values, toHundredths),
          quality,
        });
        changed.add(keyOf(spec.name));
      }
    },
    estimate: ({ card, tmax, values, quality }) => {
      estimates.add({
        model: card.name,
        tSec: tmax,
        values: Array.from(values, shown),
        intervals: card.outputs.map((output, i) => intervalOf(output, values[i], shown)),
        quality,
      });
    },
    take: () => {
      const features = [...changed].map((key) => latest.get(key)!);
      changed.clear();
      return { type: 'frame', tSec, traces: takeTraces(), features, curves: curvesOf(({ take }) => take()), estimates: estimates.take() };
    },
    past: () => ({
      type: 'frame',
      tSec,
      traces: [...kept.values()].flat(),
      features: [...latest.values()],
      curves: curvesOf(({ past }) => past()),
      estimates: estimates.past(),
    }),
  };
};

const toHundredths = (value: number): number => Math.round(value * 100) / 100;
