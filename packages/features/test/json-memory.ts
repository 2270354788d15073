import type { FeatureMemory } from '../src/feature.ts';

/** A memory that holds what JSON holds of it, as a file would. */
export const jsonMemory = (before?: readonly number[]): FeatureMemory => {
  let text = before && JSON.stringify(before);
  return {
    read: () => (text === undefined ? undefined : (JSON.parse(text) as number[])),
    write: (learned) => {
      text = JSON.stringify(learned);
    },
  };
};
