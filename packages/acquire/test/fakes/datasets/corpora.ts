import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FakeMat } from './mat-writer.ts';
import { matFile } from './mat-writer.ts';
import { npyOfBytes, npzFile, zipFile } from './npz-writer.ts';
import { type FakeArray, type FakeValue, pickle0, pickle2 } from './pickle-writer.ts';

/** `sin(i + from) · 100`: what the imitations hold, so that a test can compute it again. */
export const wave = (n: number, from = 1): Float64Array => Float64Array.from({ length: n }, (_, i) => Math.sin(i + from) * 100);

const write = (folder: string, files: Readonly<Record<string, Buffer | string>>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
};

/** Ratings of an imitated DEAP, (nTrials, 4). */
export const deapRatings = (nTrials: number) => Float64Array.from({ length: nTrials * 4 }, (_, i) => 1 + (i % 9));

/** One person of DEAP with fewer, shorter trials. */
export const deapFile = (nTrials: number, nTimes: number): Buffer =>
  pickle2({
    labels: { shape: [nTrials, 4], values: deapRatings(nTrials) },
    data: { shape: [nTrials, 40, nTimes], values: wave(nTrials * 40 * nTimes) },
  });

export const writeDeap = (folder: string, nTimes: number): void =>
  write(folder, { 'data_preprocessed_python/s01.dat': deapFile(40, nTimes), 'data_preprocessed_python/s03.dat': deapFile(2, nTimes) });

/** Label of each second of an imitated WESAD: the order of most people, a few seconds each. */
export const wesadSeconds = [0, 1, 1, 1, 5, 3, 3, 0, 4, 0, 2, 2, 0, 4, 4, 0];
const chest = { ACC: 3, ECG: 1, EMG: 1, EDA: 1, Temp: 1, Resp: 1 };
const wrist = { ACC: [3, 32], BVP: [1, 64], EDA: [1, 4], TEMP: [1, 4] } as const;

export const wesadFile = (subject: string, asText = true): Buffer => {
  const n = wesadSeconds.length * 700;
  const array = (nRows: number, nColumns: number): FakeArray => ({ shape: [nRows, nColumns], values: wave(nRows * nColumns) });
  const content: FakeValue = {
    signal: {
      chest: Object.fromEntries(Object.entries(chest).map(([key, columns]) => [key, array(n, columns)])),
      wrist: Object.fromEntries(Object.entries(wrist).map(([key, [columns, rate]]) => [key, array(wesadSeconds.length * rate, columns)])),
    },
    label: { shape: [n], values: Int32Array.from({ length: n }, (_, i) => wesadSeconds[Math.floor(i / 700)]!) },
    subject,
  };
  return asText ? pickle0(content) : pickle2(content);
};

export const wesadQuest = (subject: string): string => {
  const answers = (tag: string, n: number, from: number) =>
    `# ${tag};${Array.from({ length: n }, (_, i) => 1 + ((i + from) % 4)).join(';')};;`;
  return [
    `# Subj;${subject};;`,
    '# ORDER;Base;Fun;Medi 1;TSST;Medi 2;sRead;fRead;;',
    '# START;7.08;31.2;39.55;50.3;70.19;26;30;;',
    '# END;26.32;38.05;46.5;61.1;77.1;27;31;;',
    ';;;',
    ...[24, 24, 24, 26, 24].map((n, i) => answers('PANAS', n, i)),
    ';;;',
    ...[0, 1, 2, 3, 4].map((i) => answers('STAI', 6, i)),
    ...[0, 1, 2, 3, 4].map((i) => `# DIM;${i + 2};${9 - i};`),
    '# SSSQ;1;2;3;4;5;1;',
  ].join('\n');
};

export const writeWesad = (folder: string): void =>
  write(folder, { 'S2/S2.pkl': wesadFile('S2'), 'S2/S2_quest.csv': wesadQuest('S2'), 'S3/S3.pkl': wesadFile('S3', false) });

/** The wristband's export of which the pickle was cut, `lateSec` after its start; `offBy` is added to its skin conductance. */
export const writeWesadE4 = (folder: string, subject: string, lateSec: number, offBy = 0): void => {
  const start = 1_495_437_325;
  const column = (rate: number, values: readonly number[], from = start) =>
    Buffer.from(`${from}.000000\n${rate}.000000\n${values.map((value) => value.toFixed(6)).join('\n')}\n`);
  const eda = [...Array.from({ length: 4 * lateSec }, () => 0.5), ...wave(wesadSeconds.length * 4), 0.25, 0.25].map(
    (value) => value + offBy,
  );
  const seconds = Array.from({ length: lateSec + wesadSeconds.length }, (_, i) => i);
  write(folder, {
    [`${subject}/${subject}_E4_Data.zip`]: zipFile(
      {
        'EDA.csv': column(4, eda),
        'HR.csv': column(
          1,
          seconds.slice(10).map((sec) => 50 + sec),
          start + 10,
        ),
        'IBI.csv': Buffer.from(`${start}.000000, IBI\n${seconds.map((sec) => `${sec + 0.25},0.796875`).join('\n')}\n`),
        'info.txt': Buffer.from('.csv files in this archive are in the following format'),
      },
      true,
    ),
  });
};

/** (nRows, …) column-major. */
export const matrixOf = (...shape: number[]): FakeMat => ({ shape, values: wave(shape.reduce((product, n) => product * n, 1)) });

const seedLabels = [1, 0, -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 0, 1, -1];
const numbered = (beginning: string, n: number, shape: (i: number) => number[]) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${beginning}${i + 1}`, matrixOf(...shape(i + 1))]));

export const seedRaw = (): Buffer => matFile(numbered('djc_eeg', 15, (i) => [62, 20 + i]));
export const seedFeatures = (): Buffer =>
  matFile({
    ...numbered('de_movingAve', 15, (i) => [62, 3 + i, 5]),
    ...numbered('de_LDS', 15, (i) => [62, 3 + i, 5]),
    ...numbered('dasm_LDS', 15, () => [27, 4, 5]),
  });

export const writeSeed = (folder: string): void => {
  const label = matFile({ label: { shape: [1, 15], values: Float64Array.from(seedLabels) } });
  write(folder, {
    'Preprocessed_EEG/label.mat': label,
    'Preprocessed_EEG/1_20131027.mat': seedRaw(),
    'Preprocessed_EEG/1_20131030.mat': seedRaw(),
    'ExtractedFeatures/label.mat': label,
    'ExtractedFeatures/1_20131027.mat': seedFeatures(),
  });
};

export const writeSeedIv = (folder: string): void =>
  write(folder, {
    'eeg_raw_data/2/7_20150715.mat': matFile(
      numbered('cz_eeg', 24, (i) => [62, 10 + i]),
      { isPacked: false },
    ),
    'eeg_feature_smooth/2/7_20150715.mat': matFile(numbered('de_LDS', 24, (i) => [62, 2 + i, 5])),
  });

export const seedVFile = (): Buffer => {
  const nWindows = (trial: number) => 2 + (trial % 4);
  const data = new Map<number, FakeValue>();
  const label = new Map<number, FakeValue>();
  for (let trial = 0; trial < 45; trial++) {
    data.set(trial, { shape: [nWindows(trial), 310], values: wave(nWindows(trial) * 310, trial) });
    label.set(trial, { shape: [nWindows(trial)], values: new Float64Array(nWindows(trial)).fill(trial % 5) });
  }
  return npzFile({ data: npyOfBytes(pickle2(data)), label: npyOfBytes(pickle2(label)) });
};

export const writeSeedV = (folder: string): void => write(folder, { 'EEG_DE_features/4_123.npz': seedVFile() });

export const dreamerFile = (nPeople: number): Buffer => {
  const recordings = (rows: number, columns: number) => ({
    struct: {
      baseline: { shape: [18, 1], cell: Array.from({ length: 18 }, () => matrixOf(rows, columns)) },
      stimuli: { shape: [18, 1], cell: Array.from({ length: 18 }, (_, i) => matrixOf(rows + i + 1, columns)) },
    },
  });
  const score = (from: number): FakeMat => ({ shape: [18, 1], values: Float64Array.from({ length: 18 }, (_, i) => 1 + ((i + from) % 5)) });
  const person: FakeMat = {
    struct: {
      Age: '22',
      Gender: 'male',
      EEG: recordings(8, 14),
      ECG: recordings(16, 2),
      ScoreValence: score(0),
      ScoreArousal: score(1),
      ScoreDominance: score(2),
    },
  };
  const number = (value: number): FakeMat => ({ shape: [1, 1], values: Float64Array.of(value) });
  const electrodes = 'AF3 F7 F3 FC5 T7 P7 O1 O2 P8 T8 FC6 F4 F8 AF4'.split(' ');
  return matFile({
    DREAMER: {
      struct: {
        Data: { shape: [1, nPeople], cell: Array.from({ length: nPeople }, () => person) },
        EEG_SamplingRate: number(128),
        ECG_SamplingRate: number(256),
        EEG_Electrodes: { shape: [1, 14], cell: electrodes },
        noOfSubjects: number(nPeople),
        noOfVideoSequences: number(18),
        Disclaimer: 'none',
      },
    },
  });
};

export const writeDreamer = (folder: string, nPeople: number): void => write(folder, { 'DREAMER.mat': dreamerFile(nPeople) });

/** A person of Stress-Predict: 12 s of EDA at 4 Hz, temperature 4 Hz, labels 0 0 0 0 1 1 1 1 (hole) 0 0 from second 2 on. */
export const writeStressPredict = (folder: string): void => {
  const column = (rate: number, n: number) =>
    `1644227583\n${rate}.000000\n${Array.from(wave(n), (value) => (2 + value / 100).toFixed(6)).join('\n')}\n`;
  const labels = [0, 0, 0, 0, 1, 1, 1, 1, -1, 0, 0].flatMap((label, i) => (label < 0 ? [] : [`2,118,12.1,${1644227585 + i},${label}`]));
  write(folder, {
    'S02/EDA.csv': column(4, 48),
    'S02/TEMP.csv': column(4, 48),
    'labels_per_second.csv': `Participant,HR,respr,Time(sec),Label\n${labels.join('\n')}\n`,
  });
};
