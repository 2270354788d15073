import { existsSync, readFileSync, rmSync } from 'node:fs';
import { sha256 } from '../card.ts';
import { ModelError } from '../errors.ts';
import { readSafetensors, type Weights, writeSafetensors } from '../safetensors.ts';
import { writeWhole } from '../save.ts';

/** Arrays and notes with them. */
export interface State {
  readonly weights: Weights;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a training keeps what must outlive the process. */
export interface StateFile {
  /** What this very training kept; `undefined` where there is nothing yet. Throws ModelError('bad-option') where the file belongs to another one. */
  readonly load: () => State | undefined;
  /** Replaces the file at once: a kill in the middle leaves the old one. */
  readonly save: (state: State) => void;
  /** Removes the file, when the training is over. */
  readonly clear: () => void;
}

/**
 * A safetensors file for the state of one training. `settings` is everything that decides its outcome (data, seed, rates, engine): a file that was
 * written under other settings is refused rather than continued, because the result would belong to neither.
 */
export const stateFile = (path: string, settings: Readonly<Record<string, unknown>>): StateFile => {
  const text = JSON.stringify(settings);
  const fingerprint = sha256(new TextEncoder().encode(text));
  return {
    load: () => {
      if (!existsSync(path)) return undefined;
      const state = readSafetensors(readFileSync(path), path);
      if (state.metadata.fingerprint === fingerprint) return state;
      throw new ModelError(
        'bad-option',
        `${path} is the checkpoint of a training with other settings (${state.metadata.settings ?? 'unknown'}). Remove it to begin anew, or go back to those settings.`,
      );
    },
    save: ({ weights, metadata }) => writeWhole(path, writeSafetensors(weights, { ...metadata, fingerprint, settings: text })),
    clear: () => rmSync(path, { force: true }),
  };
};
