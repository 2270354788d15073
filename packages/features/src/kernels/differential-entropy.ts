/** Logarithm bases a differential entropy may be given in, with the name of the unit. */
export const ENTROPY_UNITS = { 2: 'bit', e: 'nat' } as const;
export type LogBase = keyof typeof ENTROPY_UNITS;

/**
 * Differential entropy ½·log(2πe·variance) of a Gaussian signal (Shi, Jiao & Lu 2013, EMBC, doi 10.1109/EMBC.2013.6611075), in bits or
 * nats. Exact only for
 * Gaussian signals; for others a monotone measure of band power. -Infinity at a variance of 0: callers set a floor.
 */
export const differentialEntropy = (variance: number, logBase: LogBase): number => {
  const nats = 0.5 * Math.log(2 * Math.PI * Math.E * variance);
  return logBase === 2 ? nats / Math.LN2 : nats;
};
