import { type MatPath, matLeaves } from '../codecs/mat5.ts';
import { AcquireError } from '../errors.ts';
import { didYouMean } from '../names.ts';
import type { EegSignal } from '../signal.ts';
import { blockOf, possible, unexpected } from './checked.ts';
import type { PrecomputedFeature, Trial } from './dataset.ts';

/** The 62 electrodes of SEED, SEED-IV and SEED-V in their files' order. */
export const seedChannels: readonly string[] = (
  'FP1 FPZ FP2 AF3 AF4 F7 F5 F3 F1 FZ F2 F4 F6 F8 FT7 FC5 FC3 FC1 FCZ FC2 FC4 FC6 FT8 T7 C5 C3 C1 CZ C2 C4 C6 T8 TP7 CP5 CP3 CP1 CPZ CP2 CP4 CP6 TP8 ' +
  'P7 P5 P3 P1 PZ P2 P4 P6 P8 PO7 PO5 PO3 POZ PO4 PO6 PO8 CB1 O1 OZ O2 CB2'
).split(' ');

/** Their five bands: 1-4, 4-8, 8-14, 14-31, 31-50 Hz. */
export const seedBands: readonly string[] = ['delta', 'theta', 'alpha', 'beta', 'gamma'];

/** Their preprocessed recordings: 200 Hz. The files do not name the reference. */
export const seedEeg: EegSignal = {
  id: 'eeg',
  kind: 'eeg',
  unit: 'µV',
  sfreq: 200,
  montage: { channels: seedChannels, reference: 'unknown' },
};

/** What is the same for all trials of a file. */
export interface SeedFile {
  readonly path: string;
  readonly subject: string;
  readonly session: string;
  /** Emotion of each trial, in order. */
  readonly emotions: readonly number[];
  /** Name of what was shown in a trial, from its number. */
  readonly stimulusOf: (trial: number) => string;
}

/** Number in `djc_eeg7` or `de_LDS7` behind the given beginning; undefined for another variable. */
const trialOf = (path: MatPath, beginning: RegExp): number | undefined => {
  const found = path.length === 1 ? beginning.exec(String(path[0])) : null;
  return found === null ? undefined : Number(found[1]);
};

/**
 * The trials of a file of MATLAB variables, one a trial, in order of their numbers, which is that of time. A file that lists them otherwise (MATLAB
 * 7.3 sorts names: 1, 10, 11 … 2) is gone through again for those left over, so that no more than a trial is held. `beginning` finds the trial's
 * number in a variable's name; `read` turns its values. Throws `AcquireError('bad-file')` for a trial the corpus does not have, one of another
 * shape, one that comes twice, and behind the last where one is missing.
 */
const trialsOf = async function* (
  { path, subject, session, emotions, stimulusOf }: SeedFile,
  beginning: RegExp,
  isShaped: (shape: readonly number[]) => boolean,
  order: 'rows' | 'columns',
  read: (values: Float64Array, shape: readonly number[]) => Pick<Trial, 'blocks' | 'features'>,
): AsyncGenerator<Trial, void> {
  const done = new Set<number>();
  const isNext = (trial: number | undefined): boolean => trial === next;
  let next = 1;
  for (;;) {
    const seen = new Set<number>();
    for await (const leaf of matLeaves(path, (at, shape) => (isNext(trialOf(at, beginning)) && isShaped(shape) ? order : false))) {
      const trial = trialOf(leaf.path, beginning);
      if (trial === undefined) continue;
      const emotion = emotions[trial - 1];
      if (emotion === undefined || seen.has(trial))
        throw unexpected(
          path,
          `trial ${trial} is ${emotion === undefined ? 'not one of its' : 'there twice; expected'} ${emotions.length}`,
        );
      if (!isShaped(leaf.shape) || (isNext(trial) && leaf.values === undefined))
        throw unexpected(path, `'${leaf.path[0]}' has the shape (${leaf.shape.join(', ')})`);
      seen.add(trial);
      if (leaf.values === undefined) continue;
      const stimulus = stimulusOf(trial);
      yield { subject, session, trial, stimulus, labels: { emotion }, baseline: [], ...read(leaf.values, leaf.shape) };
      done.add(trial);
      next++;
    }
    const left = [...seen].filter((trial) => !done.has(trial));
    if (left.length === 0) break;
    next = Math.min(...left);
  }
  const absent = emotions.flatMap((_, i) => (done.has(i + 1) ? [] : [i + 1]));
  if (absent.length > 0) throw unexpected(path, `trial ${absent.join(', ')} is missing, expected ${emotions.length} trials`);
};

/** Trials of a raw file: variables `<initials>_eeg<n>`, (62, nTimes) at 200 Hz. */
export const seedSignalTrials = (file: SeedFile): AsyncIterable<Trial> =>
  trialsOf(
    file,
    /^\w*_eeg(\d{1,2})$/,
    (shape) => shape.length === 2 && shape[0] === seedChannels.length && shape[1]! > 0,
    'rows',
    (values) => ({ blocks: [blockOf(file.path, seedEeg, 0, values)], features: [] }),
  );

/**
 * What a feature has instead of the 62 electrodes: so many pairs (27 left and right, 23 front and back) or both kinds of asymmetry of the
 * 27.
 */
const rowsOf: Readonly<Record<string, number>> = { de: 62, psd: 62, dasm: 27, rasm: 27, asm: 54, dcau: 23 };

/** Names of features as the owner builds them: what, and how it was smoothed; the usual one first. */
export const seedFeatureNames = (kinds: readonly string[]): readonly string[] =>
  kinds.flatMap((kind) => [`${kind}_LDS`, `${kind}_movingAve`]);

/**
 * Trials of a file of features: variables `<feature><n>`, (rows, nWindows, 5), for instance `de_LDS`. Rows are electrodes, or for `dasm`,
 * `rasm`, `asm` and `dcau` pairs in the owner's order, which no file names: they are numbered. Throws `AcquireError('bad-option')` for a
 * feature that is not in `names`.
 */
export const seedFeatureTrials = (file: SeedFile, feature: string, windowSec: number, names: readonly string[]): AsyncIterable<Trial> => {
  if (!names.includes(feature)) {
    throw new AcquireError(
      'bad-option',
      `There is no feature '${feature}' in '${file.path}': expected one of ${names.join(', ')}.${didYouMean(feature, names)}`,
    );
  }
  const kind = feature.split('_')[0]!;
  const nRows = rowsOf[kind]!;
  const channels = nRows === seedChannels.length ? seedChannels : Array.from({ length: nRows }, (_, i) => `${kind}-${i + 1}`);
  return trialsOf(
    file,
    new RegExp(`^${feature}(\\d{1,2})$`),
    (shape) => shape.length === 3 && shape[0] === nRows && shape[1]! > 0 && shape[2] === seedBands.length,
    'columns',
    (values, shape) => ({
      blocks: [],
      features: [seedFeature(file.path, feature, windowSec, byWindow(values, nRows, shape[1]!), channels)],
    }),
  );
};

/** Column-major (nChannels, nWindows, nBands) as row-major (nWindows, nChannels, nBands). */
const byWindow = (values: Float64Array, nChannels: number, nWindows: number): Float64Array => {
  const nBands = seedBands.length;
  const turned = new Float64Array(values.length);
  for (let b = 0; b < nBands; b++) {
    for (let k = 0; k < nWindows; k++) {
      for (let c = 0; c < nChannels; c++) turned[(k * nChannels + c) * nBands + b] = values[(b * nWindows + k) * nChannels + c]!;
    }
  }
  return turned;
};

/** A feature of the SEED family; values (nWindows, nChannels, 5), checked with `possible`. */
export const seedFeature = (
  file: string,
  name: string,
  windowSec: number,
  values: Float64Array,
  channels: readonly string[] = seedChannels,
): PrecomputedFeature => ({
  name,
  windowSec,
  channels,
  bands: seedBands,
  nWindows: values.length / (channels.length * seedBands.length),
  values: possible(file, name, values),
});

/** `<subject>_<date>.mat`: who and when; undefined for another name. */
export const seedFileName = (name: string): { readonly subject: string; readonly date: string } | undefined => {
  const found = /^(\d{1,2})_(\d{8})\.mat$/.exec(name);
  return found === null ? undefined : { subject: found[1]!, date: found[2]! };
};
