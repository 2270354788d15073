/** Exponentially forgetting mean and variance of a value, in time steps of any length. */
export interface RunningLevel {
  readonly mean: () => number;
  readonly deviation: () => number;
  /** Seconds of data it has learned from. */
  readonly age: () => number;
  readonly learn: (value: number, seconds: number) => void;
}

/** A level that forgets with the time constant `timeConstantSec`; until it is that old it is the plain mean of all it has seen. */
export const runningLevel = (timeConstantSec: number): RunningLevel => {
  let mean = 0;
  let variance = 0;
  let age = 0;
  return {
    mean: () => mean,
    deviation: () => Math.sqrt(variance),
    age: () => age,
    learn: (value, seconds) => {
      age += seconds;
      const weight = Math.max(seconds / age, 1 - Math.exp(-seconds / timeConstantSec));
      const step = value - mean;
      mean += weight * step;
      variance = (1 - weight) * (variance + weight * step * step);
    },
  };
};
