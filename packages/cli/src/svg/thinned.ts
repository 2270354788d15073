/**
 * Positions of the points of a line that show on a plot of `nColumns` pixels over x in [low, high]: in each pixel column the first, the smallest, the
 * largest and the last, so that no peak is lost and an hour of samples stays a small picture. NaN and infinite y split the line: `parts` are its
 * unbroken stretches, in order. `x` must not descend.
 */
export const thinned = (x: ArrayLike<number>, y: ArrayLike<number>, low: number, high: number, nColumns: number): number[][] => {
  const parts: number[][] = [];
  let part: number[] = [];
  let column: { readonly at: number; readonly kept: number[] } = { at: Number.NaN, kept: [] };
  const closeColumn = (): void => {
    for (const i of new Set([...column.kept].sort((a, b) => a - b))) part.push(i);
    column = { at: Number.NaN, kept: [] };
  };
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i])) {
      closeColumn();
      if (part.length > 0) parts.push(part);
      part = [];
      continue;
    }
    if (!(x[i] >= low && x[i] <= high)) continue;
    const at = Math.floor(((x[i] - low) / (high - low)) * nColumns);
    if (at !== column.at) {
      closeColumn();
      column = { at, kept: [i, i, i, i] };
      continue;
    }
    const { kept } = column;
    if (y[i] < y[kept[1]]) kept[1] = i;
    if (y[i] > y[kept[2]]) kept[2] = i;
    kept[3] = i;
  }
  closeColumn();
  if (part.length > 0) parts.push(part);
  return parts;
};
