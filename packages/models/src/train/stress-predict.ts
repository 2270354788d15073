import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type EdaSignal,
  ignoreReports,
  openStressPredict,
  readStressPredictLabels,
  type SampleBlock,
  type StressPredictPhase,
} from '@affect-edge/acquire';
import type { AnyFeature } from '@affect-edge/features';
import { ModelError } from '../errors.ts';
import { type EdaPersonRecord, vectorsOf } from './eda-examples.ts';

/** One of the Stress-Predict data set (`openStressPredict` of acquire). */
export interface StressPredictPerson extends EdaPersonRecord {
  readonly name: string;
}

/** Windows that end here lie wholly in one phase. */
const windowSec = 60;

/** The label of the window that ends in the second of `tmax`; NaN where it is not wholly of one phase. */
const stressIn =
  (phases: readonly StressPredictPhase[], startedAt: number) =>
  (tmax: number): number => {
    const end = Math.floor(startedAt + tmax);
    // phases begin and end on whole unix seconds
    const unix = (sec: number): number => Math.round(startedAt + sec);
    return phases.find((phase) => unix(phase.tmin) <= end - windowSec && end <= unix(phase.tmax))?.label ?? Number.NaN;
  };

/**
 * Everybody with labels and a recording, with the given features as the pipeline of a device extracts them. Arousal is not known.
 * @throws ModelError('bad-option') for a folder without labels, or that is not there, AcquireError for files that cannot be read.
 */
export const readStressPredict = async (folder: string, features: readonly AnyFeature[]): Promise<StressPredictPerson[]> => {
  const files = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  const labelFile = files.find((name) => /^labels_per_second\.csv(\.gz)?$|^Improved_All_Combined_hr_rsp_binary\.csv$/.test(name));
  if (labelFile === undefined) {
    throw new ModelError(
      'bad-option',
      `${folder} is no folder of Stress-Predict: expected people S01 … and labels_per_second.csv.gz in it.`,
    );
  }
  const people: StressPredictPerson[] = [];
  for (const [name, labels] of [...(await readStressPredictLabels(join(folder, labelFile)))].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!files.includes(name)) continue;
    const { recording, phases } = await openStressPredict(folder, name, labels);
    const blocks: SampleBlock<EdaSignal>[] = [];
    for await (const block of recording.blocks(ignoreReports)) {
      if (block.signal.kind === 'eda') blocks.push(block as SampleBlock<EdaSignal>);
    }
    const stressAt = stressIn(phases, recording.startedAt ?? Number.NaN);
    people.push({ name, vectors: vectorsOf(blocks, features), stressAt, arousalAt: () => Number.NaN });
  }
  return people;
};
