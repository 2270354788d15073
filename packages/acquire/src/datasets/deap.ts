import { basename, join } from 'node:path';
import { openFileSource } from '../codecs/byte-source.ts';
import { allNumbers, rowReader } from '../codecs/numpy-array.ts';
import { readPickle } from '../codecs/numpy-pickle.ts';
import { isNumpyArray } from '../codecs/pickle-globals.ts';
import type { AuxiliarySignal, EegSignal, Signal } from '../signal.ts';
import { blockOf, inScale, namesIn, unexpected, upTo } from './checked.ts';
import type { Corpus, DatasetPart, Trial } from './dataset.ts';

/**
 * DEAP, preprocessed Python files (Koelstra et al. 2012, doi:10.1109/T-AFFC.2011.15): 32 people, 40 music videos each.
 *
 *     data_preprocessed_python/s01.dat … s32.dat    Python 2 pickle: { data (40, 40, 8064), labels (40, 4) }
 *     data     trials in order of Experiment_id (not of showing), channels, 128 Hz: 3 s before the video, 60 s of it
 *     labels   valence, arousal, dominance, liking, 1 to 9
 *
 * Skin conductance is given as `gsr` in arbitrary units: the two laboratories recorded ohm and nanosiemens, and the files do not say what became
 * of them. It is to be normalised by person.
 *
 * Everybody was shown the same 40 videos, and Experiment_id is the number of the video (the owner's description at
 * eecs.qmul.ac.uk/mmv/datasets/deap/readme.html): trial n of a file is video n. Which ones a file of other than 40 trials has cannot be known: there
 * no stimulus is named.
 */
const sfreq = 128;
const baselineTimes = 3 * sfreq;
const published = { nTrials: 40, nChannels: 40, nTimes: 8064 };

const eeg: EegSignal = {
  id: 'eeg',
  kind: 'eeg',
  unit: 'µV',
  sfreq,
  montage: {
    channels: 'Fp1 AF3 F3 F7 FC5 FC1 C3 T7 CP5 CP1 P3 P7 PO3 O1 Oz Pz Fp2 AF4 Fz F4 F8 FC6 FC2 Cz C4 T8 CP6 CP2 P4 P8 PO4 O2'.split(' '),
    reference: 'average',
  },
};

const line = (id: string): AuxiliarySignal => ({
  id,
  kind: 'auxiliary',
  unit: 'a.u.',
  sfreq,
  montage: { channels: [id], reference: 'n/a' },
});

/** In the file's order of channels. */
const signals: readonly Signal[] = [
  eeg,
  ...['heog', 'veog', 'zygomaticus-emg', 'trapezius-emg', 'gsr', 'respiration', 'plethysmograph', 'skin-temperature'].map(line),
];

const scales = ['valence', 'arousal', 'dominance', 'liking'] as const;

async function* trialsOf(path: string, subject: string, note: (oddity: string) => void): AsyncGenerator<Trial, void> {
  const source = openFileSource(path);
  try {
    const content = readPickle(source);
    const data = content instanceof Map ? content.get('data') : undefined;
    const labels = content instanceof Map ? content.get('labels') : undefined;
    if (!isNumpyArray(data) || !isNumpyArray(labels)) throw unexpected(path, "expected a dict with the arrays 'data' and 'labels'");
    const [nTrials = 0, nChannels = 0, nTimes = 0] = data.shape;
    if (data.shape.length !== 3 || nChannels !== published.nChannels || nTimes <= baselineTimes) {
      throw unexpected(path, `'data' has the shape (${data.shape.join(', ')}), expected (40, 40, 8064)`);
    }
    if (labels.shape.length !== 2 || labels.shape[0] !== nTrials || labels.shape[1] !== scales.length) {
      throw unexpected(path, `'labels' has the shape (${labels.shape.join(', ')}), expected (${nTrials}, 4)`);
    }
    if (nTimes !== published.nTimes) note(`trials of ${nTimes} samples, published are ${published.nTimes}`);
    const ratings = allNumbers(labels);
    const rows = rowReader(data);
    for (let i = 0; i < nTrials; i++) {
      const all = rows.rows(1);
      const blocks = (from: number, to: number) => {
        let channel = 0;
        return signals.map((signal) => {
          const n = signal.montage.channels.length;
          const values = new Float64Array(n * (to - from));
          for (let c = 0; c < n; c++) values.set(all.subarray((channel + c) * nTimes + from, (channel + c) * nTimes + to), c * (to - from));
          channel += n;
          return blockOf(path, signal, from, values);
        });
      };
      const rated = scales.map(
        (scale, s) => [scale, inScale(path, `${scale} of trial ${i + 1}`, ratings[i * scales.length + s]!, 1, 9)] as const,
      );
      yield {
        subject,
        session: '1',
        trial: i + 1,
        ...(nTrials === published.nTrials && { stimulus: `video ${i + 1}` }),
        labels: Object.fromEntries(rated),
        baseline: blocks(0, baselineTimes),
        blocks: blocks(baselineTimes, nTimes),
        features: [],
      };
    }
    rows.end();
  } finally {
    source.close();
  }
}

/** The corpus; the folder may be the one above the files. */
export const deap: Corpus = {
  name: 'deap',
  title: 'DEAP (Koelstra et al. 2012), preprocessed Python files',
  published: { subjects: 32, sessions: 32, trials: 1280 },
  find: async (folder) => {
    const inside = (await namesIn(folder)).includes('data_preprocessed_python') ? join(folder, 'data_preprocessed_python') : folder;
    const files = (await namesIn(inside)).filter((name) => /^s\d\d\.dat$/.test(name));
    if (files.length === 0) return undefined;
    const parts = files.map((name): DatasetPart => {
      const subject = basename(name, '.dat');
      return { name, content: 'signals', subjects: [subject], trials: (note) => trialsOf(join(inside, name), subject, note) };
    });
    const expected = upTo(1, 32).map((n) => `s${String(n).padStart(2, '0')}.dat`);
    return { corpus: deap, folder, parts, missing: expected.filter((name) => !files.includes(name)) };
  },
};
