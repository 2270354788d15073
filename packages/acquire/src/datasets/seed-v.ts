import { join } from 'node:path';
import { openFileSource } from '../codecs/byte-source.ts';
import { readNpz } from '../codecs/npz.ts';
import { allNumbers, bytesSource, rowReader } from '../codecs/numpy-array.ts';
import { readPickle } from '../codecs/numpy-pickle.ts';
import { isNumpyArray, type PickleMap } from '../codecs/pickle-globals.ts';
import { inScale, namesIn, unexpected, upTo } from './checked.ts';
import type { Corpus, DatasetPart, Trial } from './dataset.ts';
import { seedBands, seedChannels, seedFeature } from './seed-files.ts';

/**
 * SEED-V (Liu et al. 2022, doi:10.1109/TCDS.2021.3071170), differential entropy: 16 people, three sessions of 15 film clips each.
 *
 *     EEG_DE_features/<subject>_123.npz    data.npy, label.npy: a string of bytes each, itself a pickle: { trial 0 … 44: array }
 *     data     (nWindows, 310): 62 electrodes of five bands each; windows of 4 s
 *     label    (nWindows,): 0 disgust, 1 fear, 2 sad, 3 neutral, 4 happy; the same in a whole trial
 *
 * What was shown in the three sessions is completely different (the owner's description at bcmi.sjtu.edu.cn/home/seed/seed-v.html) and the same for
 * everybody: 45 clips. Leaving out a session leaves out its clips; leaving out a person leaves out none.
 */
const nSessionTrials = 15;
const rowLength = seedChannels.length * seedBands.length;

async function* trialsOf(path: string, subject: string): AsyncGenerator<Trial, void> {
  const source = openFileSource(path);
  try {
    const arrays = readNpz(source);
    const pickled = (name: string): PickleMap => {
      const open = arrays.get(name);
      if (open === undefined) throw unexpected(path, `'${name}.npy' is missing`);
      const content = readPickle(bytesSource(open()));
      if (!(content instanceof Map)) throw unexpected(path, `'${name}' is no dict of trials`);
      return content;
    };
    const [data, labels] = [pickled('data'), pickled('label')];
    for (const [key, array] of data) {
      const label = labels.get(key);
      if (typeof key !== 'number' || !Number.isInteger(key) || key < 0 || key >= 3 * nSessionTrials)
        throw unexpected(path, `there is no trial '${key}'`);
      if (!isNumpyArray(array) || array.shape.length !== 2 || array.shape[1] !== rowLength || !isNumpyArray(label)) {
        throw unexpected(path, `trial ${key} is no array of (n, ${rowLength}) with labels`);
      }
      const emotions = allNumbers(label);
      const emotion = inScale(path, `the label of trial ${key}`, emotions[0] ?? Number.NaN, 0, 4);
      if (emotions.length !== array.shape[0] || emotions.some((other) => other !== emotion)) {
        throw unexpected(path, `trial ${key} of ${array.shape[0]} windows has ${emotions.length} labels, not all ${emotion}`);
      }
      const rows = rowReader(array);
      const values = rows.rows(rows.nRows);
      rows.end();
      const [session, trial] = [Math.floor(key / nSessionTrials) + 1, (key % nSessionTrials) + 1];
      yield {
        subject,
        session: String(session),
        trial,
        stimulus: `session ${session}, clip ${trial}`,
        labels: { emotion },
        baseline: [],
        blocks: [],
        features: [seedFeature(path, 'de', 4, values)],
      };
    }
  } finally {
    source.close();
  }
}

/** The corpus; the folder may be the one above the files. */
export const seedV: Corpus = {
  name: 'seed-v',
  title: 'SEED-V (Liu et al. 2022), differential entropy',
  published: { subjects: 16, sessions: 48, trials: 720 },
  find: async (folder) => {
    const inside = (await namesIn(folder)).includes('EEG_DE_features') ? join(folder, 'EEG_DE_features') : folder;
    const files = (await namesIn(inside)).filter((name) => /^\d{1,2}_123\.npz$/.test(name));
    if (files.length === 0) return undefined;
    const parts = files.map((name): DatasetPart => {
      const subject = name.split('_')[0]!;
      return { name, content: 'features', subjects: [subject], trials: () => trialsOf(join(inside, name), subject) };
    });
    const missing = upTo(1, 16)
      .map((n) => `${n}_123.npz`)
      .filter((name) => !files.includes(name));
    return { corpus: seedV, folder, parts, missing };
  },
};
