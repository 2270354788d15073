import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../src/datasets/index.ts';
import { AcquireError } from '../../src/errors.ts';
import { random } from '../../src/wearer/random.ts';
import { deapFile, dreamerFile, seedFeatures, seedRaw, seedVFile, wesadFile } from '../fakes/datasets/corpora.ts';
import { type FakeMat, matFile } from '../fakes/datasets/mat-writer.ts';
import { fuzzCount, fuzzFolder } from './counts.ts';

const nAll = fuzzCount(150, 10_000);
const root = mkdtempSync(join(fuzzFolder, 'fuzz-datasets-'));
afterAll(() => rmSync(root, { recursive: true }));

const plain = (): Buffer => {
  const raw: Record<string, FakeMat> = {};
  for (let i = 1; i <= 24; i++) raw[`cz_eeg${i}`] = { shape: [62, 4], values: new Float64Array(248).fill(i) };
  return matFile(raw, { isPacked: false });
};

interface Fuzzed {
  readonly name: string;
  readonly isSummed: boolean;
  /** Share of the runs, where one takes long. */
  readonly share?: number;
  /** Whether the sound file is read again after every damaged one, from the same path, and must give what it gave at first. */
  readonly isSoundAfter?: boolean;
  readonly file: string;
  readonly bytes: () => Buffer;
}

const seed73 = (): Buffer => readFileSync(new URL('../golden/recordings_seed73.mat', import.meta.url));

/** `isSummed`: the format has checksums, so no damage to its content can go unseen. */
const formats: readonly Fuzzed[] = [
  { name: 'DEAP pickle', isSummed: false, file: 'deap/s01.dat', bytes: () => deapFile(2, 400) },
  { name: 'WESAD pickle in protocol 0', isSummed: false, file: 'wesad/S2/S2.pkl', bytes: () => wesadFile('S2') },
  { name: 'WESAD pickle in protocol 2', isSummed: false, file: 'wesad2/S2/S2.pkl', bytes: () => wesadFile('S2', false) },
  { name: 'SEED signals, packed', isSummed: true, file: 'seed/Preprocessed_EEG/1_20131027.mat', bytes: seedRaw },
  { name: 'SEED features, packed', isSummed: true, file: 'seedf/ExtractedFeatures/1_20131027.mat', bytes: seedFeatures },
  { name: 'SEED-IV signals, plain', isSummed: false, file: 'seediv/eeg_raw_data/1/1_20150715.mat', bytes: plain },
  { name: 'SEED-V npz', isSummed: true, file: 'seedv/1_123.npz', bytes: seedVFile },
  {
    name: 'SEED signals, MATLAB 7.3',
    isSummed: false,
    share: 0.03,
    isSoundAfter: true,
    file: 'seed73/Preprocessed_EEG/1_20131027.mat',
    bytes: seed73,
  },
  { name: 'DREAMER struct', isSummed: true, file: 'dreamer/DREAMER.mat', bytes: () => dreamerFile(1) },
];

/** Everything a reader gives for a file, as far as it can be compared: labels, shapes, values. */
const readAll = async (folder: string) => {
  const shapes: unknown[] = [];
  const values: Float64Array[] = [];
  for (const part of (await openDataset(folder)).parts) {
    for await (const { subject, session, trial, labels, baseline, blocks, features } of part.trials(() => {})) {
      const all = [...baseline, ...blocks];
      shapes.push([
        subject,
        session,
        trial,
        Object.keys(labels),
        all.map(({ signal, tmin, data }) => [signal.id, tmin, data.length]),
        features.map(({ nWindows }) => nWindows),
      ]);
      values.push(...all.map(({ data }) => data), ...features.map((feature) => feature.values));
    }
  }
  return { shapes: JSON.stringify(shapes), values };
};

describe.each<Fuzzed>(formats)('$name', ({ name, file, bytes, isSummed, share = 1, isSoundAfter = false }) => {
  const folder = join(root, file.split('/')[0]!);
  const whole = bytes();
  beforeAll(() => void mkdirSync(dirname(join(root, file)), { recursive: true }));

  const nRuns = Math.ceil(nAll * share);
  const timeoutMs = 30_000 + nRuns * 200;

  const attempt = async (content: Buffer) => {
    writeFileSync(join(root, file), content);
    try {
      return await readAll(folder);
    } catch (error) {
      if (!(error instanceof AcquireError)) throw error;
      return undefined;
    }
  };

  test(
    'every truncation gives a typed error',
    async () => {
      const sound = await attempt(whole);
      const draw = random(71, name);
      for (let run = 0; run < nRuns / 2; run++) {
        expect(await attempt(whole.subarray(0, Math.floor(draw.uniform() * whole.length)))).toBeUndefined();
        if (isSoundAfter) expect(await attempt(whole)).toEqual(sound);
      }
    },
    timeoutMs,
  );

  test(
    `a flipped bit gives a typed error, or ${isSummed ? 'what was written' : 'numbers of which none is impossible'}`,
    async () => {
      const sound = await attempt(whole);
      expect(sound).toBeDefined();
      const draw = random(72, name);
      for (let run = 0; run < nRuns / 2; run++) {
        const content = Buffer.from(whole);
        // Half of them where the structure is, not the numbers.
        const at = Math.floor(draw.uniform() * (run % 2 === 0 ? whole.length : Math.min(whole.length, 2048)));
        content[at]! ^= 1 << Math.floor(draw.uniform() * 8);
        const read = await attempt(content);
        if (isSoundAfter) expect(await attempt(whole)).toEqual(sound);
        if (read === undefined) continue;
        if (isSummed) expect(read).toEqual(sound);
        else expect(read.values.every((values) => values.every((value) => Math.abs(value) < 1e9))).toBe(true);
      }
    },
    timeoutMs,
  );
});
