import { join } from 'node:path';
import { isEmpaticaE4, openEmpaticaE4 } from '../files/empatica-e4.ts';
import { linesOf } from '../files/lines.ts';
import type { Recording } from '../files/recording.ts';
import type { SampleBlock } from '../signal.ts';
import { namesIn, possible, unexpected, upTo } from './checked.ts';
import type { Corpus, DatasetPart, Trial } from './dataset.ts';

/**
 * Stress-Predict (Iqbal et al. 2022, doi:10.3390/s22218135, MIT): an hour of Empatica E4 a person, rest and three stressful tasks in turn.
 *
 *     S01/EDA.csv …                  Empatica E4 sessions
 *     labels_per_second.csv[.gz]     Participant,HR,respr,Time(sec),Label      unix second; 0 rest, 1 task; from participant 2 on
 *
 * A trial is a condition, not a clip: it has no stimulus.
 */
const labelFiles = ['labels_per_second.csv.gz', 'labels_per_second.csv', 'Improved_All_Combined_hr_rsp_binary.csv'];

/** A stretch of one label; a stretch ends where the label changes or a second has none. */
export interface StressPredictPhase {
  /** 0 rest, 1 task. */
  readonly label: number;
  /** Session time, s, end exclusive; 0 is the recording's start. */
  readonly tmin: number;
  readonly tmax: number;
}

/** Unix second → label, of one person. */
type Labels = ReadonlyMap<number, number>;

/** Labels of all people by folder name (`S02`). Throws `AcquireError`: `not-found`, `no-permission`, `bad-file` for a line that is none. */
export const readStressPredictLabels = async (path: string): Promise<Map<string, Labels>> => {
  const people = new Map<string, Map<number, number>>();
  for await (const batch of linesOf(path)) {
    for (const { text, number } of batch) {
      const [participant = '', , , second = '', label = ''] = text.split(',');
      if (number === 1) continue;
      if (!/^\d{1,2}$/.test(participant) || !/^\d{9,10}(\.0*)?$/.test(second) || !/^[01](\.0*)?$/.test(label.trim())) {
        throw unexpected(path, `line ${number} is '${text.slice(0, 60)}', expected Participant,HR,respr,Time(sec),Label`);
      }
      const name = `S${participant.padStart(2, '0')}`;
      const labels = people.get(name) ?? new Map<number, number>();
      people.set(name, labels.set(Number(second), Number(label)));
    }
  }
  return people;
};

/** Stretches of one label in order of time; `startedAt` is the unix time of the recording's start, s. */
const phasesOf = (labels: Labels, startedAt: number): StressPredictPhase[] => {
  const stretches: { readonly label: number; readonly first: number; end: number }[] = [];
  for (const [second, label] of [...labels].sort(([a], [b]) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && last.label === label && last.end === second) last.end = second + 1;
    else stretches.push({ label, first: second, end: second + 1 });
  }
  return stretches.map(({ label, first, end }) => ({ label, tmin: first - startedAt, tmax: end - startedAt }));
};

/** A person with labels: the recording as a device gives it, and when which label held. */
export interface StressPredictPerson {
  readonly name: string;
  readonly recording: Recording;
  readonly phases: readonly StressPredictPhase[];
}

/** Opens one person of the corpus, `labels` as `readStressPredictLabels` gave them. Throws `AcquireError` as `openRecording` does. */
export const openStressPredict = async (folder: string, name: string, labels: Labels): Promise<StressPredictPerson> => {
  const recording = await openEmpaticaE4(join(folder, name));
  return { name, recording, phases: phasesOf(labels, recording.startedAt ?? Number.NaN) };
};

/** The part of a block within [tmin, tmax) s; undefined where there is none. */
const clipped = (block: SampleBlock, tmin: number, tmax: number): SampleBlock | undefined => {
  const { signal, data } = block;
  const nChannels = signal.montage.channels.length;
  const nTimes = data.length / nChannels;
  const isIn = (t: number) => block.tmin + t / signal.sfreq >= tmin && block.tmin + t / signal.sfreq < tmax;
  if (signal.sfreq === 0) return block.tmin >= tmin && block.tmin < tmax ? block : undefined;
  let from = 0;
  while (from < nTimes && !isIn(from)) from++;
  let to = from;
  while (to < nTimes && isIn(to)) to++;
  if (from === to) return undefined;
  if (to - from === nTimes) return block;
  const values = new Float64Array(nChannels * (to - from));
  for (let c = 0; c < nChannels; c++) values.set(data.subarray(c * nTimes + from, c * nTimes + to), c * (to - from));
  return { ...block, firstSample: block.firstSample + from, tmin: block.tmin + from / signal.sfreq, data: values };
};

async function* trialsOf(folder: string, name: string, labelsPath: string, note: (oddity: string) => void): AsyncGenerator<Trial, void> {
  const labels = (await readStressPredictLabels(labelsPath)).get(name);
  if (labels === undefined) {
    note('it has no labels');
    return;
  }
  const { recording, phases } = await openStressPredict(folder, name, labels);
  // An hour of an E4 is a few megabytes: held, because every phase takes its part of it.
  const all: SampleBlock[] = [];
  let nReports = 0;
  for await (const block of recording.blocks(() => nReports++)) {
    possible(name, block.signal.id, block.data);
    all.push(block);
  }
  if (nReports > 0) note(`its recording is damaged or has holes in ${nReports} places`);
  for (const [p, { label, tmin, tmax }] of phases.entries()) {
    const blocks = all.flatMap((block) => clipped(block, tmin, tmax) ?? []);
    if (blocks.length === 0) note(`nothing was recorded in phase ${p + 1}`);
    yield { subject: name, session: '1', trial: p + 1, labels: { stress: label }, baseline: [], blocks, features: [] };
  }
}

/** The corpus; the folder is the one with the people's folders. */
export const stressPredict: Corpus = {
  name: 'stress-predict',
  title: 'Stress-Predict (Iqbal et al. 2022)',
  published: { subjects: 35, sessions: 35 },
  find: async (folder) => {
    const names = await namesIn(folder);
    const people = names.filter((name) => /^S\d\d$/.test(name));
    const labels = labelFiles.find((name) => names.includes(name));
    if (people.length === 0 || labels === undefined) return undefined;
    const parts: DatasetPart[] = [];
    for (const name of people) {
      if (!isEmpaticaE4(await namesIn(folder, name))) continue;
      parts.push({ name, content: 'signals', subjects: [name], trials: (note) => trialsOf(folder, name, join(folder, labels), note) });
    }
    const expected = upTo(1, 35).map((n) => `S${String(n).padStart(2, '0')}`);
    return { corpus: stressPredict, folder, parts, missing: expected.filter((name) => !parts.some((part) => part.name === name)) };
  },
};
