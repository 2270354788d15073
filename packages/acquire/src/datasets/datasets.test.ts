import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  deapRatings,
  wave,
  writeDeap,
  writeDreamer,
  writeSeed,
  writeSeedIv,
  writeSeedV,
  writeStressPredict,
  writeWesad,
  writeWesadE4,
} from '../../test/fakes/datasets/corpora.ts';
import { checkDataset } from './check-dataset.ts';
import type { Trial } from './dataset.ts';
import { corpora, openDataset } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'datasets-'));
afterAll(() => rmSync(root, { recursive: true }));

const trialsOf = async (folder: string, part: string): Promise<Trial[]> => {
  const found = (await openDataset(folder)).parts.find(({ name }) => name === part);
  const trials: Trial[] = [];
  for await (const trial of found!.trials(() => {})) trials.push(trial);
  return trials;
};
const signalOf = ({ blocks }: Trial, id: string) => blocks.find(({ signal }) => signal.id === id)!;
const problemsOf = async (folder: string) =>
  (await checkDataset(await openDataset(folder))).problems.map(({ kind, where, detail }) => `${kind} ${where}: ${detail}`);

test('DEAP: baseline and video, every channel in its place, ratings in their order', async () => {
  const folder = join(root, 'deap');
  writeDeap(folder, 400);
  const trials = await trialsOf(folder, 's01.dat');
  expect(trials).toHaveLength(40);
  const third = trials[2]!;
  expect([third.subject, third.session, third.trial]).toEqual(['s01', '1', 3]);
  const ratings = deapRatings(40);
  expect(third.labels).toEqual({ valence: ratings[8], arousal: ratings[9], dominance: ratings[10], liking: ratings[11] });
  const at = (channel: number, t: number) => Math.sin((2 * 40 + channel) * 400 + t + 1) * 100;
  const eeg = signalOf(third, 'eeg');
  expect([eeg.firstSample, eeg.tmin, eeg.data.length]).toEqual([384, 3, 32 * 16]);
  expect([eeg.data[0], eeg.data[31 * 16 + 15]]).toEqual([at(0, 384), at(31, 399)]);
  expect(signalOf(third, 'gsr').data[1]).toBe(at(36, 385));
  expect(signalOf(third, 'gsr').signal.unit).toBe('a.u.');
  expect([third.baseline[0]!.tmin, third.baseline[0]!.data[384]]).toEqual([0, at(1, 0)]);

  expect(trials.map(({ stimulus }) => stimulus)).toEqual(Array.from({ length: 40 }, (_, i) => `video ${i + 1}`));
  for (const trial of await trialsOf(folder, 's03.dat')) expect(trial).not.toHaveProperty('stimulus');

  const problems = await problemsOf(folder);
  expect(problems).toContain('missing s02.dat: not found');
  expect(problems).toContain('odd s01.dat: trials of 400 samples, published are 8064');
  expect(problems.at(-1)).toMatch(/^odd signals of subject s03, session 1: 2 trials, published are 40; missing 3, 4, /);
});

test('WESAD: stretches of one condition, units converted, each with its own questionnaire, as text and binary', async () => {
  const folder = join(root, 'wesad');
  writeWesad(folder);
  const trials = await trialsOf(folder, 'S2/S2.pkl');
  expect(trials.map(({ labels }) => labels.condition)).toEqual([1, 3, 4, 2, 4]);
  expect(trials.map(({ labels }) => [labels.valence, labels.arousal])).toEqual([
    [2, 9],
    [3, 8],
    [4, 7],
    [5, 6],
    [6, 5],
  ]);
  expect(trials[3]!.labels).toMatchObject({ 'panas-angry': 3, 'panas-sad': 1, 'panas-active': 4, 'stai-at-ease': 4 });
  expect(trials[0]!.labels).toMatchObject({ 'panas-sad': 4 });
  expect(trials[0]!.labels).not.toHaveProperty('panas-angry');
  for (const trial of trials) expect(trial).not.toHaveProperty('stimulus');
  const stress = trials[3]!;
  const eda = signalOf(stress, 'wrist-eda');
  expect([eda.tmin, eda.firstSample, eda.signal.unit]).toEqual([10, 40, 'µS']);
  expect(eda.data).toEqual(wave(8, 41));
  const acceleration = signalOf(stress, 'wrist-acceleration');
  expect(acceleration.data[1 * 64 + 2]).toBe((Math.sin((320 + 2) * 3 + 1 + 1) * 100) / 64);
  expect(signalOf(stress, 'chest-eda').data[0]).toBe(Math.sin(7000 + 1) * 100);
  const binary = await trialsOf(folder, 'S3/S3.pkl');
  expect(binary.map(({ blocks }) => blocks)).toEqual(trials.map(({ blocks }) => blocks));
  expect(await problemsOf(folder)).toContain('odd S3/S3.pkl: its questionnaires are missing');
});

test('SEED: signals by electrode, differential entropy by window, labels compared with the file', async () => {
  const folder = join(root, 'seed');
  writeSeed(folder);
  const again = await trialsOf(folder, 'Preprocessed_EEG/1_20131030.mat');
  const second = again[4]!;
  expect([second.session, second.trial, second.labels.emotion]).toEqual(['2', 5, 0]);
  const eeg = signalOf(second, 'eeg');
  expect(eeg.data[3 * 25 + 7]).toBe(Math.sin(7 * 62 + 3 + 1) * 100);
  const trials = await trialsOf(folder, 'ExtractedFeatures/1_20131027.mat');
  expect(trials).toHaveLength(15);
  // The same clips in every session, whatever is read of them.
  expect(again.map(({ stimulus }) => stimulus)).toEqual(Array.from({ length: 15 }, (_, i) => `clip ${i + 1}`));
  expect(trials.map(({ session, trial, stimulus }) => [session, `clip ${trial}`, stimulus])).toEqual(
    again.map(({ stimulus }) => ['1', stimulus, stimulus]),
  );
  const [feature] = trials[0]!.features;
  expect([feature?.name, feature?.nWindows, feature?.windowSec]).toEqual(['de_LDS', 4, 1]);
  expect(feature?.values[(2 * 62 + 9) * 5 + 3]).toBe(Math.sin((3 * 4 + 2) * 62 + 9 + 1) * 100);
  const check = await checkDataset(await openDataset(folder));
  expect(check.contents[0]?.counts).toEqual([
    { what: 'subjects', found: 1, published: 15 },
    { what: 'sessions', found: 2, published: 45 },
    { what: 'trials', found: 30, published: 675 },
  ]);
  expect(check.problems).toContainEqual({ kind: 'missing', where: 'Preprocessed_EEG/1_<date>.mat, session 3', detail: 'not found' });
});

test('SEED: each of the twelve features by name, and no other', async () => {
  const folder = join(root, 'seed-features');
  writeSeed(folder);
  const part = (await openDataset(folder)).parts.find(({ name }) => name === 'ExtractedFeatures/1_20131027.mat')!;
  expect(part.features).toHaveLength(12);
  const trials: Trial[] = [];
  for await (const trial of part.trials(() => {}, 'dasm_LDS')) trials.push(trial);
  const [feature] = trials[14]!.features;
  expect([trials.length, feature?.name, feature?.nWindows, feature?.channels.length, feature?.channels[26]]).toEqual([
    15,
    'dasm_LDS',
    4,
    27,
    'dasm-27',
  ]);
  expect(feature?.values[(3 * 27 + 5) * 5 + 2]).toBe(Math.sin((2 * 4 + 3) * 27 + 5 + 1) * 100);
  const moving = part.trials(() => {}, 'de_movingAve')[Symbol.asyncIterator]();
  expect((await moving.next()).value.features[0]).toMatchObject({ name: 'de_movingAve', nWindows: 4 });
  await moving.return?.();
  await expect(() =>
    part
      .trials(() => {}, 'de_LSD')
      [Symbol.asyncIterator]()
      .next(),
  ).rejects.toThrow(/Did you mean 'de_LDS'/);
});

test('SEED saved by MATLAB 7.3 (HDF5) is read as the older files are', async () => {
  const folder = join(root, 'seed73');
  mkdirSync(join(folder, 'Preprocessed_EEG'), { recursive: true });
  copyFileSync(new URL('../../test/golden/recordings_seed73.mat', import.meta.url), join(folder, 'Preprocessed_EEG/1_20131027.mat'));
  const trials = await trialsOf(folder, 'Preprocessed_EEG/1_20131027.mat');
  // HDF5 lists them as djc_eeg1, djc_eeg10 … djc_eeg2; a session's windows must lie in order of time.
  expect(trials.map(({ trial }) => trial)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  const fourth = signalOf(trials.find(({ trial }) => trial === 4)!, 'eeg');
  expect(fourth.data).toHaveLength(62 * 7);
  expect(fourth.data[5 * 7 + 3]).toBe(Math.sin(5 * 7 + 3 + 1) * 100);
});

test('WESAD: the wristband’s own export gives heart rate and beats, laid beside the pickle by its skin conductance', async () => {
  const folder = join(root, 'wesad-e4');
  writeWesad(folder);
  const lateSec = 30;
  writeWesadE4(folder, 'S2', lateSec);
  const stress = (await trialsOf(folder, 'S2/S2.pkl'))[3]!;
  const rate = signalOf(stress, 'wrist-heart-rate');
  expect([rate.tmin, rate.firstSample, rate.signal.unit]).toEqual([10, 10, 'bpm']);
  expect(rate.data[0]).toBe(60 + lateSec);
  const beats = stress.blocks.filter(({ signal }) => signal.id === 'wrist-inter-beat');
  expect(beats.length).toBeGreaterThan(0);
  expect(beats.every(({ tmin }) => tmin >= 10 && tmin < 12)).toBe(true);
  expect((await openDataset(folder)).missing).not.toContain('S2/S2_E4_Data.zip');
  writeWesadE4(folder, 'S2', lateSec, 0.01);
  expect(await problemsOf(folder)).toContain(
    'odd S2/S2.pkl: S2_E4_Data.zip cannot be laid beside the pickle: its skin conductance begins there 0 times',
  );
});

test("SEED-IV: the session's own labels, packed and plain files", async () => {
  const folder = join(root, 'seed-iv');
  writeSeedIv(folder);
  const trials = await trialsOf(folder, 'eeg_raw_data/2/7_20150715.mat');
  expect(trials.map(({ labels }) => labels.emotion).join('')).toBe('213002023323201121030131');
  expect(signalOf(trials[1]!, 'eeg').data[12]).toBe(Math.sin(1 + 1) * 100);
  const features = await trialsOf(folder, 'eeg_feature_smooth/2/7_20150715.mat');
  expect([features.length, features[0]?.features[0]?.windowSec, features[0]?.session]).toEqual([24, 4, '2']);
  for (const trial of [...trials, ...features]) expect(trial.stimulus).toBe(`session 2, clip ${trial.trial}`);
});

test('SEED-V: a pickle in a string in an array in a zip', async () => {
  const folder = join(root, 'seed-v');
  writeSeedV(folder);
  const trials = await trialsOf(folder, '4_123.npz');
  expect(trials).toHaveLength(45);
  expect([trials[17]!.session, trials[17]!.trial, trials[17]!.labels.emotion]).toEqual(['2', 3, 2]);
  expect(trials[17]!.features[0]!.values).toEqual(wave(3 * 310, 17));
  // Three sessions of fifteen clips, none shown twice.
  expect(new Set(trials.map(({ stimulus }) => stimulus)).size).toBe(45);
  expect(trials[17]!.stimulus).toBe('session 2, clip 3');
  const { contents, problems } = await checkDataset(await openDataset(folder));
  expect(contents[0]?.counts.map(({ found }) => found)).toEqual([1, 3, 45]);
  expect(problems).toHaveLength(15);
});

test('DREAMER: each clip with its baseline and scores; a person too few is told', async () => {
  const folder = join(root, 'dreamer');
  writeDreamer(folder, 2);
  const trials = await trialsOf(folder, 'DREAMER.mat');
  expect(trials).toHaveLength(36);
  const last = trials[35]!;
  expect([last.subject, last.trial, last.labels]).toEqual(['2', 18, { valence: 3, arousal: 4, dominance: 5 }]);
  expect([trials[17]!.stimulus, last.stimulus]).toEqual(['clip 18', 'clip 18']);
  const eeg = signalOf(last, 'eeg');
  expect([eeg.firstSample, eeg.data.length, eeg.data[26 + 1]]).toEqual([8, 26 * 14, Math.sin(26 + 1 + 1) * 100]);
  expect(last.baseline[1]?.data).toEqual(wave(32));
  const { contents, isComplete } = await checkDataset(await openDataset(folder));
  expect(contents[0]?.counts).toContainEqual({ what: 'subjects', found: 2, published: 23 });
  expect(isComplete).toBe(false);
});

test('a corpus that is all there is complete', async () => {
  const folder = join(root, 'dreamer-whole');
  writeDreamer(folder, 23);
  expect(await checkDataset(await openDataset(folder))).toMatchObject({ corpus: 'dreamer', isComplete: true, problems: [] });
});

test('Stress-Predict: a phase ends where the label changes or a second has none', async () => {
  const folder = join(root, 'stress-predict');
  writeStressPredict(folder);
  const trials = await trialsOf(folder, 'S02');
  expect(trials.map(({ labels }) => labels.stress)).toEqual([0, 1, 0]);
  for (const trial of trials) expect(trial).not.toHaveProperty('stimulus');
  const samples = (trial: Trial) => trial.blocks.filter(({ signal }) => signal.id === 'eda').flatMap(({ data }) => [...data]);
  expect(trials.map((trial) => samples(trial).length)).toEqual([16, 16, 4]);
  expect(samples(trials[1]!)[0]).toBeCloseTo(2 + Math.sin(25), 5);
  expect(trials[1]!.blocks[0]!.tmin).toBe(6);
});

test('an attack in a corpus is told and the other files are read; a folder of nothing is unknown', async () => {
  const folder = join(root, 'wrong');
  writeDeap(folder, 400);
  writeFileSync(join(folder, 'data_preprocessed_python/s05.dat'), 'cos\nsystem\n(S"ls"\ntR.');
  const problems = await problemsOf(folder);
  expect(problems.find((problem) => problem.startsWith('unreadable s05.dat'))).toMatch(/'os\.system'.*refused, nothing was executed/);
  await expect(openDataset(`${tmpdir()}/there-is-none`)).rejects.toMatchObject({ code: 'unknown-format' });
});

test('every corpus there is a file for is on the list, once', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter(
    (name) => /: Corpus = \{/.test(readFileSync(new URL(name, folder), 'utf8')) && !name.endsWith('.test.ts'),
  );
  expect(corpora.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
});

test('Stress-Predict: a line of the labels that is none is told with its number', async () => {
  const folder = join(root, 'stress-predict-labels');
  writeStressPredict(folder);
  for (const line of ['2,118,12.1,later,1', '2,118,12.1,1644227600,7', '', 'x'.repeat(5000)]) {
    writeFileSync(
      join(folder, 'labels_per_second.csv'),
      `Participant,HR,respr,Time(sec),Label\n2,,,1644227585,0\n${line}\n2,,,1644227586,0\n`,
    );
    expect(await problemsOf(folder)).toContainEqual(expect.stringMatching(/^unreadable S02: .* line 3 is /));
  }
});
