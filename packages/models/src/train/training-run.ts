import type { ModelCard } from '../model.ts';
import type { Weights } from '../safetensors.ts';
import { checkpointFile } from './checkpoint.ts';
import type { FitOptions, Progress } from './fit.ts';

/** What every training takes besides its own numbers: who watches, and where its state outlives the process. */
export interface TrainingRun {
  readonly onProgress?: (progress: Progress) => void;
  /** File that holds the state every `checkpointEvery` steps (50 when absent). Where it exists, the training goes on from it; removed at the end. */
  readonly checkpointPath?: string;
  readonly checkpointEvery?: number;
  /** Ends the training between two steps, after saving its state. */
  readonly signal?: AbortSignal;
}

/** A trained model, for `saveModel`; or that the training was stopped and can go on from its checkpoint. */
export type Trained =
  | { readonly ended: 'complete' | 'early'; readonly card: Omit<ModelCard, 'sha256'>; readonly weights: Weights }
  | { readonly ended: 'aborted' };

/** The options by which `fit` is watched and kept. `settings` is everything that decides the outcome; `clear` removes the state once it is not needed. */
export const keptRun = (
  { onProgress, checkpointPath, checkpointEvery = 50, signal }: TrainingRun,
  settings: Readonly<Record<string, unknown>>,
): { readonly options: Pick<FitOptions, 'onProgress' | 'signal' | 'checkpoint'>; readonly clear: () => void } => {
  const file = checkpointPath === undefined ? undefined : checkpointFile(checkpointPath, settings);
  const resume = file?.load();
  return {
    options: {
      ...(file && { checkpoint: { everySteps: checkpointEvery, save: file.save, ...(resume && { resume }) } }),
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    },
    clear: () => file?.clear(),
  };
};
