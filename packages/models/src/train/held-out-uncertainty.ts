import { bootstrapOverPeople } from '../evaluate/metrics.ts';
import type { OutputUncertainty } from '../uncertainty.ts';

/** What a model gave one person it had never seen, and what was true; where NaN, the truth is not known. */
export interface HeldOutPerson {
  readonly values: readonly number[];
  readonly truths: readonly number[];
}

const digits = (value: number): number => Number(value.toPrecision(4));
const known = ({ values, truths }: HeldOutPerson) =>
  values.map((value, i) => ({ value, truth: truths[i] })).filter(({ truth }) => !Number.isNaN(truth));

/**
 * Uncertainty of a probability (truths 0 or 1): up to five stretches with as many windows each, in each the share of windows in which it was so, a 95 % interval
 * by drawing people with replacement (`bootstrapOverPeople`). Never narrower than what the people at hand disagree by, and not about calibration
 * in people of another kind.
 */
export const frequencyUncertainty = (people: readonly HeldOutPerson[], protocol: string): OutputUncertainty => {
  const pairs = people.map(known);
  const all = pairs.flatMap((own) => own.map(({ value }) => value)).sort((a, b) => a - b);
  const cuts = [...new Set([0.2, 0.4, 0.6, 0.8].map((q) => digits(all[Math.floor(q * all.length)])))].filter((edge) => edge <= all.at(-1)!);
  // A rounded edge may have passed the values it stood for: every stretch keeps a window, else nothing is known of it.
  const edges = cuts.filter((edge, k) => all.some((value) => value < edge && value >= (cuts[k - 1] ?? Number.NEGATIVE_INFINITY)));
  const within = (low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): [number, number] => {
    const counts = pairs.map((own) => {
      const here = own.filter(({ value }) => value >= low && value < high);
      return { n: here.length, so: here.filter(({ truth }) => truth === 1).length };
    });
    const share = (drawn: readonly { readonly n: number; readonly so: number }[]): number =>
      drawn.reduce((sum, { so }) => sum + so, 0) / drawn.reduce((sum, { n }) => sum + n, 0);
    return bootstrapOverPeople(
      counts.filter(({ n }) => n > 0),
      share,
    );
  };
  return {
    kind: 'frequency',
    edges,
    intervals: Array.from({ length: edges.length + 1 }, (_, k) => within(edges[k - 1], edges[k]).map(digits) as [number, number]),
    protocol,
  };
};

/**
 * Uncertainty of a quantity: the error within which 95 % of the windows lay (2.5 % on either side), every person counting alike. `relative` to the value where
 * errors grow with it, as those of skin conductance do: a value of 0 or less, as of a sensor taken off, then tells nothing and is left out.
 */
export const errorUncertainty = (
  people: readonly HeldOutPerson[],
  protocol: string,
  { relative = false }: { readonly relative?: boolean } = {},
): OutputUncertainty => {
  const errors = people
    .flatMap((person) => {
      const pairs = known(person).filter(({ value }) => !relative || value > 0);
      return pairs.map(({ value, truth }) => ({ error: relative ? truth / value : truth - value, weight: 1 / pairs.length }));
    })
    .sort((a, b) => a.error - b.error);
  const total = errors.reduce((sum, { weight }) => sum + weight, 0);
  /** The first error with at least a fraction `q` of the weight at or below it. */
  const below = (q: number): number => {
    let weight = 0;
    for (const each of errors) {
      weight += each.weight;
      if (weight >= q * total) return digits(each.error);
    }
    return Number.NaN;
  };
  return { kind: relative ? 'relative-error' : 'error', edges: [], intervals: [[below(0.025), below(0.975)]], protocol };
};
