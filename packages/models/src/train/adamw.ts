/** Running moments of AdamW for one parameter array. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export const zeroMoments = (length: number): Moments => ({ first: new Float32Array(length), second: new Float32Array(length) });

/** What one update needs besides the gradient. */
export interface AdamwStep {
  /** 1 for the first update. */
  readonly step: number;
  readonly learningRate: number;
  readonly weightDecay: number;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/**
 * One AdamW update in place (Loshchilov & Hutter 2019, arXiv:1711.05101, in PyTorch's arrangement): the weight decay is decoupled, it shrinks
 * the parameter by `learningRate · weightDecay` and never enters the moments. In plain typed arrays because 0.7 M parameters take 3 ms here,
 * where a tensor library spends longer on dispatching the ten operations for sixty variables.
 */
export const adamw = (parameter: Float32Array, gradient: Float32Array, { first, second }: Moments, options: AdamwStep): void => {
  const { step, learningRate, weightDecay } = options;
  const correction1 = 1 - beta1 ** step;
  const correction2 = Math.sqrt(1 - beta2 ** step);
  const rate = learningRate / correction1;
  const keep = 1 - learningRate * weightDecay;
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i];
    const m = beta1 * first[i] + (1 - beta1) * g;
    const v = beta2 * second[i] + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = keep * parameter[i] - (rate * m) / (Math.sqrt(v) / correction2 + epsilon);
  }
};

/** The factor that brings the joint Euclidean norm of `gradients` down to `clipNorm`; 1 where it is smaller already. `norm` is the norm before. */
export const clipFactor = (gradients: readonly Float32Array[], clipNorm: number): { readonly norm: number; readonly factor: number } => {
  let sum = 0;
  for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  const norm = Math.sqrt(sum);
  return { norm, factor: norm > clipNorm ? clipNorm / norm : 1 };
};
