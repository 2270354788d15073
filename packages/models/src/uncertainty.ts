import type { ModelOutput } from './model.ts';

/**
 * How far an output is to be believed: what happened where the model gave such a value to people it had never seen. The range of the output is cut at
 * `edges` (ascending, possibly none) into stretches, each with a 95 % interval.
 * - `frequency`, of a probability: how often the thing was so, an interval over people;
 * - `error`: truth − value, in the unit of the output, within which 95 % of the windows lay;
 * - `relative-error`: truth ÷ value, likewise.
 */
export interface OutputUncertainty {
  readonly kind: (typeof uncertaintyKinds)[number];
  readonly edges: readonly number[];
  /** One pair for each stretch: one more than `edges`. */
  readonly intervals: readonly (readonly [low: number, high: number])[];
  /** Who was asked, and how. */
  readonly protocol: string;
}

export const uncertaintyKinds = ['frequency', 'error', 'relative-error'] as const;

/** The 95 % interval of one value of an output, in its unit and within its range; undefined where the card tells none. */
export const uncertaintyOf = ({ range, uncertainty }: ModelOutput, value: number): [low: number, high: number] | undefined => {
  if (uncertainty === undefined) return undefined;
  const { kind, edges, intervals } = uncertainty;
  let stretch = 0;
  while (stretch < edges.length && value >= edges[stretch]) stretch++;
  const inRange = (bound: number): number => Math.min(range[1], Math.max(range[0], bound));
  const [low, high] = intervals[stretch].map((bound) =>
    inRange(kind === 'frequency' ? bound : kind === 'error' ? value + bound : value * bound),
  );
  return [low, high];
};
