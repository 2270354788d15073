import type { EdaSignal } from '@affect-edge/acquire';
import { type AnyFeature, type Epoch, edaHistory, extract, type Feature, type FeatureVector, tonicPhasic } from '@affect-edge/features';
import { from } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FaultyFileSystem, faultyFileSystem } from '../../test/faulty-file-system.ts';
import { baselineFilesOf } from './baseline-file.ts';
import { type BaselineKeeperOptions, baselineMaxAgeSec, keepBaselines } from './baseline-keeper.ts';

const signal: EdaSignal = { kind: 'eda', id: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
const shimmer = { device: { name: 'shimmer3-gsr', signals: [signal] }, uri: 'serial:/dev/ttyUSB0' };
const path = '/state/baselines/p01.json';

let disk: FaultyFileSystem;
let told: string[];
let warned: string[];
let nowSec: number;
beforeEach(() => {
  vi.useFakeTimers();
  disk = faultyFileSystem();
  told = [];
  warned = [];
  nowSec = 1.8e9;
});
afterEach(() => void vi.useRealTimers());

const keeper = (more: Partial<BaselineKeeperOptions> = {}) =>
  keepBaselines({
    folder: '/state',
    subject: 'p01',
    voice: { tell: (_, text) => told.push(text), warn: (_, text) => warned.push(text) },
    files: disk,
    now: () => nowSec,
    ...more,
  });
/** Seconds of a session at these conductances; a hole in the list is a gap. */
const vectorsOf = (features: readonly AnyFeature[], microsiemens: readonly (number | undefined)[], of = signal): FeatureVector[] => {
  const vectors: FeatureVector[] = [];
  const hops = microsiemens.flatMap((level, k): Epoch[] =>
    level === undefined ? [] : [{ signal: of, index: k + 1, tmin: k, tmax: k + 1, data: new Float64Array(4).fill(level) }],
  );
  from(hops)
    .pipe(extract(features, 1))
    .subscribe((vector) => vectors.push(vector));
  return vectors;
};
const history = edaHistory();
const restMean = (vectors: readonly FeatureVector[]): number => vectors.at(-1)!.values[0];
const plain = (microsiemens: number): number => Math.log1p(microsiemens / 0.05);
/** A session of p01 at 2 µS, closed in good order. */
const session = async (seconds = 200): Promise<void> => {
  const before = keeper();
  vectorsOf(before.remembering([history], [shimmer]), new Array(seconds).fill(2));
  await before.close();
};
/** The rest level a session says after a second at 8 µS: that of 2 µS where it was remembered. */
const restOfNext = (more: Partial<BaselineKeeperOptions> = {}, source = shimmer, feature: AnyFeature = history): number =>
  restMean(vectorsOf(keeper(more).remembering([feature], [source]), [8]));

describe('baselines of a subject', () => {
  test('go on after a restart as if there had been none', async () => {
    await session();
    nowSec += 600;
    const [after] = vectorsOf(keeper().remembering([history], [shimmer]), [8]);
    const unbroken = vectorsOf([history], [...new Array(200).fill(2), 8]).at(-1)!;
    expect([...after.values, after.quality]).toEqual([...unbroken.values, unbroken.quality]);
    expect([after.tmin, after.tmax, after.index]).toEqual([0, 1, 1]);
    expect(told).toEqual(['eda-history of eda goes on with what was learned until 10 min ago']);
  });

  test('begin anew after a gap within a session, as they do in a replay', async () => {
    await session();
    const vectors = vectorsOf(keeper().remembering([history], [shimmer]), [2, 2, undefined, 8]);
    expect(restMean(vectors)).toBeCloseTo(plain(8), 10);
    expect(told).toHaveLength(1);
  });

  test('a first session, and features that learn nothing, give what they give without', () => {
    const features: AnyFeature[] = [history, tonicPhasic()];
    const levels = Array.from({ length: 90 }, (_, k) => 2 + Math.sin(k));
    expect(vectorsOf(keeper().remembering(features, [shimmer]), levels)).toEqual(vectorsOf(features, levels));
  });

  test.each<[string, () => number]>([
    ['another subject', () => restOfNext({ subject: 'p02' })],
    ['another recipe', () => restOfNext({}, shimmer, edaHistory({ memorySec: 1799 }))],
    ['a simulated sensor', () => restOfNext({}, { ...shimmer, uri: 'simulated:shimmer' })],
    ['another device', () => restOfNext({}, { ...shimmer, device: { ...shimmer.device, name: 'empatica-e4' } })],
    ['another rate', () => restMean(vectorsOf(keeper().remembering([history], [shimmer]), [8], { ...signal, sfreq: 8 }))],
    ['a time too long after', () => restOfNext({ now: () => nowSec + baselineMaxAgeSec + 1 })],
    ['a clock set back too far', () => restOfNext({ now: () => nowSec - baselineMaxAgeSec - 1 })],
  ])('are not read by %s', async (_, rest) => {
    await session();
    expect(rest()).toBeCloseTo(plain(8), 10);
    expect(told).toEqual([]);
  });

  test('one file copied to another id is not believed', async () => {
    await session();
    const bytes = Buffer.from(disk.contents.get(path)!.bytes);
    const file = disk.open('/state/baselines/p02.json', 'new');
    disk.write(file, bytes);
    disk.close(file);
    expect(restOfNext({ subject: 'p02' })).toBeCloseTo(plain(8), 10);
    expect(warned).toEqual(['/state/baselines/p02.json is of another subject; what is usual for this person is learned anew.']);
  });

  test('any flipped bit is noticed: the file is moved aside and everything goes on', async () => {
    for (let k = 0; k < 50; k++) {
      disk = faultyFileSystem();
      await session();
      warned = [];
      disk.flipBit(() => (k * 0.618034) % 1);
      expect(restOfNext()).toBeCloseTo(plain(8), 10);
      expect(warned).toEqual([`${path} was damaged and is now ${path}.damaged; what is usual for this person is learned anew.`]);
      expect(baselineFilesOf('/state', 'p01', disk)).toEqual([`${path}.damaged`]);
    }
  });

  test('a power cut at any moment leaves what was learned before or what was learned then', async () => {
    for (let at = 0; at < 6; at++) {
      disk = faultyFileSystem();
      warned = [];
      await session();
      const next = keeper();
      vectorsOf(next.remembering([history], [shimmer]), new Array(10).fill(2));
      disk.failAt(at, 'EIO', { lasting: true, torn: true });
      await next.save();
      disk.cutPower(() => 0.4);
      disk.mend();
      expect(restOfNext()).toBeCloseTo(plain(2), 10);
      expect(warned.filter((text) => text.includes('damaged'))).toEqual([]);
    }
  });

  test('are written every 10 s, and not where nothing is new', async () => {
    const running = keeper();
    const features = running.remembering([history], [shimmer]);
    vectorsOf(features, [2, 2]);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(disk.contents.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([...disk.contents.keys()]).toEqual([path]);
    const { length } = disk.operations;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(disk.operations.length).toBe(length);
    vectorsOf(features, [2]);
    await running.close();
    expect(disk.operations.length).toBeGreaterThan(length);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a disk that is full is told once, and costs nothing but the baselines', async () => {
    const running = keeper();
    const features = running.remembering([history], [shimmer]);
    disk.failAt(0, 'ENOSPC', { lasting: true });
    for (let k = 0; k < 3; k++) {
      vectorsOf(features, [2]);
      await running.save();
    }
    expect(warned).toEqual(['what was learned cannot be written to /state (ENOSPC); tried again every 10 s.']);
    disk.mend();
    await running.close();
    expect(baselineFilesOf('/state', 'p01', disk)).toEqual([path]);
  });

  test('what is no number is not kept', async () => {
    const running = keeper();
    const broken: Feature<'eda'> = {
      ...history,
      open: (_signal, _hopSec, memory) => () => {
        memory?.write([Number.NaN]);
        return undefined;
      },
    };
    vectorsOf(running.remembering([broken], [shimmer]), [2]);
    await running.close();
    expect(disk.contents.get(path)!.bytes.toString()).toContain('"baselines":[]');
  });
});
