import { basename } from 'node:path';
import { type Dataset, openDataset, type Trial } from '@affect-edge/acquire';
import {
  coin,
  type EdaTableOptions,
  type EvaluationData,
  type EvaluationTable,
  edaTable,
  eegTable,
  type LabelChoice,
  noiseEdaTrials,
  noiseEegTrials,
  noiseInPlaceOf,
  precomputedTable,
  simulatedLabel,
  simulatedTrials,
  withStandIn,
} from '@affect-edge/models';
import type { EvaluateConfig, EvaluateData } from './evaluate-config.ts';

/** What is usually told of each corpus, where a configuration does not say. */
const usualLabels: Readonly<Record<string, LabelChoice>> = {
  deap: { name: 'valence', atLeast: 5 },
  dreamer: { name: 'valence', atLeast: 3 },
  seed: { name: 'emotion' },
  'seed-iv': { name: 'emotion' },
  'seed-v': { name: 'emotion' },
  'stress-predict': { name: 'stress' },
  wesad: { name: 'condition', only: [1, 2, 3], positive: [2] },
};

/** Which signal of a kind is meant where a corpus has several and a configuration names none: what can be worn. */
const usualSignalIds: Readonly<Record<string, string>> = { wesad: 'wrist-eda' };

/** Noise for the control: few, short trials. Long enough for a minute's windows where the signal is skin conductance. */
const controlNoise = { eeg: { subjects: 6, trialsEach: 16, trialSec: 20 }, eda: { subjects: 6, trialsEach: 12, trialSec: 120 } } as const;
const controlSeeds = [9001, 9002] as const;
const standInSeed = 77;

async function* trialsOf(
  { parts }: Dataset,
  content: 'signals' | 'features',
  { people, feature }: Pick<EvaluateData, 'people' | 'feature'>,
): AsyncGenerator<Trial, void> {
  for (const part of parts) {
    if (part.content !== content || (people && !part.subjects.some((subject) => people.includes(subject)))) continue;
    // A part without a choice of features is not asked for one: what it has is compared with the name afterwards.
    const trials = part.trials(() => {}, part.features && feature);
    for await (const trial of trials) if (!people || people.includes(trial.subject)) yield trial;
  }
}

interface Source {
  readonly name: string;
  readonly description: string;
  readonly label: LabelChoice | EvaluateConfig['label'];
  readonly signalId?: string | undefined;
  readonly trials: AsyncIterable<Trial>;
}

/** Trials of whatever a configuration names, with what is to be told of them. */
const opened = async ({ data, label }: Pick<EvaluateConfig, 'data' | 'label'>): Promise<Source> => {
  const kind = data.signal === 'eda' ? 'eda' : 'eeg';
  if (data.noise) {
    const shape = { ...data.noise, trialsEach: data.noise.trials };
    return {
      name: 'noise',
      description: `1/f noise of ${shape.subjects} subjects with ${shape.trialsEach} trials of ${shape.trialSec} s, a coin thrown for each trial, seed ${shape.seed}`,
      label: { name: coin },
      trials: kind === 'eda' ? noiseEdaTrials(shape) : noiseEegTrials(shape),
    };
  }
  if (data.simulated) {
    const shape = { ...data.simulated, trialsEach: data.simulated.trials };
    return {
      name: 'simulated wearers',
      description: `simulated data, says nothing about people: ${shape.people} wearers, ${shape.sessions} sessions of ${shape.trialsEach} trials of ${shape.trialSec} s, seed ${shape.seed}`,
      label: label ?? { name: simulatedLabel },
      signalId: data.signalId,
      trials: simulatedTrials(shape, kind),
    };
  }
  const dataset = await openDataset(data.corpus!);
  return {
    name: dataset.corpus.name,
    description: dataset.corpus.title,
    label: label ?? usualLabels[dataset.corpus.name],
    signalId: data.signalId ?? usualSignalIds[dataset.corpus.name],
    trials: trialsOf(dataset, data.signal === 'precomputed' ? 'features' : 'signals', data),
  };
};

const tableFrom = (source: Source, data: EvaluateData): Promise<EvaluationTable> => {
  const { strideSec, settledSec, feature } = data;
  const { name, description, label, signalId } = source;
  // A corpus has a usual label; what is not in the file is absent, never undefined.
  const common = { name, description, label: label as LabelChoice };
  if (data.signal === 'precomputed') {
    return precomputedTable(source.trials, { ...common, ...(feature !== undefined && { feature }) });
  }
  if (data.signal === 'eeg')
    return eegTable(source.trials, { ...common, recipe: data.recipe, ...(strideSec !== undefined && { strideSec }) });
  const options: EdaTableOptions = {
    ...common,
    ...(strideSec !== undefined && { strideSec }),
    ...(settledSec !== undefined && { settledSec }),
    ...(signalId !== undefined && { signal: signalId }),
  };
  return edaTable(source.trials, options);
};

/** Reads (or makes) the table that a configuration names, without its controls. Throws as `openDataset` and the tables do. */
export const evaluationTable = async (config: Pick<EvaluateConfig, 'data' | 'label'>): Promise<EvaluationTable> =>
  tableFrom(await opened(config), config.data);

/**
 * Reads (or makes) the data that a configuration names, and two draws of noise that went through the same pipeline. Throws as `openDataset` and the
 * tables do.
 */
export const evaluationData = async (config: Pick<EvaluateConfig, 'data' | 'label'>): Promise<EvaluationData> => {
  const { data } = config;
  const table = await evaluationTable(config);
  const noiseOf = async (seed: number): Promise<EvaluationTable> => {
    if (data.signal === 'precomputed') return noiseInPlaceOf(table, seed);
    const shape = { ...controlNoise[data.signal], seed };
    const trials = data.signal === 'eda' ? noiseEdaTrials(shape) : noiseEegTrials(shape);
    return tableFrom({ name: 'noise', description: 'noise', label: { name: coin }, trials }, data);
  };
  const noise = [await noiseOf(controlSeeds[0]), await noiseOf(controlSeeds[1])] as const;
  return { table: data.questionnaire === 'stand-in' ? withStandIn(table, standInSeed) : table, noise };
};

/** The configuration of an audit of a corpus about which nothing else is said: every protocol on its usual label. */
export const usualConfig = async (folder: string): Promise<Omit<EvaluateConfig, 'out'>> => {
  const { corpus, parts } = await openDataset(folder);
  const signal = ['stress-predict', 'wesad'].includes(corpus.name)
    ? 'eda'
    : parts.some(({ content }) => content === 'signals')
      ? 'eeg'
      : 'precomputed';
  return {
    title: `Audit of ${basename(folder)}`,
    data: { corpus: folder, signal, recipe: 'rbtransformer', questionnaire: 'none' },
    protocols: [],
    normalisations: ['train-fit'],
    networks: [],
    settings: {},
  };
};
