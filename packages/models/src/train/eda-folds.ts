import type { Weights, WeightTensor } from '../safetensors.ts';
import { stateFile } from './state-file.ts';

/** What is known of each fold that is done, by the name of the person left out. */
export interface FoldsFile {
  readonly done: ReadonlyMap<string, Weights>;
  readonly save: (fold: string, results: Weights) => void;
  readonly clear: () => void;
}

/** Keeps the results of folds between two lives of a process; in memory only where there is no path. */
export const foldsFile = (path: string | undefined, settings: Readonly<Record<string, unknown>>): FoldsFile => {
  const file = path === undefined ? undefined : stateFile(path, settings);
  const done = new Map<string, Map<string, WeightTensor>>();
  for (const [name, tensor] of file?.load()?.weights ?? []) {
    const [fold, array] = name.split('/');
    const results = done.get(fold) ?? new Map<string, WeightTensor>();
    done.set(fold, results.set(array, tensor));
  }
  return {
    done,
    save: (fold, results) => {
      done.set(fold, new Map(results));
      file?.save({
        weights: new Map(
          [...done].flatMap(([name, arrays]) => [...arrays].map(([array, tensor]) => [`${name}/${array}`, tensor] as const)),
        ),
        metadata: {},
      });
    },
    clear: () => file?.clear(),
  };
};
