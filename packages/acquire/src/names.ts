/**
 * The name a person probably meant: the candidate with the fewest typing slips (insertions, deletions, substitutions, swaps of neighbours;
 * Damerau 1964, optimal string alignment), case ignored; a mere beginning of a name (three letters or more) costs one slip more. Undefined where nothing is
 * nearer than about a third of the word.
 */
export const closest = (word: string, candidates: readonly string[]): string | undefined => {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    const asBeginning = wanted.length >= 3 ? 1 + editDistance(wanted, name.slice(0, wanted.length)) : Number.POSITIVE_INFINITY;
    const slips = Math.min(editDistance(wanted, name), asBeginning);
    if (slips < fewest) {
      fewest = slips;
      best = candidate;
    }
  }
  return best;
};

/** `" Did you mean 'muse-2'?"`, with its leading space, or the empty string where no candidate is near: made to end an error message. */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const name = closest(word, candidates);
  return name === undefined ? '' : ` Did you mean '${name}'?`;
};

const editDistance = (a: string, b: string): number => {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
};
