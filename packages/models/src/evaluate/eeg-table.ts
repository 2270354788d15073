import { type EegSignal, nTimesOf, type SampleBlock, type Trial } from '@affect-edge/acquire';
import { averagedPieces, bandDe, bandDeRestart, epochs, extract, type FeatureSpec, restartDe, restartRecipe } from '@affect-edge/features';
import { from } from 'rxjs';
import { ModelError } from '../errors.ts';
import { type LabelChoice, labelValue } from './label-choice.ts';
import type { EvaluationTable } from './table.ts';
import { sessionClock, type TableRow, tableOf, trialName } from './table-rows.ts';

/** How EEG becomes windows. */
export interface EegTableOptions {
  readonly name: string;
  readonly description: string;
  readonly label: LabelChoice;
  /**
   * `rbtransformer`: as published, every window by itself, 512 samples every 117, z-score over the whole window, minus the entropy of the averaged
   * baseline waveform where a trial has a baseline. `streaming`: as the device computes it, 2 s windows from filters that never stop.
   */
  readonly recipe: 'rbtransformer' | 'streaming';
  /** Distance between windows of `streaming`, s; a multiple of 0.5. 2 when absent: windows do not overlap. */
  readonly strideSec?: number;
}

const windowTimes = 512;
const strideTimes = 117;
const hopSec = 0.5;

type EegBlock = SampleBlock<EegSignal>;
const eegOf = (blocks: readonly SampleBlock[]): EegBlock[] => blocks.filter((block): block is EegBlock => block.signal.kind === 'eeg');

/** Blocks joined, (nChannels, nTimes); samples that are missing between them are not made up, the parts just follow each other. */
const joined = (blocks: readonly EegBlock[]): Float64Array => {
  const nChannels = blocks[0]?.signal.montage.channels.length ?? 0;
  const nTimes = blocks.reduce((sum, block) => sum + nTimesOf(block), 0);
  const data = new Float64Array(nChannels * nTimes);
  let at = 0;
  for (const block of blocks) {
    const n = nTimesOf(block);
    for (let c = 0; c < nChannels; c++) data.set(block.data.subarray(c * n, (c + 1) * n), c * nTimes + at);
    at += n;
  }
  return data;
};

interface Window {
  readonly tmin: number;
  readonly tmax: number;
  readonly values: Float64Array;
}

/** The published windows of one trial. */
const restartWindows = (
  blocks: readonly EegBlock[],
  baseline: readonly EegBlock[],
): { readonly spec: FeatureSpec; readonly windows: Window[] } => {
  const { signal, tmin } = blocks[0];
  const { sfreq } = signal;
  const nChannels = signal.montage.channels.length;
  const recipe = restartRecipe({}, sfreq);
  const pieceTimes = Math.round(sfreq);
  const rest = joined(baseline);
  const resting =
    rest.length >= nChannels * pieceTimes ? restartDe(averagedPieces(rest, nChannels, pieceTimes), nChannels, recipe) : undefined;
  const data = joined(blocks);
  const nTimes = data.length / nChannels;
  const windows: Window[] = [];
  for (let t = 0; t + windowTimes <= nTimes; t += strideTimes) {
    const window = new Float64Array(nChannels * windowTimes);
    for (let c = 0; c < nChannels; c++) window.set(data.subarray(c * nTimes + t, c * nTimes + t + windowTimes), c * windowTimes);
    const values = restartDe(window, nChannels, recipe);
    if (resting) for (let i = 0; i < values.length; i++) values[i] -= resting[i];
    windows.push({ tmin: tmin + t / sfreq, tmax: tmin + (t + windowTimes) / sfreq, values });
  }
  const options = {
    windowSec: windowTimes / sfreq,
    ...(resting && { baseline: { method: 'averaged-waveform', values: resting } as const }),
  };
  return { spec: bandDeRestart(options).describe(signal), windows };
};

/** What the device would have given during one trial. */
const streamingWindows = (blocks: readonly EegBlock[], strideSec: number): { readonly spec: FeatureSpec; readonly windows: Window[] } => {
  const feature = bandDe();
  const every = Math.round(strideSec / hopSec);
  const windows: Window[] = [];
  from(blocks)
    .pipe(epochs({ hopSec }), extract([feature], hopSec))
    .subscribe(({ index, tmin, tmax, values }) => {
      if (index % every === 0 && tmin >= blocks[0].tmin - 1e-9) windows.push({ tmin, tmax, values });
    });
  return { spec: feature.describe(blocks[0].signal), windows };
};

/**
 * Windows of EEG trials as a table: band differential entropy, (channel, band). Trials without the label, without EEG or shorter than a window give no
 * row.
 * @throws ModelError('bad-option') where trials differ in montage or rate, or the stride is no multiple of half a second.
 */
export const eegTable = async (trials: AsyncIterable<Trial>, options: EegTableOptions): Promise<EvaluationTable> => {
  const { name, description, label, recipe, strideSec = 2 } = options;
  if (!(strideSec > 0) || Math.abs(strideSec / hopSec - Math.round(strideSec / hopSec)) > 1e-9) {
    throw new ModelError('bad-option', `strideSec must be a multiple of ${hopSec} s, got ${strideSec}.`);
  }
  const place = sessionClock();
  const rows: TableRow[] = [];
  let spec: FeatureSpec | undefined;
  let rate: number | undefined;
  for await (const trial of trials) {
    const value = labelValue(trial, label);
    const blocks = eegOf(trial.blocks);
    if (value === undefined || blocks.length === 0) continue;
    const made = recipe === 'rbtransformer' ? restartWindows(blocks, eegOf(trial.baseline)) : streamingWindows(blocks, strideSec);
    if (spec !== undefined && JSON.stringify(spec.axes) !== JSON.stringify(made.spec.axes)) {
      throw new ModelError(
        'bad-option',
        `Trial ${trial.trial} of ${trial.subject} has other electrodes than the trials before; one table needs one montage.`,
      );
    }
    const { tmin, signal } = blocks[0];
    rate ??= signal.sfreq;
    if (signal.sfreq !== rate) {
      throw new ModelError(
        'bad-option',
        `Trial ${trial.trial} of ${trial.subject} has ${signal.sfreq} Hz, the trials before ${rate} Hz; one table needs one rate.`,
      );
    }
    spec ??= made.spec;
    const last = blocks[blocks.length - 1];
    const shift = place(`${trial.subject}/${trial.session}`, tmin, last.tmin + nTimesOf(last) / last.signal.sfreq);
    for (const window of made.windows) {
      rows.push({
        ...trialName(trial, value),
        tmin: window.tmin + shift,
        tmax: window.tmax + shift,
        features: [window.values],
        quantities: [],
      });
    }
  }
  if (spec === undefined) throw new ModelError('bad-option', `'${name}' has no trial with EEG and the label '${label.name}'.`);
  return tableOf({ name, description, label, features: [{ spec, origin: 'sensor', use: 'both' }], quantities: [] }, rows);
};
