import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EdaSignal, EegSignal, SampleBlock, Signal } from '@affect-edge/acquire';
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { epochs } from '../src/epoch.ts';
import { extract } from '../src/extract.ts';
import type { FeatureVector } from '../src/feature.ts';
import { FEATURES } from '../src/registry.ts';
import { block, congruential } from './signals.ts';

const hopSec = 1;
const hour = 3600;
const day = 24 * hour;
const warmUp = hour;

/** Says what is normal for the wearer since the session began: a fresh start knows less by design. */
const remembersTheSession = ['eda-history'];

const montage = {
  channels: ['Fp1', 'Fp2', 'F7', 'F8', 'F3', 'F4', 'T7', 'T8', 'C3', 'C4', 'P7', 'P8', 'P3', 'P4', 'O1', 'O2'],
  reference: 'SRB2',
};
const eeg: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 250, montage };
const eda: EdaSignal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };

/** 61 s of brown-ish noise on an electrode's offset, over and over: a period that no window divides. */
const eegSeconds: readonly Float64Array[] = (() => {
  const nSeconds = 61;
  const white = congruential(5, nSeconds * eeg.sfreq * montage.channels.length);
  let slow = 0;
  return Array.from({ length: nSeconds }, (_, second) => {
    const from = second * eeg.sfreq * montage.channels.length;
    return white.slice(from, from + eeg.sfreq * montage.channels.length).map((u) => {
      slow = 0.9 * slow + u;
      return 20_000 + 15 * slow + 5 * u;
    });
  });
})();

const edaAt = (sec: number): number => {
  const sinceResponse = sec % 37;
  return 3 + Math.sin((2 * Math.PI * sec) / 421) + 0.4 * (Math.exp(-sinceResponse / 2.8) - Math.exp(-sinceResponse / 0.65));
};

const blocksOfSecond = (sec: number): SampleBlock<Signal>[] => [
  block(eeg, sec * eeg.sfreq, sec, eegSeconds[sec % eegSeconds.length]!),
  block(
    eda,
    sec * eda.sfreq,
    sec,
    Float64Array.from({ length: eda.sfreq }, (_, i) => edaAt(sec + i / eda.sfreq)),
  ),
];

/** The whole feature graph, fed second by second. */
const graph = () => {
  const blocks$ = new Subject<SampleBlock>();
  const features = FEATURES.filter(({ kind }) => kind === 'eeg' || kind === 'eda').map(({ create }) => create());
  const latest = new Map<string, FeatureVector>();
  let count = 0;
  blocks$.pipe(epochs({ hopSec }), extract(features, hopSec)).subscribe((vector) => {
    latest.set(vector.spec.name, vector);
    count++;
  });
  return {
    feed: (fromSec: number, toSec: number) => {
      for (let sec = fromSec; sec < toSec; sec++) for (const one of blocksOfSecond(sec)) blocks$.next(one);
    },
    latest,
    count: () => count,
  };
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const megabytesInUse = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
};

/** Least-squares slope of equally spaced values, per step. */
const slope = (values: readonly number[]): number => {
  const centre = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const along = values.reduce((sum, value, i) => sum + (i - centre) * (value - mean), 0);
  return along / values.reduce((sum, _, i) => sum + (i - centre) ** 2, 0);
};

it('a day of 16-channel EEG and EDA through every feature leaves memory flat and the last hour as a fresh start sees it', {
  timeout: 1_200_000,
}, () => {
  const long = graph();
  long.feed(0, warmUp);
  const memory = [megabytesInUse()];
  for (let from = warmUp; from < day; from += hour) {
    long.feed(from, from + hour);
    memory.push(megabytesInUse());
  }
  const grownBy = slope(memory) * (memory.length - 1);
  console.log(
    `day-long: ${long.count()} vectors, memory ${memory[0]!.toFixed(1)} MB → ${memory.at(-1)!.toFixed(1)} MB, slope ${grownBy.toFixed(3)} MB a day`,
  );
  expect(grownBy).toBeLessThan(1);

  const fresh = graph();
  fresh.feed(day - hour, day);
  expect([...fresh.latest.keys()].sort()).toEqual([...long.latest.keys()].sort());
  for (const [name, vector] of fresh.latest) {
    if (remembersTheSession.includes(name)) continue;
    const aged = long.latest.get(name)!;
    expect(aged.index, name).toBe(vector.index);
    vector.values.forEach((value, i) => {
      expect(Math.abs(aged.values[i]! - value), `${name} ${i}: ${aged.values[i]} after a day, ${value} fresh`).toBeLessThanOrEqual(
        1e-6 * (1 + Math.abs(value)),
      );
    });
  }
});
