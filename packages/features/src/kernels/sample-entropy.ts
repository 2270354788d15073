/**
 * Sample entropy with template length 2, nats: −ln of the chance that stretches which agree for 2 values within `tolerance` standard deviations agree
 * for a third. 0 for a constant, and where no stretch agrees for three the largest value that could be told, as if one pair had. Richman, Moorman (2000), doi
 * 10.1152/ajpheart.2000.278.6.H2039. Quadratic in the number of values: meant for a hundred.
 */
export const sampleEntropy = (x: Float64Array, tolerance = 0.2): number => {
  const n = x.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += x[i] / n;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (x[i] - mean) ** 2 / n;
  const r = tolerance * Math.sqrt(variance);
  let two = 0;
  let three = 0;
  for (let i = 0; i < n - 2; i++) {
    for (let j = i + 1; j < n - 2; j++) {
      if (Math.abs(x[i] - x[j]) > r || Math.abs(x[i + 1] - x[j + 1]) > r) continue;
      two++;
      if (Math.abs(x[i + 2] - x[j + 2]) <= r) three++;
    }
  }
  return two === 0 ? 0 : Math.log(two / Math.max(three, 1));
};
