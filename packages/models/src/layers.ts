import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { TfjsEngine } from './engines/engine.ts';

/** The parts of the networks, each with its gradient written by hand: half the operations, and half the memory, of what the tape would record. */
export interface Layers {
  /** x · w + b: (nRows, nIn) · (nIn, nOut) → (nRows, nOut). */
  readonly linear: (x: Tensor2D, w: Tensor2D, b?: Tensor1D) => Tensor2D;
  /** Each row to mean 0 and variance 1 (population, epsilon 1e-5), then times `gain` plus `offset` (Ba, Kiros & Hinton 2016, arXiv:1607.06450). */
  readonly layerNorm: (x: Tensor2D, gain: Tensor1D, offset: Tensor1D) => Tensor2D;
  /** x · Φ(x) with the exact normal distribution (Hendrycks & Gimpel 2016, arXiv:1606.08415). */
  readonly gelu: (x: Tensor2D) => Tensor2D;
  /** Each value 0 with probability `rate`, else divided by 1 − rate. Identity where `random` is absent. */
  readonly dropout: <T extends Tensor>(x: T, rate: number, random: (() => number) | undefined) => T;
  /**
   * Scaled dot-product attention within each of nBatch groups of nTokens rows (Vaswani et al. 2017, arXiv:1706.03762):
   * (nBatch · nTokens, 3 · nHeads · dHead), queries, keys and values side by side with the head as the slow axis →
   * (nBatch · nTokens, nHeads · dHead).
   */
  readonly attention: (qkv: Tensor2D, shape: AttentionShape, options?: AttentionOptions) => Tensor2D;
}

/** Which share of values is dropped, and where the randomness comes from. */
export interface Dropout {
  readonly rate: number;
  readonly random: () => number;
}

export interface AttentionShape {
  readonly nBatch: number;
  readonly nTokens: number;
  readonly nHeads: number;
  readonly dHead: number;
}

export interface AttentionOptions {
  /** Drops shares of attention, in training. */
  readonly drop?: Dropout | undefined;
  /** Hears the shares of attention, (nBatch, nHeads, nTokens asking, nTokens asked). They are the caller's to dispose of. */
  readonly onShares?: ((shares: Tensor4D) => void) | undefined;
}

const epsilon = 1e-5;

/**
 * A mask for `dropout`: (length) values of 0 or 1 / (1 − rate), in `out` where given (an even length). One 32-bit draw (xorshift, Marsaglia 2003) decides two values by 16 bits each;
 * the rate is exact to 2⁻¹⁶ and the scale is the one of the rate drawn, so the expectation is kept.
 */
export const dropoutMask = (length: number, { rate, random }: Dropout, out?: Float32Array): Float32Array => {
  const mask = out ?? new Float32Array(length + (length & 1));
  const threshold = Math.round(rate * 65536);
  const scale = 65536 / (65536 - threshold);
  let word = (Math.floor(random() * 4294967295) + 1) | 0;
  for (let i = 0; i < mask.length; i += 2) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    mask[i] = (word & 0xffff) < threshold ? 0 : scale;
    mask[i + 1] = word >>> 16 < threshold ? 0 : scale;
  }
  return mask.subarray(0, length);
};

/** The layers on an engine. */
export const layersOn = ({ tf, name }: TfjsEngine): Layers => {
  /** aᵀ · b, or a · bᵀ. The WebAssembly backend multiplies matrices fast only where neither is transposed, so there the copy pays. */
  const timesTransposed = (a: Tensor, b: Tensor, transposeA: boolean): Tensor => {
    if (name !== 'tfjs-wasm') return tf.matMul(a, b, transposeA, !transposeA);
    return transposeA ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, tf.transpose(b));
  };

  /**
   * An operation with a gradient of its own. Whatever either direction makes on the way is freed at once, and so is the gradient that arrives, once
   * used: the tape would hold all of it until the end of the step, which at 256 × 32 tokens is a gigabyte.
   */
  const operation =
    (forward: (inputs: Tensor[], save: (tensors: Tensor[]) => void) => Tensor, backward: (dy: Tensor, saved: Tensor[]) => Tensor[]) =>
    (...inputs: Tensor[]): Tensor => {
      const graded = tf.customGrad((...args) => {
        // customGrad types its last argument, the function, as the tensors before it
        const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
        const value = tf.tidy(() => forward(args.slice(0, -1) as Tensor[], save));
        const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
          const gradients = tf.tidy(() => backward(dy, saved));
          dy.dispose();
          return gradients;
        };
        return { value, gradFunc };
      });
      return graded(...inputs);
    };

  const linear = operation(
    ([x, w, b], save) => {
      save(b ? [x, w, b] : [x, w]);
      return b ? tf.fused.matMul({ a: x as Tensor2D, b: w as Tensor2D, bias: b }) : tf.matMul(x, w);
    },
    (dy, [x, w, b]) => [timesTransposed(dy, w, false), timesTransposed(x, dy, true), ...(b ? [tf.sum(dy, 0)] : [])],
  );

  const layerNorm = operation(
    ([x, gain, offset], save) => {
      const centred = tf.sub(x, tf.mean(x, 1, true));
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon)); // (nRows, 1)
      const standard = tf.mul(centred, scale);
      save([standard, scale, gain]);
      return tf.add(tf.mul(standard, gain), offset);
    },
    (dy, [standard, scale, gain]) => {
      const dStandard = tf.mul(dy, gain);
      const along = tf.mean(tf.mul(dStandard, standard), 1, true);
      const dx = tf.mul(tf.sub(tf.sub(dStandard, tf.mean(dStandard, 1, true)), tf.mul(standard, along)), scale);
      return [dx, tf.sum(tf.mul(dy, standard), 0), tf.sum(dy, 0)];
    },
  );

  const gelu = operation(
    ([x], save) => {
      const distribution = tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
      save([x, distribution]);
      return tf.mul(x, distribution);
    },
    (dy, [x, distribution]) => {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy, tf.add(distribution, tf.mul(x, density)))];
    },
  );

  const scratch = new Map<number, Float32Array>();
  /** A mask on the engine. Native and WebAssembly copy it on first use, so one array a length is enough; plain JavaScript keeps it. */
  const masked = (x: Tensor, drop: Dropout): { readonly mask: Tensor; readonly value: Tensor } => {
    const length = x.size + (x.size & 1);
    const out = name === 'tfjs-cpu' ? new Float32Array(length) : (scratch.get(length) ?? new Float32Array(length));
    if (name !== 'tfjs-cpu') scratch.set(length, out);
    const mask = tf.tensor(dropoutMask(x.size, drop, out), x.shape);
    return { mask, value: tf.mul(x, mask) };
  };

  const dropout = (x: Tensor, rate: number, random: (() => number) | undefined): Tensor => {
    if (random === undefined || rate === 0) return x;
    const drop = operation(
      ([x], save) => {
        const { mask, value } = masked(x, { rate, random });
        save([mask]);
        return value;
      },
      (dy, [mask]) => [tf.mul(dy, mask)],
    );
    return drop(x);
  };

  const attention: Layers['attention'] = (qkv, { nBatch, nTokens, nHeads, dHead }, { drop, onShares } = {}) => {
    const scale = dHead ** -0.5;
    const attend = operation(
      ([qkv], save) => {
        const heads = tf.transpose(tf.reshape(qkv, [nBatch, nTokens, 3 * nHeads, dHead]), [0, 2, 1, 3]); // → (nBatch, 3 · nHeads, nTokens, dHead)
        const [q, k, v] = tf.split(heads, 3, 1) as Tensor4D[]; // → 3 × (nBatch, nHeads, nTokens, dHead)
        const scaled = tf.mul(q, scale);
        const shares = tf.softmax(tf.matMul(scaled, k, false, true)) as Tensor4D; // → (nBatch, nHeads, nTokens, nTokens)
        onShares?.(tf.keep(tf.clone(shares)));
        const dropped = drop && masked(shares, drop);
        save(dropped ? [scaled, k, v, shares, dropped.mask, dropped.value] : [scaled, k, v, shares]);
        const mixed = tf.matMul(dropped?.value ?? shares, v); // → (nBatch, nHeads, nTokens, dHead)
        return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [nBatch * nTokens, nHeads * dHead]);
      },
      (dy, [q, k, v, shares, mask, dropped = shares]) => {
        const dMixed = tf.transpose(tf.reshape(dy, [nBatch, nTokens, nHeads, dHead]), [0, 2, 1, 3]);
        const dv = tf.matMul(dropped, dMixed, true, false);
        const dDropped = tf.matMul(dMixed, v, false, true);
        const weighted = tf.mul(mask ? tf.mul(dDropped, mask) : dDropped, shares);
        const dScores = tf.sub(weighted, tf.mul(shares, tf.sum(weighted, -1, true)));
        const dq = tf.mul(tf.matMul(dScores, k), scale);
        const dk = tf.matMul(dScores, q, true, false);
        return [tf.reshape(tf.transpose(tf.concat([dq, dk, dv], 1), [0, 2, 1, 3]), qkv.shape)];
      },
    );
    return attend(qkv) as Tensor2D;
  };

  return {
    linear: (x, w, b) => (b ? linear(x, w, b) : linear(x, w)) as Tensor2D,
    layerNorm: (x, gain, offset) => layerNorm(x, gain, offset) as Tensor2D,
    gelu: (x) => gelu(x) as Tensor2D,
    dropout: dropout as Layers['dropout'],
    attention,
  };
};
