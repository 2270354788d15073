import { readdirSync, readFileSync } from 'node:fs';
import type { Report, SampleBlock, Signal, SignalKind } from '@affect-edge/acquire';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { epochs } from '../src/epoch.ts';
import { extract } from '../src/extract.ts';
import type { FeatureVector } from '../src/feature.ts';
import { refusal } from '../src/refusal.ts';
import { FEATURES, type FeatureEntry, findFeature } from '../src/registry.ts';
import { block, congruential } from './signals.ts';

const hopSec = 0.5;
const seconds = 80;

const described = { montage: { channels: ['x', 'y', 'z'], reference: 'n/a' } };
const one = { montage: { channels: ['one'], reference: 'n/a' } };
const signals: Partial<Record<SignalKind, Signal>> = {
  eeg: { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 128, montage: { channels: ['Fp1', 'Fp2', 'F3', 'F4', 'O1'], reference: 'n/a' } },
  eda: { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, ...one },
  ppg: { id: 'ppg', kind: 'ppg', unit: 'a.u.', sfreq: 64, ...one },
  acceleration: { id: 'acceleration', kind: 'acceleration', unit: 'g', sfreq: 32, ...described },
  temperature: { id: 'temperature', kind: 'temperature', unit: '°C', sfreq: 4, ...one },
  'inter-beat': { id: 'ibi', kind: 'inter-beat', unit: 's', sfreq: 0, ...one },
};
/** Typical level and size of each kind. */
const sizes: Partial<Record<SignalKind, readonly [number, number]>> = {
  eeg: [40_000, 30],
  eda: [4, 0.3],
  ppg: [0, 50],
  acceleration: [0.5, 0.2],
  temperature: [33, 0.1],
  'inter-beat': [0.8, 0.05],
};

/** `seconds` of a signal as blocks of half a second (single beats where irregular), the value of each number told by `f(i)`, i counting numbers. */
const recording = (kind: SignalKind, f: (noise: number, i: number) => number, from = 0): SampleBlock[] => {
  const signal = signals[kind]!;
  const [level, size] = sizes[kind]!;
  const n = Math.max(1, Math.round(signal.sfreq * hopSec)) * signal.montage.channels.length;
  const nBlocks = signal.sfreq > 0 ? seconds / hopSec : seconds / level;
  const noise = congruential(7, n * Math.ceil(nBlocks));
  return Array.from({ length: Math.floor(nBlocks) }, (_, k) => {
    const data = noise.slice(k * n, (k + 1) * n).map((u, i) => f(level + size * u, k * n + i));
    const perBlock = n / signal.montage.channels.length;
    return block(signal, from * perBlock + k * perBlock, (from + k) * (signal.sfreq > 0 ? hopSec : level), data);
  });
};
const run = (entry: FeatureEntry, blocks: readonly SampleBlock[], reports: Report[] = []): FeatureVector[] => {
  const got: FeatureVector[] = [];
  from(blocks)
    .pipe(
      epochs({ hopSec }),
      extract([entry.create()], hopSec, (report) => reports.push(report)),
    )
    .subscribe({
      next: (vector) => got.push(vector),
      error: (cause) => {
        throw cause;
      },
    });
  return got;
};
const isSound = ({ spec, values, quality, tmin, tmax }: FeatureVector): boolean =>
  values.length === spec.axes.reduce((size, { labels }) => size * labels.length, 1) &&
  values.every(Number.isFinite) &&
  quality >= 0 &&
  quality <= 1 &&
  tmin < tmax;

describe.each(FEATURES)('$name', (entry) => {
  const noise = recording(entry.kind, (u) => u);

  it('gives vectors of the shape its spec says, finite, with a quality, on noise', () => {
    const got = run(entry, noise);
    expect(got.length).toBeGreaterThan(0);
    expect(got.filter((vector) => !isSound(vector))).toEqual([]);
    expect(got[0].spec.name.length * got[0].spec.unit.length).toBeGreaterThan(0);
  });

  it.each([
    ['flat', (_: number, i: number) => (i < 0 ? i : 5)],
    ['zero', () => 0],
    ['with a spike', (u: number, i: number) => (i === 600 ? u * 1e6 : u)],
    ['railed', (u: number) => Math.sign(u) * 187_500],
  ])('stays finite on a signal that is %s', (_, f) => {
    expect(run(entry, recording(entry.kind, f)).filter((vector) => !isSound(vector))).toEqual([]);
  });

  it('gives nothing of a signal shorter than a hop', () => {
    expect(
      run(
        entry,
        noise.slice(0, 1).map((part) => ({ ...part, data: part.data.slice(0, part.signal.montage.channels.length) })),
      ),
    ).toEqual([]);
  });

  it('begins anew after a gap: what follows is what a fresh start gives', () => {
    const later = recording(entry.kind, (u) => u, 400);
    const fresh = run(entry, later);
    const got = run(entry, [...noise, ...later]);
    expect(got.slice(-fresh.length).map(({ index, values }) => [index, ...values])).toEqual(
      fresh.map(({ index, values }) => [index, ...values]),
    );
  });

  it('survives a NaN, which is reported', () => {
    const reports: Report[] = [];
    const got = run(
      entry,
      recording(entry.kind, (u, i) => (i === 60 ? Number.NaN : u)),
      reports,
    );
    expect(got.filter((vector) => !isSound(vector))).toEqual([]);
    expect(reports.map(({ kind }) => kind)).toContain('dropped');
  });

  it('gives the same twice, and writes into nothing it was given', () => {
    const before = noise.map(({ data }) => data.slice());
    expect(run(entry, noise)).toEqual(run(entry, noise));
    expect(noise.map(({ data }) => data)).toEqual(before);
  });
});

describe('the registry', () => {
  it('lists every feature there is', () => {
    const registry = readFileSync(new URL('../src/registry.ts', import.meta.url), 'utf8');
    const exported = ['eeg', 'eda', 'context'].flatMap((folder) =>
      readdirSync(new URL(`../src/${folder}/`, import.meta.url))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .flatMap((name) =>
          readFileSync(new URL(`../src/${folder}/${name}`, import.meta.url), 'utf8')
            .split('\nexport const ')
            .slice(1),
        ),
    );
    const features = exported
      .filter(
        (code) =>
          /^\w+ = \((?:(?!\n};?\n)[\s\S])*?\): Feature<'[\w-]+'> =>/.test(code) && /\b(describe:|spectralFeature\(|paired\()/.test(code),
      )
      .map((code) => /^\w+/.exec(code)![0]);
    expect(features.length).toBeGreaterThan(18);
    const missing = features.filter((name) => name !== 'spectralFeature' && !registry.includes(`${name}(`));
    expect(missing).toEqual([]);
  });

  it('has each name once, and the kind its feature has', () => {
    expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(FEATURES.length);
    for (const { create, kind } of FEATURES) expect(create().kind).toBe(kind);
  });

  it('finds a feature by name and suggests the nearest', () => {
    expect(findFeature('band-de').kind).toBe('eeg');
    expect(() => findFeature('band-ed')).toThrow("Unknown feature 'band-ed'. Did you mean 'band-de'? Known features are band-de,");
  });
});

describe.each(FEATURES.map((entry) => [entry.name, entry] as const))('%s and signals it cannot be computed of', (_, entry) => {
  const montages = [['Pz'], ['A', 'B', 'C'], ['Fp1', 'Fp2', 'F3', 'F4'], Array.from({ length: 64 }, (_, c) => `E${c}`)];
  const rates = [0.1, 1, 2, 3.9, 4, 7.9, 8, 25, 32, 62.5, 64, 66, 100, 128, 250, 250.3, 512, 2048, 16_000];
  const ofRate = rates.flatMap((sfreq) =>
    // of that kind and unit, whatever the kind
    montages.map((channels) => ({ ...signals[entry.kind]!, sfreq, montage: { channels, reference: 'n/a' } }) as Signal),
  );

  it('refuses them by `bad-signal` before it begins, or takes them', () => {
    const codes = new Set(ofRate.map((signal) => refusal(entry.create(), signal, hopSec)?.code));
    codes.delete(undefined);
    expect([...codes].filter((code) => code !== 'bad-signal')).toEqual([]);
    // by its description already, so that nothing need be opened to know
    for (const signal of ofRate) {
      const feature = entry.create();
      const describe = feature.describe as (signal: Signal) => unknown;
      if (refusal(feature, signal, hopSec) === undefined) expect(() => describe(signal)).not.toThrow();
      else expect(() => describe(signal)).toThrow(expect.objectContaining({ code: 'bad-signal' }));
    }
  });
});
