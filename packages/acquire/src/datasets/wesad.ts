import { join } from 'node:path';
import { openFileSource } from '../codecs/byte-source.ts';
import { textOf } from '../codecs/byte-span.ts';
import { type RowReader, rowReader } from '../codecs/numpy-array.ts';
import { readPickle } from '../codecs/numpy-pickle.ts';
import { isNumpyArray, isSpan, type PickleValue } from '../codecs/pickle-globals.ts';
import type { Signal } from '../signal.ts';
import { blockOf, byChannel, inScale, namesIn, unexpected } from './checked.ts';
import type { Corpus, DatasetPart, Trial } from './dataset.ts';
import { readWesadE4, wesadWitnesses } from './wesad-e4.ts';
import { readWesadQuest, type WesadAnswers } from './wesad-quest.ts';

/**
 * WESAD (Schmidt et al. 2018, doi:10.1145/3242969.3242985): 15 people, a RespiBAN on the chest and an Empatica E4 on the wrist.
 *
 *     SX/SX.pkl         Python 2 pickle: { subject, label (n,) at 700 Hz, signal: { chest: { ACC (n, 3), ECG, EMG, EDA, Temp, Resp (n, 1) },
 *                       wrist: { ACC (m, 3) 32 Hz, BVP 64 Hz, EDA, TEMP 4 Hz } } }
 *     SX/SX_quest.csv   schedule and questionnaires
 *     SX/SX_E4_Data.zip the wristband's own export: of it, heart rate and beats (`wesad-e4.ts`), which the pickle does not have
 *     label             0 between, 1 baseline, 2 stress, 3 amusement, 4 meditation, 5 to 7 to be ignored
 *
 * A trial is a condition, not a clip: it has no stimulus.
 *
 * The files have about 1 GB where the numbers have 0.3: they are written in protocol 0, as text. They are decoded while they are read.
 */
const labelRate = 700;
const single = (name: string) => ({ channels: [name], reference: 'n/a' });
const axes = { channels: ['x', 'y', 'z'], reference: 'n/a' };

interface Column {
  readonly device: 'chest' | 'wrist';
  readonly key: string;
  readonly signal: Signal;
  readonly scale?: number;
}

const auxiliary = (id: string, unit: 'mV' | '%'): Signal => ({ id, kind: 'auxiliary', unit, sfreq: 700, montage: single(id) });

const columns: readonly Column[] = [
  { device: 'chest', key: 'ACC', signal: { id: 'chest-acceleration', kind: 'acceleration', unit: 'g', sfreq: 700, montage: axes } },
  { device: 'chest', key: 'ECG', signal: auxiliary('chest-ecg', 'mV') },
  { device: 'chest', key: 'EMG', signal: auxiliary('chest-emg', 'mV') },
  { device: 'chest', key: 'EDA', signal: { id: 'chest-eda', kind: 'eda', unit: 'µS', sfreq: 700, montage: single('EDA') } },
  {
    device: 'chest',
    key: 'Temp',
    signal: { id: 'chest-temperature', kind: 'temperature', unit: '°C', sfreq: 700, montage: single('Temp') },
  },
  { device: 'chest', key: 'Resp', signal: auxiliary('chest-respiration', '%') },
  {
    device: 'wrist',
    key: 'ACC',
    signal: { id: 'wrist-acceleration', kind: 'acceleration', unit: 'g', sfreq: 32, montage: axes },
    scale: 1 / 64,
  },
  { device: 'wrist', key: 'BVP', signal: { id: 'wrist-pulse', kind: 'ppg', unit: 'a.u.', sfreq: 64, montage: single('BVP') } },
  { device: 'wrist', key: 'EDA', signal: { id: 'wrist-eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: single('EDA') } },
  { device: 'wrist', key: 'TEMP', signal: { id: 'wrist-temperature', kind: 'temperature', unit: '°C', sfreq: 4, montage: single('TEMP') } },
];

/** Which questionnaire belongs to which label; meditation has two, in order. */
const labelOfCondition = (condition: string): number => {
  const name = condition.toLowerCase();
  return name.startsWith('base') ? 1 : name.startsWith('tsst') ? 2 : name.startsWith('fun') ? 3 : name.startsWith('medi') ? 4 : 0;
};

interface Stretch {
  readonly label: number;
  /** In samples of the label, end exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Stretches of one label 1 to 4, in order. Reads the labels piece by piece. */
const stretchesOf = (path: string, labels: RowReader): Stretch[] => {
  const stretches: Stretch[] = [];
  let label = 0;
  let from = 0;
  const close = (to: number) => {
    if (label >= 1 && label <= 4) stretches.push({ label, from, to });
    if (stretches.length > 100) throw unexpected(path, 'its labels change more than 100 times');
    from = to;
  };
  for (let at = 0; at < labels.nRows; ) {
    const piece = labels.rows(Math.min(65536, labels.nRows - at));
    for (const value of piece) {
      if (value !== label) {
        close(at);
        label = inScale(path, 'a label', value, 0, 7);
      }
      at++;
    }
  }
  labels.end();
  close(labels.nRows);
  return stretches;
};

const arrayAt = (path: string, map: PickleValue | undefined, name: string, nColumns: number): RowReader => {
  const key = name.split('.').at(-1)!;
  const array = map instanceof Map ? map.get(key) : undefined;
  const isShaped =
    isNumpyArray(array) && (array.shape.length === 2 ? array.shape[1] === nColumns : array.shape.length === 1 && nColumns === 1);
  if (!isNumpyArray(array) || !isShaped) {
    throw unexpected(
      path,
      `'${name}' ${isNumpyArray(array) ? `has the shape (${array.shape.join(', ')})` : 'is missing'}, expected (n, ${nColumns})`,
    );
  }
  return rowReader(array);
};

async function* trialsOf(folder: string, subject: string, note: (oddity: string) => void): AsyncGenerator<Trial, void> {
  const path = join(folder, `${subject}.pkl`);
  const source = openFileSource(path);
  try {
    const content = readPickle(source);
    if (!(content instanceof Map)) throw unexpected(path, 'expected a dict');
    const name = content.get('subject');
    if (!isSpan(name) || textOf(name) !== subject)
      throw unexpected(path, `it says it is of '${isSpan(name) ? textOf(name) : '?'}', not of '${subject}'`);
    const signal = content.get('signal');
    const devices = signal instanceof Map ? signal : new Map<string, PickleValue>();
    const labels = arrayAt(path, content, 'label', 1);
    const durationSec = labels.nRows / labelRate;
    const readers = columns.map(({ device, key, signal: { montage, sfreq } }) => {
      const reader = arrayAt(path, devices.get(device), `signal.${device}.${key}`, montage.channels.length);
      const offSec = reader.nRows / sfreq - durationSec;
      if (Math.abs(offSec) > 1)
        note(`${device} ${key} is ${Math.abs(offSec).toFixed(1)} s ${offSec > 0 ? 'longer' : 'shorter'} than its labels`);
      return reader;
    });
    const stretches = stretchesOf(path, labels);
    const eda = arrayAt(path, devices.get('wrist'), 'signal.wrist.EDA', 1);
    const beats = await readWesadE4(folder, subject, eda.rows(Math.min(eda.nRows, wesadWitnesses)), note);
    const answers = await answersOf(join(folder, `${subject}_quest.csv`), stretches, note);
    const positions = columns.map(() => 0);
    for (const [i, { label, from, to }] of stretches.entries()) {
      const blocks = columns.flatMap(({ signal: column, scale }, c) => {
        const reader = readers[c]!;
        const first = Math.min(reader.nRows, Math.ceil((from / labelRate) * column.sfreq));
        const last = Math.min(reader.nRows, Math.ceil((to / labelRate) * column.sfreq));
        reader.skip(first - positions[c]!);
        positions[c] = last;
        const rows = reader.rows(last - first);
        return rows.length === 0 ? [] : [blockOf(path, column, first, byChannel(rows, reader.rowLength, scale))];
      });
      blocks.push(...(beats?.between(from / labelRate, to / labelRate) ?? []));
      yield { subject, session: '1', trial: i + 1, labels: { condition: label, ...answers[i] }, baseline: [], blocks, features: [] };
    }
    readers.forEach((reader, c) => {
      reader.skip(reader.nRows - positions[c]!);
      reader.end();
    });
  } finally {
    source.close();
  }
}

/** The answers that belong to each stretch: those of the same condition, in order; none where the file is missing. */
const answersOf = async (
  path: string,
  stretches: readonly Stretch[],
  note: (oddity: string) => void,
): Promise<Record<string, number>[]> => {
  const quest = await readWesadQuest(path).catch((error): WesadAnswers[] => {
    if (error.code !== 'not-found') throw error;
    note('its questionnaires are missing');
    return [];
  });
  return stretches.map(({ label }, i) => {
    const nth = stretches.slice(0, i).filter((other) => other.label === label).length;
    const found = quest.filter(({ condition }) => labelOfCondition(condition) === label)[nth];
    if (found === undefined && quest.length > 0) note(`stretch ${i + 1} (label ${label}) has no questionnaire`);
    return { ...found?.answers };
  });
};

const subjects = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17].map((n) => `S${n}`);

/** The corpus. Five stretches a person: baseline, stress, amusement and two of meditation. */
export const wesad: Corpus = {
  name: 'wesad',
  title: 'WESAD (Schmidt et al. 2018)',
  published: { subjects: 15, sessions: 15, trials: 75 },
  find: async (folder) => {
    const parts: DatasetPart[] = [];
    for (const subject of (await namesIn(folder)).filter((name) => /^S\d+$/.test(name))) {
      if (!(await namesIn(folder, subject)).includes(`${subject}.pkl`)) continue;
      const name = `${subject}/${subject}.pkl`;
      parts.push({ name, content: 'signals', subjects: [subject], trials: (note) => trialsOf(join(folder, subject), subject, note) });
    }
    if (parts.length === 0) return undefined;
    const found = parts.map(({ name }) => name);
    for (const subject of parts.flatMap((part) => part.subjects)) {
      const archive = `${subject}_E4_Data.zip`;
      if ((await namesIn(folder, subject)).includes(archive)) found.push(`${subject}/${archive}`);
    }
    return {
      corpus: wesad,
      folder,
      parts,
      missing: subjects
        .flatMap((subject) => [`${subject}/${subject}.pkl`, `${subject}/${subject}_E4_Data.zip`])
        .filter((name) => !found.includes(name)),
    };
  },
};
