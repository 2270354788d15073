import type { WeightTensor } from '../safetensors.ts';
import type { Checkpoint } from './fit.ts';
import { stateFile } from './state-file.ts';

/** Where a training's state is kept between two lives of a process. */
export interface CheckpointFile {
  /** The state of this very training; `undefined` where there is none yet. Throws ModelError('bad-option') where the file belongs to another one. */
  readonly load: () => Checkpoint | undefined;
  /** Replaces the file at once: a kill in the middle leaves the old one. */
  readonly save: (checkpoint: Checkpoint) => void;
  /** Removes the file, when the training is over. */
  readonly clear: () => void;
}

const flat = (data: Float32Array): WeightTensor => ({ shape: [data.length], data });
const parts = { variable: 'variable', first: 'first', second: 'second', best: 'best' } as const;

/** A number as text that reads back exactly. */
const exact = (value: number): string => JSON.stringify(value);

/** Keeps the checkpoints of `fit` in a file (`stateFile`). */
export const checkpointFile = (path: string, settings: Readonly<Record<string, unknown>>): CheckpointFile => {
  const file = stateFile(path, settings);
  return {
    load: () => {
      const state = file.load();
      if (state === undefined) return undefined;
      const { weights, metadata } = state;
      const arrays = (part: string): Float32Array[] =>
        Array.from({ length: Number(metadata.variables) }, (_, i) => weights.get(`${part}.${i}`)!.data);
      const [first, second] = [arrays(parts.first), arrays(parts.second)];
      return {
        step: Number(metadata.step),
        variables: arrays(parts.variable),
        moments: first.map((array, i) => ({ first: array, second: second[i] })),
        ...(metadata.bestPass !== undefined && {
          best: { pass: Number(metadata.bestPass), value: Number(metadata.bestValue), variables: arrays(parts.best) },
        }),
      };
    },
    save: ({ step, variables, moments, best }) => {
      const weights = new Map<string, WeightTensor>();
      const add = (part: string, arrays: readonly Float32Array[]): void =>
        arrays.forEach((array, i) => {
          weights.set(`${part}.${i}`, flat(array));
        });
      add(parts.variable, variables);
      add(
        parts.first,
        moments.map(({ first }) => first),
      );
      add(
        parts.second,
        moments.map(({ second }) => second),
      );
      if (best) add(parts.best, best.variables);
      const metadata = {
        step: String(step),
        variables: String(variables.length),
        ...(best && { bestPass: String(best.pass), bestValue: exact(best.value) }),
      };
      file.save({ weights, metadata });
    },
    clear: file.clear,
  };
};
