import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type EdaSignal, ignoreReports, openRecording, type SampleBlock } from '@affect-edge/acquire';
import type { AnyFeature } from '@affect-edge/features';
import { type EdaPersonRecord, vectorsOf } from './eda-examples.ts';

/**
 * The Stress-Predict data set (Iqbal et al. 2022, Sensors 22:8135, doi:10.3390/s22218135, MIT): about an hour of Empatica E4 a person, rest and three
 * stressful tasks (Stroop, interview, hyperventilation) in turn. A folder holds `S02` … `S12` and `labels_per_second.csv.gz`:
 *
 *     Participant,HR,respr,Time(sec),Label
 *     2,118,12.1276927,1644227583,0          unix second; 0 rest, 1 task
 */
export interface StressPredictPerson extends EdaPersonRecord {
  readonly name: string;
}

/** Windows that end here lie wholly in one phase. */
const windowSec = 60;

const readLabels = (folder: string): Map<string, Map<number, number>> => {
  const people = new Map<string, Map<number, number>>();
  const text = gunzipSync(readFileSync(join(folder, 'labels_per_second.csv.gz'))).toString('utf8');
  for (const line of text.trim().split('\n').slice(1)) {
    const [participant, , , second, label] = line.split(',');
    const name = `S${participant.padStart(2, '0')}`;
    const labels = people.get(name) ?? new Map<number, number>();
    labels.set(Number(second), Number(label));
    people.set(name, labels);
  }
  return people;
};

/** Everybody with labels, with the given features as the pipeline of a device extracts them. Arousal is not known. */
export const readStressPredict = async (folder: string, features: readonly AnyFeature[]): Promise<StressPredictPerson[]> => {
  const people: StressPredictPerson[] = [];
  for (const [name, labels] of [...readLabels(folder)].sort()) {
    const recording = await openRecording(join(folder, name));
    const blocks: SampleBlock<EdaSignal>[] = [];
    for await (const block of recording.blocks(ignoreReports)) {
      if (block.signal.kind === 'eda') blocks.push(block as SampleBlock<EdaSignal>);
    }
    const startedAt = recording.startedAt ?? Number.NaN;
    const stressAt = (tmax: number): number => {
      const end = Math.floor(startedAt + tmax);
      const label = labels.get(end - 1);
      for (let second = end - windowSec; second < end; second++) if (labels.get(second) !== label) return Number.NaN;
      return label ?? Number.NaN;
    };
    people.push({ name, vectors: vectorsOf(blocks, features), stressAt, arousalAt: () => Number.NaN });
  }
  return people;
};
