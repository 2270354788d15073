import { readdirSync } from 'node:fs';
import { from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { devices } from '../../src/devices/index.ts';
import { findDevice } from '../../src/find-device.ts';
import type { Chunk } from '../../src/link.ts';
import { ignoreReports, type Report } from '../../src/report.ts';
import { nTimesOf, type SampleBlock } from '../../src/signal.ts';
import { random } from '../../src/wearer/random.ts';
import { chunksOf, type Fake, type Unit } from '../fakes/fake.ts';
import { fakes } from '../fakes/index.ts';

const deviceOf = (fake: Fake) => findDevice(fake.device).create(fake.options);

/** Everything a decoder makes of chunks. */
const decoded = (fake: Fake, chunks: readonly Chunk[]) => {
  const device = deviceOf(fake);
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  let completed = false;
  from(chunks)
    .pipe(device.decode((report) => reports.push(report)))
    .subscribe({
      next: (block) => blocks.push(block),
      complete: () => {
        completed = true;
      },
    });
  expect(completed).toBe(true);
  return { device, blocks, reports };
};

/** Samples by signal: index → row. */
const rowsOf = (blocks: readonly SampleBlock[]): Map<string, Map<number, number[]>> => {
  const signals = new Map<string, Map<number, number[]>>();
  let twice = 0;
  for (const block of blocks) {
    const rows = signals.get(block.signal.id) ?? new Map<number, number[]>();
    signals.set(block.signal.id, rows);
    const n = nTimesOf(block);
    for (let t = 0; t < n; t++) {
      if (rows.has(block.firstSample + t)) twice++;
      rows.set(
        block.firstSample + t,
        block.signal.montage.channels.map((_, c) => block.data[c * n + t]!),
      );
    }
  }
  expect(twice, 'samples given twice').toBe(0);
  return signals;
};

const truthOf = (units: readonly Unit[]): Map<string, (readonly number[])[]> => {
  const truth = new Map<string, (readonly number[])[]>();
  for (const { samples } of units) {
    for (const [id, rows] of Object.entries(samples)) {
      const all = truth.get(id) ?? [];
      truth.set(id, all);
      for (const row of rows) all.push(row);
    }
  }
  return truth;
};

const differs = (row: readonly number[], truth: readonly number[], tolerance: number): boolean =>
  row.length !== truth.length || row.some((value, c) => !(Math.abs(value - truth[c]!) <= tolerance));

/** Every sample given lies at its true index with its true value; gives how many of each signal are missing. */
const expectTrueSamples = (fake: Fake, blocks: readonly SampleBlock[], units: readonly Unit[]): Map<string, number> => {
  const missing = new Map<string, number>();
  const rows = rowsOf(blocks);
  for (const [id, truth] of truthOf(units)) {
    const given = rows.get(id) ?? new Map<number, number[]>();
    const wrong = [...given].filter(([index, row]) => truth[index] === undefined || differs(row, truth[index], fake.tolerance[id]!));
    expect(wrong.slice(0, 3), `${id}: samples at a wrong place or of a wrong value`).toEqual([]);
    missing.set(id, truth.length - given.size);
  }
  return missing;
};

/** Blocks by chunk: what each push gave. */
const decodedByChunk = (fake: Fake, chunks: readonly Chunk[]): { given: SampleBlock[][]; gapped: boolean[] } => {
  const source = new Subject<Chunk>();
  const given: SampleBlock[][] = [];
  const gapped: boolean[] = [];
  source
    .pipe(
      deviceOf(fake).decode((report) => {
        if (report.kind === 'gap') gapped[gapped.length - 1] = true;
      }),
    )
    .subscribe((block) => given.at(-1)!.push(block));
  for (const chunk of chunks) {
    given.push([]);
    gapped.push(false);
    source.next(chunk);
  }
  return { given, gapped };
};

/** All samples in one flat list, for fast comparison. */
const flat = (blocks: readonly SampleBlock[]): number[] => {
  const bySignal = [...rowsOf(blocks)].sort(([a], [b]) => a.localeCompare(b));
  return bySignal.flatMap(([, rows]) => [...rows].flatMap(([index, row]) => [index, ...row]));
};

/** Samples told as lost, by signal. */
const toldLost = (reports: readonly Report[]): Map<string, number> => {
  const lost = new Map<string, number>();
  for (const report of reports) if (report.kind === 'gap') lost.set(report.signal, (lost.get(report.signal) ?? 0) + report.lost);
  return lost;
};

const joined = (units: readonly Unit[]): Uint8Array => Buffer.concat(units.flatMap(({ frames }) => frames.map(({ bytes }) => bytes)));

/** A stretch of a byte stream, cut at random: pieces of 1 to `longest` bytes, all of one arrival. */
const cutAtRandom = (bytes: Uint8Array, longest: number, uniform: () => number, arrivedAt: number): Chunk[] => {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + Math.floor(uniform() * longest));
    chunks.push({ endpoint: '', arrivedAt, bytes: bytes.slice(at, end) });
    at = end;
  }
  return chunks;
};

describe.each(fakes.map((fake) => [`${fake.device}, ${fake.variant}`, fake] as const))('%s', (_, fake) => {
  const unitsIn = (seconds: number) => Math.round(seconds / fake.unitSec);

  it('gives every sample with its declared shape, at its index and rate, and reports nothing amiss', () => {
    const units = fake.units(Math.min(unitsIn(60), 3000), 1);
    const { device, blocks, reports } = decoded(fake, chunksOf(fake, units));
    for (const { signal, data, tmin, arrivedAt } of blocks) {
      expect(device.signals).toContain(signal);
      expect(data.length).toBeGreaterThan(0);
      expect(data.length % signal.montage.channels.length).toBe(0);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(tmin).toBeLessThanOrEqual(arrivedAt + 0.5);
    }
    for (const [id, count] of expectTrueSamples(fake, blocks, units)) {
      expect(count, id).toBe(device.signals.some((signal) => signal.id === id) ? 0 : truthOf(units).get(id)!.length);
    }
    expect(reports.filter(({ kind }) => !['battery', 'device-text', 'saturation'].includes(kind))).toEqual([]);
    for (const signal of device.signals) {
      const own = blocks.filter((block) => block.signal === signal);
      if (signal.sfreq === 0 || fake.tolerance[signal.id] === undefined) continue;
      for (let i = 1; i < own.length; i++) expect(own[i]!.tmin).toBeGreaterThan(own[i - 1]!.tmin);
      const [first, last] = [own[0]!, own.at(-1)!];
      const rate = (last.firstSample - first.firstSample) / (last.tmin - first.tmin);
      expect(Math.abs(rate / signal.sfreq - 1), `rate of ${signal.id}`).toBeLessThan(0.03);
    }
  });

  it('gives one block of a signal for a chunk, never one a sample', () => {
    const units = fake.units(Math.min(unitsIn(20), 400), 2);
    const chunks = chunksOf(fake, units);
    const together = fake.link === 'stream' ? [...chunksOf(fake, []), { endpoint: '', arrivedAt: 10, bytes: joined(units) }] : chunks;
    const { given, gapped } = decodedByChunk(fake, together);
    expect(given.flat().length).toBeGreaterThan(0);
    given.forEach((blocks, i) => {
      const regular = blocks.filter(({ signal }) => signal.sfreq > 0).map(({ signal }) => signal.id);
      if (!gapped[i]) expect(new Set(regular).size).toBe(regular.length);
    });
  });

  it('counts what is lost, and puts what follows where it belongs', () => {
    const before = unitsIn(fake.unitSec < 0.5 ? 6 : 30);
    for (const [dropped, seed] of fake.counted
      ? ([
          [1, 3],
          [2, 4],
          [5, 5],
          [unitsIn(0.25) + 1, 6],
        ] as const)
      : ([[unitsIn(5), 7]] as const)) {
      const all = fake.units(before + dropped + unitsIn(fake.unitSec < 0.5 ? 6 : 30), seed);
      const chunks = chunksOf(fake, all).filter(({ arrivedAt }) => {
        const k = Math.round((arrivedAt - 10) / fake.unitSec);
        return k < before || k >= before + dropped;
      });
      const { blocks, reports } = decoded(fake, chunks);
      if (fake.counted) {
        const missing = expectTrueSamples(fake, blocks, all);
        const told = toldLost(reports);
        for (const [id, count] of missing) {
          const lost = [...told].find(([signal]) => signal === id || sharesClock(fake, signal, id))?.[1] ?? 0;
          expect(lost, `${id} after ${dropped} units`).toBe(deviceOf(fake).signals.some((signal) => signal.id === id) ? count : 0);
        }
      } else {
        const gaps = reports.filter((report) => report.kind === 'gap');
        for (const gap of gaps) expect(gap.exact, gap.signal).toBe(false);
        const truth = truthOf(all.slice(before, before + dropped));
        for (const [id, lost] of toldLost(reports))
          expect(Math.abs(lost - truth.get(id)!.length), id).toBeLessThan(truth.get(id)!.length * 0.5);
        expect(gaps.length).toBeGreaterThan(0);
      }
    }
  });

  it('starts afresh with every subscription', () => {
    const units = fake.units(unitsIn(fake.unitSec < 0.5 ? 3 : 10), 8);
    const decode = deviceOf(fake).decode(ignoreReports);
    const chunks = chunksOf(fake, units);
    const take = () => {
      const blocks: SampleBlock[] = [];
      from(chunks)
        .pipe(decode)
        .subscribe((block) => blocks.push(block));
      return blocks.map(({ signal, ...rest }) => ({ id: signal.id, ...rest }));
    };
    const once = take();
    expect(once.length).toBeGreaterThan(0);
    expect(take()).toEqual(once);
  });

  if (fake.link === 'stream') {
    it('gives the same samples however the bytes are cut', () => {
      const units = fake.units(30, 9);
      const bytes = joined(units);
      const start = chunksOf(fake, []);
      const whole = flat(decoded(fake, [...start, { endpoint: '', arrivedAt: 10, bytes }]).blocks);
      expect(whole.length).toBeGreaterThan(30);
      const { uniform } = random(9, 'cuts');
      const device = deviceOf(fake);
      for (let round = 0; round < 1000; round++) {
        const blocks: SampleBlock[] = [];
        from([...start, ...cutAtRandom(bytes, 1 + (round % 80), uniform, 10)])
          .pipe(device.decode(ignoreReports))
          .subscribe((block) => blocks.push(block));
        const cut = flat(blocks);
        if (cut.length !== whole.length || cut.some((value, i) => value !== whole[i])) expect(cut, `round ${round}`).toEqual(whole);
      }
    });

    it('loses at most two frames to garbage, and makes nothing up', () => {
      const { uniform } = random(10, 'garbage');
      for (let round = 0; round < 200; round++) {
        const units = fake.units(60, 100 + round);
        const garbage = Uint8Array.from({ length: 1 + Math.floor(uniform() * 100) }, () => Math.floor(uniform() * 256));
        const chunks = chunksOf(fake, units).flatMap((chunk, i, all) =>
          i === all.length - 30 ? [{ ...chunk, bytes: garbage }, chunk] : [chunk],
        );
        const rows = rowsOf(decoded(fake, chunks).blocks);
        for (const [id, truth] of truthOf(units)) {
          const given = [...(rows.get(id)?.values() ?? [])];
          const right = given.filter((row) => truth.some((expected) => !differs(row, expected, fake.tolerance[id]!))).length;
          if (given.length > 0) expect(truth.length - right, `${id}, lost in round ${round}`).toBeLessThanOrEqual(2);
          expect(given.length - right, `${id}, made up in round ${round}`).toBeLessThanOrEqual(fake.madeUp ?? 0);
        }
      }
    });
  } else {
    it('is not disturbed by packets of a wrong length or of other endpoints', () => {
      const units = fake.units(unitsIn(fake.unitSec < 0.5 ? 4 : 20), 11);
      const clean = decoded(fake, chunksOf(fake, units)).blocks;
      const { uniform } = random(11, 'packets');
      const chunks = chunksOf(fake, units).flatMap((chunk) => {
        const length = [0, 1, 7, 13][Math.floor(uniform() * 4)]!;
        const bytes = Uint8Array.from({ length }, () => 0x2b);
        return uniform() < 0.3 ? [{ ...chunk, bytes }, { ...chunk, endpoint: 'elsewhere', bytes: Uint8Array.of(1, 2) }, chunk] : [chunk];
      });
      if (fake.device === 'emotibit') return expect(decoded(fake, chunks).blocks.length).toBeGreaterThan(0);
      const disturbed = decoded(fake, chunks).blocks;
      return expect(rowsOf(disturbed)).toEqual(rowsOf(clean));
    });
  }
});

/** Signals whose losses are told under the name of another, because they are sampled together. */
const sharesClock = (fake: Fake, signal: string, id: string): boolean =>
  (signal === 'acceleration' && id === 'gyroscope' && fake.device === 'muse-athena') ||
  (signal === 'eda' && (id === 'ppg' || id === 'inputs'));

describe('the list of devices', () => {
  it('has different names', () => {
    expect(new Set(devices.map(({ name }) => name)).size).toBe(devices.length);
  });

  it('names every device file of the folder', async () => {
    const folder = new URL('../../src/devices/', import.meta.url);
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts');
    for (const file of files) {
      const exported = Object.values((await import(new URL(file, folder).href)) as Record<string, unknown>);
      const kinds = exported.filter((value) => typeof value === 'object' && value !== null && 'create' in value && 'schemes' in value);
      for (const kind of kinds) expect(devices, file).toContain(kind);
    }
  });

  it('has a play for every device but the simulated one', () => {
    const played = new Set(fakes.map(({ device }) => device));
    expect(devices.map(({ name }) => name).filter((name) => !played.has(name) && name !== 'simulated')).toEqual([]);
  });

  it('refuses an option it does not know', () => {
    for (const kind of devices) {
      const create = () => kind.create({ ...fakes.find(({ device }) => device === kind.name)?.options, colour: 'red' });
      expect(create, kind.name).toThrow(/no option 'colour'/);
    }
  });
});
