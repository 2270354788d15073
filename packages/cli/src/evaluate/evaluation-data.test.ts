import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { corpora } from '@affect-edge/acquire';
import { collect, type EvaluationData, type EvaluationReport, noiseInPlaceOf, planEvaluation, runTask } from '@affect-edge/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deapFile, matrixOf, wave, writeSeedV } from '../../../acquire/test/fakes/datasets/corpora.ts';
import { type FakeMat, matFile } from '../../../acquire/test/fakes/datasets/mat-writer.ts';
import { type FakeArray, pickle2 } from '../../../acquire/test/fakes/datasets/pickle-writer.ts';
import { auditLines } from '../commands/audit.ts';
import type { EvaluateConfig } from './evaluate-config.ts';
import { evaluationData, evaluationTable, usualConfig } from './evaluation-data.ts';
import { htmlReport } from './html.ts';
import { markdownReport, resultsSection } from './markdown.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'affect-evaluation-data-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Writes files below a folder of this test and gives the folder. */
const written = (folder: string, files: Readonly<Record<string, Buffer>>): string => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return join(root, folder);
};

const trialsOf = (beginning: string, n: number, shape: (trial: number) => number[]): Record<string, FakeMat> =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${beginning}${i + 1}`, matrixOf(...shape(i + 1))]));

/** Two people with 18 clips of 5 s after 2 s of rest, on the headset's offset of 4 mV. */
const dreamerFile = (): Buffer => {
  const raised = (rows: number, columns: number): FakeMat => ({
    shape: [rows, columns],
    values: wave(rows * columns).map((value) => value + 4200),
  });
  const recordings = (rate: number, columns: number): FakeMat => ({
    struct: {
      baseline: { shape: [18, 1], cell: Array.from({ length: 18 }, () => raised(2 * rate, columns)) },
      stimuli: { shape: [18, 1], cell: Array.from({ length: 18 }, () => raised(5 * rate, columns)) },
    },
  });
  const score: FakeMat = { shape: [18, 1], values: Float64Array.from({ length: 18 }, (_, i) => 1 + (i % 5)) };
  const person: FakeMat = {
    struct: { EEG: recordings(128, 14), ECG: recordings(256, 2), ScoreValence: score, ScoreArousal: score, ScoreDominance: score },
  };
  const number = (value: number): FakeMat => ({ shape: [1, 1], values: Float64Array.of(value) });
  const electrodes = 'AF3 F7 F3 FC5 T7 P7 O1 O2 P8 T8 FC6 F4 F8 AF4'.split(' ');
  return matFile({
    DREAMER: {
      struct: {
        Data: { shape: [1, 2], cell: [person, person] },
        EEG_SamplingRate: number(128),
        ECG_SamplingRate: number(256),
        EEG_Electrodes: { shape: [1, 14], cell: electrodes },
      },
    },
  });
};

/** Label and seconds of a short WESAD: rest, stress, amusement, meditation, and what is not to be used between them. */
const stretches = [
  [1, 80],
  [0, 5],
  [2, 80],
  [6, 5],
  [3, 80],
  [4, 80],
] as const;
const nSec = stretches.reduce((sum, [, seconds]) => sum + seconds, 0);
const wesadFile = (subject: string): Buffer => {
  const still = (nRows: number, nColumns: number): FakeArray => ({ shape: [nRows, nColumns], values: new Float64Array(nRows * nColumns) });
  const skin = (rate: number, level: number): FakeArray => ({
    shape: [nSec * rate, 1],
    values: Float64Array.from({ length: nSec * rate }, (_, i) => level + Math.sin(i / rate / 5) ** 2),
  });
  const chest = { ACC: still(nSec * 700, 3), ECG: still(nSec * 700, 1), EMG: still(nSec * 700, 1), EDA: skin(700, 10) };
  const wrist = { ACC: still(nSec * 32, 3), BVP: still(nSec * 64, 1), EDA: skin(4, 2), TEMP: still(nSec * 4, 1) };
  const label = Int32Array.from(stretches.flatMap(([value, seconds]) => new Array<number>(seconds * 700).fill(value)));
  return pickle2({
    signal: { chest: { ...chest, Temp: still(nSec * 700, 1), Resp: still(nSec * 700, 1) }, wrist },
    label: { shape: [label.length], values: label },
    subject,
  });
};

const seedLabel = matFile({ label: { shape: [1, 15], values: Float64Array.of(1, 0, -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 0, 1, -1) } });
const seedFeatures = matFile({ ...trialsOf('de_LDS', 15, () => [62, 3, 5]), ...trialsOf('de_movingAve', 15, () => [62, 2, 5]) });

const folders: Readonly<Record<string, () => string>> = {
  deap: () => written('deap', { 's01.dat': deapFile(5, 384 + 640), 's02.dat': deapFile(5, 384 + 640) }),
  dreamer: () => written('dreamer', { 'DREAMER.mat': dreamerFile() }),
  seed: () => {
    const file = matFile(trialsOf('djc_eeg', 15, () => [62, 630]));
    const name = (subject: number): string => `Preprocessed_EEG/${subject}_20131027.mat`;
    return written('seed', { 'Preprocessed_EEG/label.mat': seedLabel, [name(1)]: file, [name(2)]: file });
  },
  'seed-features': () =>
    written('seed-features', {
      'ExtractedFeatures/label.mat': seedLabel,
      'ExtractedFeatures/1_20131027.mat': seedFeatures,
      'ExtractedFeatures/2_20131027.mat': seedFeatures,
    }),
  'seed-sessions': () => {
    const name = (subject: number, date: number): string => `ExtractedFeatures/${subject}_${date}.mat`;
    const files = [name(1, 20131027), name(1, 20131103), name(2, 20131027), name(2, 20131103)];
    return written('seed-sessions', Object.fromEntries(files.map((file) => [file, seedFeatures])));
  },
  'seed-iv': () => {
    const features = matFile(trialsOf('de_LDS', 24, () => [62, 2, 5]));
    const name = (session: number, subject: number): string => `eeg_feature_smooth/${session}/${subject}_20150715.mat`;
    return written('seed-iv', { [name(1, 3)]: features, [name(1, 7)]: features, [name(2, 3)]: features, [name(2, 7)]: features });
  },
  'seed-v': () => {
    writeSeedV(join(root, 'seed-v'));
    return join(root, 'seed-v');
  },
  wesad: () => written('wesad', { 'S2/S2.pkl': wesadFile('S2'), 'S3/S3.pkl': wesadFile('S3') }),
};

const read = async (name: string, data: Partial<EvaluateConfig['data']> = {}) => {
  const config = await usualConfig(folders[name]!());
  return evaluationTable({ ...config, data: { ...config.data, ...data } });
};

const expected = [
  {
    name: 'deap',
    rows: 2 * 5 * 2,
    classes: ['valence below 5', 'valence from 5'],
    first: '011',
    spec: { zScore: 'global', baseline: 'averaged-waveform' },
  },
  {
    name: 'dreamer',
    rows: 2 * 18 * 2,
    classes: ['valence below 3', 'valence from 3'],
    first: '001110',
    spec: { zScore: 'global', baseline: 'averaged-waveform' },
  },
  {
    name: 'seed',
    rows: 2 * 15 * 2,
    classes: ['emotion -1', 'emotion 0', 'emotion 1'],
    first: '210012',
    spec: { zScore: 'global', baseline: 'none' },
  },
  {
    name: 'seed-features',
    rows: 2 * 15 * 3,
    classes: ['emotion -1', 'emotion 0', 'emotion 1'],
    first: '210012',
    spec: { windowSec: 1, by: 'seed' },
  },
  {
    name: 'seed-iv',
    rows: 4 * 24 * 2,
    classes: [0, 1, 2, 3].map((n) => `emotion ${n}`),
    first: '123020',
    spec: { windowSec: 4, by: 'seed-iv' },
  },
  {
    name: 'seed-v',
    rows: 2 * 45 + 11 * 6,
    classes: [0, 1, 2, 3, 4].map((n) => `emotion ${n}`),
    first: '012340',
    spec: { windowSec: 4, by: 'seed-v' },
  },
] as const;

describe('what is usually told of a corpus, from its own files', () => {
  test.each(expected)('$name: windows, classes and honest folds', async ({ name, rows, classes, first, spec }) => {
    const table = await read(name);
    expect(table.nRows).toBe(rows);
    expect(table.label.classes).toEqual(classes);
    const ofTrial = table.trials.map((_, trial) => table.label.values[table.trial.indexOf(trial)]);
    expect(ofTrial.slice(0, first.length).join('')).toBe(first);
    expect(table.features[0]!.spec.recipe).toMatchObject(spec);
    await honestFolds({ table, noise: [noiseInPlaceOf(table, 1), noiseInPlaceOf(table, 2)] });
  });

  test('wesad: the wrist is told stress from rest and amusement; meditation does not count', async () => {
    const folder = folders.wesad!();
    const config = await usualConfig(folder);
    const data = await evaluationData({ ...config, data: { ...config.data, settledSec: 0 } });
    const { table } = data;
    expect(table.label.classes).toEqual(['condition not 2', 'condition 2']);
    expect(table.trials).toEqual(['S2/1/1', 'S2/1/2', 'S2/1/3', 'S3/1/1', 'S3/1/2', 'S3/1/3']);
    expect(table.trials.map((_, trial) => table.label.values[table.trial.indexOf(trial)]).join('')).toBe('010010');
    const level = table.quantities[0]!.values;
    expect(Math.max(...level)).toBeLessThan(4);
    await honestFolds(data);
    const chest = await evaluationTable({ ...config, data: { ...config.data, settledSec: 0, signalId: 'chest-eda', people: ['S3'] } });
    expect(Math.min(...chest.quantities[0]!.values)).toBeGreaterThan(9);
    expect(chest.subjects).toEqual(['S3']);
  });
});

/** Runs the nearest neighbour through protocols and their controls. */
const reportOf = async (data: EvaluationData, protocols: readonly string[]): Promise<EvaluationReport> => {
  const options = { title: 't', protocols, normalisations: ['train-fit'], networks: [], environment: {} };
  const whole = planEvaluation(data, options);
  const plan = { ...whole, tasks: whole.tasks.filter(({ entrant }) => entrant === '1-NN') };
  const results = [];
  for (const task of plan.tasks) results.push(await runTask(plan, task, data));
  return collect(plan, data, results);
};

/** Runs the nearest neighbour through an honest protocol, and looks at what training and test share. */
const honestFolds = async (data: EvaluationData): Promise<void> => {
  const protocol = data.table.subjects.length > 1 ? 'leave-one-subject-out' : 'leave-one-session-out';
  const report = (await reportOf(data, [protocol])).protocols[0]!;
  expect(report.nTestWindows).toBe(data.table.nRows);
  expect(report.audit.shared).toMatchObject({ sameTrialInTraining: 0, overlapsTrainingInTime: 0 });
};

describe('what was shown in the test and in training', () => {
  const audited = async (name: string, protocols: readonly string[]) => {
    const table = await read(name);
    return reportOf({ table, noise: [noiseInPlaceOf(table, 1), noiseInPlaceOf(table, 2)] }, protocols);
  };
  const leftOut = ['leave-one-session-out', 'leave-one-subject-out'];

  test('seed: every clip of the test is one of training, whichever session or person is left out, and every form of the report says so', async () => {
    const report = await audited('seed-sessions', leftOut);
    const caution = (trials: number): string =>
      `caution: 15 of 15 test stimuli of each fold were also shown in training (${trials} of ${trials} test trials); labels go with stimuli: the label that a stimulus mostly has in training is right for 100.0 % of them`;
    const [text, section, page, lines] = [
      markdownReport(report),
      resultsSection(report),
      htmlReport(report),
      auditLines(report).join('\n'),
    ];
    for (const { audit } of report.protocols) {
      expect(audit.stimuli).toMatchObject({ isShared: true, labelOfStimulus: 1 });
      expect(audit.stimuli!.folds.map(({ nStimuli, nStimuliShown }) => [nStimuli, nStimuliShown])).toEqual(
        audit.stimuli!.folds.map(() => [15, 15]),
      );
      // 60 trials: four sessions of fifteen, or two people of thirty.
      for (const form of [text, section, page, lines]) expect(form).toContain(caution(60));
    }
    for (const protocol of leftOut) {
      expect(text).toMatch(new RegExp(`\\| ${protocol}, train-fit \\| (\\*\\*LEAKS\\*\\*|no leak found), known stimuli \\|`));
      expect(section).toMatch(new RegExp(`<summary>${protocol}, train-fit: (LEAKS|no leak found), known stimuli</summary>`));
    }
    for (const form of [text, section, page]) expect(form).toContain('Known stimuli: training was shown what the test trials were shown.');
  });

  test('seed-iv: a session left out leaves out its clips, a person left out does not', async () => {
    const [bySession, bySubject] = (await audited('seed-iv', leftOut)).protocols;
    expect(bySession!.audit.stimuli).toMatchObject({
      isShared: false,
      sentence: 'none of the 24 test stimuli of a fold was shown in training',
    });
    expect(bySubject!.audit.stimuli!.folds).toEqual(
      ['3', '7'].map((fold) => ({ fold, nTrials: 48, nTrialsShown: 48, nStimuli: 48, nStimuliShown: 48 })),
    );
  });

  test('conditions are no stimuli: of wesad nothing is said', async () => {
    const config = await usualConfig(folders.wesad!());
    const report = await reportOf(await evaluationData({ ...config, data: { ...config.data, settledSec: 0 } }), ['leave-one-subject-out']);
    expect(report.protocols[0]!.audit).not.toHaveProperty('stimuli');
    for (const form of [markdownReport(report), resultsSection(report), htmlReport(report), auditLines(report).join('\n')]) {
      expect(form).not.toMatch(/stimul/i);
    }
  });
});

describe('the owner’s features', () => {
  test('are chosen by name; one that there is not is refused with the nearest', async () => {
    const table = await read('seed-features', { feature: 'de_movingAve' });
    expect([table.features[0]!.spec.name, table.nRows]).toEqual(['owner’s de_movingAve', 2 * 15 * 2]);
    await expect(read('seed-features', { feature: 'de_LSD' })).rejects.toThrow("Did you mean 'de_LDS'?");
    await expect(read('seed-v', { feature: 'de_LDS' })).rejects.toThrow("no feature 'de_LDS'");
  });

  test('kept by session come together by subject', async () => {
    const table = await read('seed-iv');
    expect(table.sessions).toEqual(['3/1', '3/2', '7/1', '7/2']);
    expect(Array.from(table.subject)).toEqual(Array.from(table.subject).sort());
  });
});

test('every corpus has something that is usually told of it', () => {
  expect([...new Set([...expected.map(({ name }) => name.replace('-features', '')), 'wesad', 'stress-predict'])].sort()).toEqual(
    corpora.map(({ name }) => name).sort(),
  );
});
