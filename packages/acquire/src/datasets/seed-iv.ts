import { join } from 'node:path';
import { namesIn } from './checked.ts';
import type { Corpus, DatasetPart } from './dataset.ts';
import { type SeedFile, seedFeatureNames, seedFeatureTrials, seedFileName, seedSignalTrials } from './seed-files.ts';

/**
 * SEED-IV (Zheng et al. 2019, doi:10.1109/TCYB.2018.2797176): 15 people, three sessions of 24 film clips each.
 *
 *     eeg_raw_data/<session>/<subject>_<date>.mat          <initials>_eeg1 … 24, (62, nTimes) at 200 Hz
 *     eeg_feature_smooth/<session>/<subject>_<date>.mat    de_LDS1 … 24 and three others, (62, nWindows, 5), windows of 4 s
 *     emotion                                              0 neutral, 1 sad, 2 fear, 3 happy; from the owner's ReadMe, no file has them
 *
 * There are 72 clips for three sessions of 24 trials (the owner's description at bcmi.sjtu.edu.cn/home/seed/seed-iv.html): each session has its own,
 * the same for everybody. Leaving out a session leaves out its clips; leaving out a person leaves out none.
 */
const emotions: readonly (readonly number[])[] = [
  [1, 2, 3, 0, 2, 0, 0, 1, 0, 1, 2, 1, 1, 1, 2, 3, 2, 2, 3, 3, 0, 3, 0, 3],
  [2, 1, 3, 0, 0, 2, 0, 2, 3, 3, 2, 3, 2, 0, 1, 1, 2, 1, 0, 3, 0, 1, 3, 1],
  [1, 2, 2, 1, 3, 3, 3, 1, 1, 2, 1, 0, 2, 3, 3, 0, 2, 3, 0, 0, 2, 0, 1, 0],
];

const features = seedFeatureNames(['de', 'psd']);
const folders = [
  { name: 'eeg_raw_data', content: 'signals', features: undefined, trials: seedSignalTrials },
  {
    name: 'eeg_feature_smooth',
    content: 'features',
    features,
    trials: (file: SeedFile, feature = 'de_LDS') => seedFeatureTrials(file, feature, 4, features),
  },
] as const;

/** The corpus; the folder is the one above the two, either of which may be missing. */
export const seedIv: Corpus = {
  name: 'seed-iv',
  title: 'SEED-IV (Zheng et al. 2019)',
  published: { subjects: 15, sessions: 45, trials: 1080 },
  find: async (folder) => {
    const parts: DatasetPart[] = [];
    const missing: string[] = [];
    for (const { name, content, features: known, trials } of folders) {
      const before = parts.length;
      const absent: string[] = [];
      for (const [s, ofSession] of emotions.entries()) {
        const session = String(s + 1);
        const found = new Set<string>();
        for (const file of await namesIn(folder, name, session)) {
          const subject = seedFileName(file)?.subject;
          if (subject === undefined) continue;
          found.add(subject);
          const path = join(folder, name, session, file);
          const stimulusOf = (trial: number): string => `session ${session}, clip ${trial}`;
          const read = { path, subject, session, emotions: ofSession, stimulusOf };
          parts.push({
            name: `${name}/${session}/${file}`,
            content,
            subjects: [subject],
            ...(known !== undefined && { features: known }),
            trials: (_, feature) => trials(read, feature),
          });
        }
        for (let n = 1; n <= 15; n++) if (!found.has(String(n))) absent.push(`${name}/${session}/${n}_<date>.mat`);
      }
      if (parts.length > before) missing.push(...absent);
    }
    return parts.length === 0 ? undefined : { corpus: seedIv, folder, parts, missing };
  },
};
