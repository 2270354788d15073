import { join } from 'node:path';
import { type MatLeaf, matLeaves } from '../codecs/mat5.ts';
import type { AuxiliarySignal, EegSignal, SampleBlock } from '../signal.ts';
import { blockOf, inScale, namesIn, unexpected, upTo } from './checked.ts';
import type { Corpus, Trial } from './dataset.ts';

/**
 * DREAMER (Katsigiannis and Ramzan 2018, doi:10.1109/JBHI.2017.2688239): 23 people, 18 film clips each, Emotiv EPOC and a Shimmer.
 *
 *     DREAMER.mat    DREAMER: { Data: {1 × 23} of { Age, Gender, EEG { baseline {18 × 1}, stimuli {18 × 1} } of (n, 14) at 128 Hz,
 *                    ECG the same of (m, 2) at 256 Hz, ScoreValence, ScoreArousal, ScoreDominance (18, 1): 1 to 5 },
 *                    EEG_SamplingRate, ECG_SamplingRate, EEG_Electrodes {1 × 14}, noOfSubjects, noOfVideoSequences, … }
 *
 * The file is one packed struct of 1.5 GB; a person's scores come behind the recordings, so one person is held (about 90 MB). The EEG carries the
 * headset's offset of some 4 mV.
 *
 * Everybody was shown the same 18 clips, and what the file has of a person is listed by clip: entry n of recordings and scores belongs to clip n.
 */
const eeg: EegSignal = {
  id: 'eeg',
  kind: 'eeg',
  unit: 'µV',
  sfreq: 128,
  montage: { channels: 'AF3 F7 F3 FC5 T7 P7 O1 O2 P8 T8 FC6 F4 F8 AF4'.split(' '), reference: 'M1' },
};
const ecg: AuxiliarySignal = {
  id: 'ecg',
  kind: 'auxiliary',
  unit: 'a.u.',
  sfreq: 256,
  montage: { channels: ['left', 'right'], reference: 'n/a' },
};

const nTrials = 18;
const nSubjects = 23;
const scores = { ScoreValence: 'valence', ScoreArousal: 'arousal', ScoreDominance: 'dominance' } as const;

interface Person {
  readonly recordings: Map<string, Float64Array>;
  readonly scores: Map<string, Float64Array>;
}

/** What a person's part holds by name: `EEG.stimuli.3`, `ScoreValence`. */
const collect = (path: string, person: Person, where: string, { shape, values }: MatLeaf): void => {
  if (values === undefined) return;
  const [field = '', , index] = where.split('.');
  if (field in scores) {
    person.scores.set(field, values);
  } else if (index !== undefined) {
    const nChannels = field === 'EEG' ? eeg.montage.channels.length : ecg.montage.channels.length;
    if (shape.length !== 2 || shape[1] !== nChannels || shape[0] === 0)
      throw unexpected(path, `${where} has the shape (${shape.join(', ')}), expected (n, ${nChannels})`);
    person.recordings.set(where, values);
  }
};

const trialsOfPerson = function* (path: string, subject: string, person: Person): Generator<Trial, void> {
  for (let i = 0; i < nTrials; i++) {
    const block = (signal: EegSignal | AuxiliarySignal, part: 'baseline' | 'stimuli', after: number): SampleBlock => {
      const values = person.recordings.get(`${signal.id.toUpperCase()}.${part}.${i}`);
      if (values === undefined) throw unexpected(path, `person ${subject} has no ${signal.id} ${part} of clip ${i + 1}`);
      return blockOf(path, signal, after, values);
    };
    const labels = Object.entries(scores).map(([field, name]) => {
      const given = person.scores.get(field);
      if (given?.length !== nTrials)
        throw unexpected(path, `person ${subject} has ${given?.length ?? 'no'} values of ${field}, expected ${nTrials}`);
      return [name, inScale(path, `${field} of person ${subject}`, given[i]!, 1, 5)] as const;
    });
    const baseline = [block(eeg, 'baseline', 0), block(ecg, 'baseline', 0)];
    const blocks = [eeg, ecg].map((signal, s) => block(signal, 'stimuli', baseline[s]!.data.length / signal.montage.channels.length));
    yield {
      subject,
      session: '1',
      trial: i + 1,
      stimulus: `clip ${i + 1}`,
      labels: Object.fromEntries(labels),
      baseline,
      blocks,
      features: [],
    };
  }
};

async function* trialsOf(path: string): AsyncGenerator<Trial, void> {
  let current = -1;
  let person: Person = { recordings: new Map(), scores: new Map() };
  const electrodes: string[] = [];
  for await (const leaf of matLeaves(path, () => 'columns')) {
    const [variable, field, index, ...rest] = leaf.path;
    if (variable !== 'DREAMER') continue;
    if (field === 'Data' && typeof index === 'number') {
      if (index !== current) {
        if (current >= 0) yield* trialsOfPerson(path, String(current + 1), person);
        if (index >= nSubjects) throw unexpected(path, `it has more than ${nSubjects} people`);
        current = index;
        person = { recordings: new Map(), scores: new Map() };
      }
      collect(path, person, rest.join('.'), leaf);
    } else if (field === 'EEG_Electrodes' && leaf.text !== undefined) electrodes.push(leaf.text);
    else if (field === 'EEG_SamplingRate' && leaf.values?.[0] !== eeg.sfreq)
      throw unexpected(path, `EEG at ${leaf.values?.[0]} Hz, expected ${eeg.sfreq}`);
    else if (field === 'ECG_SamplingRate' && leaf.values?.[0] !== ecg.sfreq)
      throw unexpected(path, `ECG at ${leaf.values?.[0]} Hz, expected ${ecg.sfreq}`);
  }
  if (current < 0) throw unexpected(path, "expected a struct 'DREAMER' with 'Data'");
  yield* trialsOfPerson(path, String(current + 1), person);
  if (electrodes.join(' ') !== eeg.montage.channels.join(' '))
    throw unexpected(path, `its electrodes are ${electrodes.join(' ') || 'not named'}`);
}

/** The corpus: a folder with DREAMER.mat. */
export const dreamer: Corpus = {
  name: 'dreamer',
  title: 'DREAMER (Katsigiannis and Ramzan 2018)',
  published: { subjects: nSubjects, sessions: nSubjects, trials: nSubjects * nTrials },
  find: async (folder) => {
    if (!(await namesIn(folder)).includes('DREAMER.mat')) return undefined;
    const trials = () => trialsOf(join(folder, 'DREAMER.mat'));
    const part = { name: 'DREAMER.mat', content: 'signals', subjects: upTo(1, nSubjects).map(String), trials } as const;
    return { corpus: dreamer, folder, parts: [part], missing: [] };
  },
};
