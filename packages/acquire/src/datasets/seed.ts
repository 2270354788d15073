import { join } from 'node:path';
import { matLeaves } from '../codecs/mat5.ts';
import { namesIn, unexpected } from './checked.ts';
import type { Corpus, DatasetPart, Trial } from './dataset.ts';
import { type SeedFile, seedFeatureNames, seedFeatureTrials, seedFileName, seedSignalTrials } from './seed-files.ts';

/**
 * SEED (Zheng and Lu 2015, doi:10.1109/TAMD.2015.2431497): 15 people, three sessions of 15 film clips each.
 *
 *     Preprocessed_EEG/<subject>_<date>.mat     <initials>_eeg1 … 15, (62, nTimes) at 200 Hz
 *     ExtractedFeatures/<subject>_<date>.mat    de_LDS1 … 15 and eleven others, (62, nWindows, 5), windows of 1 s
 *     …/label.mat                               label (1, 15): 1 positive, 0 neutral, -1 negative
 *
 * Of the features, differential entropy smoothed by a linear dynamic system (`de_LDS`) is read unless another of the twelve is asked for.
 * The sessions of a person are numbered by date.
 *
 * There are 15 clips in all for 15 trials a session, everybody's three sessions (the owner's description at bcmi.sjtu.edu.cn/home/seed/seed.html), in
 * one order (one row of labels for all files): leaving out a session, or a person, leaves out no clip.
 */
const emotions = [1, 0, -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 0, 1, -1];

const features = seedFeatureNames(['de', 'psd', 'dasm', 'rasm', 'asm', 'dcau']);
const folders = [
  { name: 'Preprocessed_EEG', content: 'signals', features: undefined, trials: seedSignalTrials },
  {
    name: 'ExtractedFeatures',
    content: 'features',
    features,
    trials: (file: SeedFile, feature = 'de_LDS') => seedFeatureTrials(file, feature, 1, features),
  },
] as const;

/** Throws `AcquireError('bad-file')` where the owner's labels are others than the published. */
const checkLabels = async (path: string): Promise<void> => {
  for await (const { path: at, values } of matLeaves(path, () => 'columns')) {
    if (at[0] === 'label' && values !== undefined && values.join() === emotions.join()) return;
  }
  throw unexpected(path, `it has not the 15 published labels ${emotions.join(', ')}`);
};

const checked = async function* (
  labels: string | undefined,
  file: SeedFile,
  read: (file: SeedFile, feature?: string) => AsyncIterable<Trial>,
  feature: string | undefined,
): AsyncGenerator<Trial, void> {
  if (labels !== undefined) await checkLabels(labels);
  yield* read(file, feature);
};

/** The corpus; the folder is the one above the two, either of which may be missing. */
export const seed: Corpus = {
  name: 'seed',
  title: 'SEED (Zheng and Lu 2015)',
  published: { subjects: 15, sessions: 45, trials: 675 },
  find: async (folder) => {
    const parts: DatasetPart[] = [];
    const missing: string[] = [];
    for (const { name, content, features: known, trials } of folders) {
      const names = await namesIn(folder, name);
      const labels = names.includes('label.mat') ? join(folder, name, 'label.mat') : undefined;
      const sessions = new Map<string, number>();
      const before = parts.length;
      for (const file of names) {
        const subject = seedFileName(file)?.subject;
        if (subject === undefined) continue;
        const session = (sessions.get(subject) ?? 0) + 1;
        sessions.set(subject, session);
        const path = join(folder, name, file);
        const read = { path, subject, session: String(session), emotions, stimulusOf: (trial: number) => `clip ${trial}` };
        parts.push({
          name: `${name}/${file}`,
          content,
          subjects: [subject],
          ...(known !== undefined && { features: known }),
          trials: (_, feature) => checked(labels, read, trials, feature),
        });
      }
      if (parts.length === before) continue;
      if (labels === undefined) missing.push(`${name}/label.mat`);
      for (let n = 1; n <= 15; n++) {
        for (let s = (sessions.get(String(n)) ?? 0) + 1; s <= 3; s++) missing.push(`${name}/${n}_<date>.mat, session ${s}`);
      }
    }
    return parts.length === 0 ? undefined : { corpus: seed, folder, parts, missing };
  },
};
