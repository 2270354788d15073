/** Rows of numbers, each with a class number. */
export interface ClassedRows {
  /** (nRows, width) */
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly width: number;
}

/** Weight of each class, so that every class that occurs weighs the same in total: nRows / (nClasses · nRows of the class); 0 for one that does not occur. */
export const balancedWeights = (labels: ArrayLike<number>, nClasses: number): number[] => {
  const counts = new Array<number>(nClasses).fill(0);
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] < 0) continue;
    counts[labels[i]]++;
    total++;
  }
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : total / (present * count)));
};

/** Rows among `members` nearest to `row`, itself left out; k of them, or all there are. */
const neighbours = ({ inputs, width }: ClassedRows, row: number, members: readonly number[], k: number): number[] => {
  const distances = members
    .filter((other) => other !== row)
    .map((other) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (inputs[row * width + i] - inputs[other * width + i]) ** 2;
      return { other, sum };
    });
  return distances
    .sort((a, b) => a.sum - b.sum || a.other - b.other)
    .slice(0, k)
    .map(({ other }) => other);
};

/**
 * SMOTE (Chawla et al. 2002, doi:10.1613/jair.953): brings every class to the size of the largest by new rows, each at a random place on the line
 * from a random row of the class to one of its `k` nearest rows of the same class (5 when absent). The given rows come first, unchanged. A
 * class with a single row is repeated.
 *
 * Only ever inside a training fold: done before splitting, it puts mixtures of test rows into the training.
 */
export const smote = (rows: ClassedRows, random: () => number, k = 5): ClassedRows => {
  const { inputs, labels, width } = rows;
  const members = new Map<number, number[]>();
  labels.forEach((label, row) => {
    if (label < 0) return;
    const group = members.get(label);
    if (group) group.push(row);
    else members.set(label, [row]);
  });
  const most = Math.max(0, ...[...members.values()].map(({ length }) => length));
  const nearest = new Map<number, number[]>();
  const grown: number[] = [];
  const grownLabels: number[] = [];
  for (const [label, group] of [...members].sort(([a], [b]) => a - b)) {
    for (let n = group.length; n < most; n++) {
      const row = group[Math.floor(random() * group.length)];
      let near = nearest.get(row);
      if (!near) {
        near = neighbours(rows, row, group, k);
        nearest.set(row, near);
      }
      const other = near[Math.floor(random() * near.length)] ?? row;
      const along = random();
      for (let i = 0; i < width; i++) {
        const from = inputs[row * width + i];
        grown.push(from + along * (inputs[other * width + i] - from));
      }
      grownLabels.push(label);
    }
  }
  const join = <T extends Float32Array | Int32Array>(all: T, before: T, after: readonly number[]): T => {
    all.set(before);
    all.set(after, before.length);
    return all;
  };
  return {
    inputs: join(new Float32Array(inputs.length + grown.length), inputs, grown),
    labels: join(new Int32Array(labels.length + grownLabels.length), labels, grownLabels),
    width,
  };
};
