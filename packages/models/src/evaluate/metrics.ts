import { randomStream } from '../train/random.ts';

/** Right and wrong decisions of a two-class problem. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

/** Counts decisions `score ≥ threshold` against labels 0 and 1; rows with another label (NaN) are left out. */
export const confusion = (labels: ArrayLike<number>, scores: ArrayLike<number>, threshold = 0.5): Confusion => {
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  for (let i = 0; i < labels.length; i++) {
    const positive = scores[i] >= threshold;
    if (labels[i] === 1) counts[positive ? 'truePositive' : 'falseNegative']++;
    else if (labels[i] === 0) counts[positive ? 'falsePositive' : 'trueNegative']++;
  }
  return counts;
};

/** Mean of the two recalls: 0.5 for any constant decision. A class without examples is left out; NaN without any example. */
export const balancedAccuracy = ({ truePositive, falsePositive, trueNegative, falseNegative }: Confusion): number => {
  const recalls = [
    [truePositive, falseNegative],
    [trueNegative, falsePositive],
  ].flatMap(([right, wrong]) => (right + wrong > 0 ? [right / (right + wrong)] : []));
  return mean(recalls);
};

/** Mean of the F1 of both classes; a class that is neither there nor predicted counts 0. */
export const macroF1 = ({ truePositive, falsePositive, trueNegative, falseNegative }: Confusion): number => {
  const f1 = (right: number) => (right === 0 ? 0 : (2 * right) / (2 * right + falsePositive + falseNegative));
  return (f1(truePositive) + f1(trueNegative)) / 2;
};

/**
 * Probability that a random positive scores above a random negative (ties count half); rows with another label (NaN) are left out. NaN where a
 * class is missing or a score is no number.
 */
export const areaUnderCurve = (labels: ArrayLike<number>, scores: ArrayLike<number>): number => {
  const labelled = Array.from({ length: labels.length }, (_, i) => i).filter((i) => labels[i] === 0 || labels[i] === 1);
  if (labelled.some((i) => Number.isNaN(scores[i]))) return Number.NaN;
  const order = labelled.sort((a, b) => scores[a] - scores[b]);
  let rankSum = 0;
  let nPositive = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    for (let k = from; k < to; k++) {
      if (labels[order[k]] !== 1) continue;
      rankSum += (from + 1 + to) / 2;
      nPositive++;
    }
    from = to;
  }
  const nNegative = order.length - nPositive;
  return (rankSum - (nPositive * (nPositive + 1)) / 2) / (nPositive * nNegative);
};

/** Lin's concordance correlation (1989, doi:10.2307/2532051): agreement in value, not only in course. NaN for two equal constants. */
export const concordance = (truth: ArrayLike<number>, predicted: ArrayLike<number>): number => {
  const [t, p] = [Array.from(truth), Array.from(predicted)];
  const [meanT, meanP] = [mean(t), mean(p)];
  const covariance = mean(t.map((value, i) => (value - meanT) * (p[i] - meanP)));
  const variance = (values: number[], centre: number) => mean(values.map((value) => (value - centre) ** 2));
  return (2 * covariance) / (variance(t, meanT) + variance(p, meanP) + (meanT - meanP) ** 2);
};

/**
 * Skill of a forecast, 1 − RMSE / RMSE of a reference (persistence): 0 is no better than the reference, 1 perfect, negative worse. Rows whose
 * truth is NaN are left out.
 */
export const skill = (truth: ArrayLike<number>, forecast: ArrayLike<number>, reference: ArrayLike<number>): number => {
  let own = 0;
  let other = 0;
  for (let i = 0; i < truth.length; i++) {
    if (Number.isNaN(truth[i])) continue;
    own += (forecast[i] - truth[i]) ** 2;
    other += (reference[i] - truth[i]) ** 2;
  }
  return 1 - Math.sqrt(own / other);
};

/** Arithmetic mean; NaN of nothing. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value below which a fraction `q` of the values lies, linear between order statistics. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
};

/**
 * 95 % interval of a statistic over people, by drawing people with replacement (percentile bootstrap, Efron 1979): the people are the sample, not
 * their windows. Deterministic in `seed`.
 */
export const bootstrapOverPeople = <T>(
  people: readonly T[],
  statistic: (drawn: readonly T[]) => number,
  { draws = 5000, seed = 1 }: { readonly draws?: number; readonly seed?: number } = {},
): [number, number] => {
  const random = randomStream(seed, 0);
  const drawn = Array.from({ length: draws }, () => statistic(people.map(() => people[Math.floor(random() * people.length)])));
  return [quantile(drawn, 0.025), quantile(drawn, 0.975)];
};
