/** Ids that were given up one by one, in rising order, as few ranges. */
export interface Holes {
  readonly add: (id: number) => void;
  /** How many of them lie in [from, to). */
  readonly within: (from: number, to: number) => number;
  readonly forgetBelow: (id: number) => void;
  readonly clear: () => void;
}

export const holes = (): Holes => {
  let ranges: { readonly from: number; to: number }[] = [];
  return {
    add: (id) => {
      const last = ranges.at(-1);
      if (last?.to === id) last.to = id + 1;
      else ranges.push({ from: id, to: id + 1 });
    },
    within: (from, to) => ranges.reduce((sum, range) => sum + Math.max(0, Math.min(to, range.to) - Math.max(from, range.from)), 0),
    forgetBelow: (id) => {
      if (ranges.length > 0 && ranges[0]!.from < id) ranges = ranges.filter((range) => range.to > id);
    },
    clear: () => {
      ranges = [];
    },
  };
};
